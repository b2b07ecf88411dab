package dev.cutover.dns.adapter;

import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.runtime.ConfigReader;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The OpenStack clouds whose Designate this service may ever change, by the name that plans use.
 *
 * @param clouds never asked for any other
 */
public record DesignateSettings(Map<String, Cloud> clouds) {
  /** No cloud. */
  public static final DesignateSettings NONE = new DesignateSettings(Map.of());

  private static final String CLOUDS = "CUTOVER_DNS_DESIGNATE_CLOUDS";

  /**
   * How one cloud is reached.
   *
   * @param keystone the Identity API v3, with {@code /v3}
   * @param region whose DNS endpoint is taken from the catalogue; may be empty where there is one
   * @param endpoint the DNS API in place of the catalogue's
   * @param project name of the project to which a user's password is scoped; empty when the
   *     credential is an application credential, which has its project
   * @param domain name of the domain of user and project
   */
  public record Cloud(
      URI keystone,
      Optional<String> region,
      Optional<URI> endpoint,
      Optional<String> project,
      String domain) {}

  public DesignateSettings {
    clouds = Map.copyOf(clouds);
  }

  /**
   * Reads {@code CUTOVER_DNS_DESIGNATE_CLOUDS}, and for each {@code <NAME>} in it (upper case,
   * dashes as underscores) {@code CUTOVER_DNS_DESIGNATE_<NAME>_KEYSTONE} and, if given, {@code
   * _REGION}, {@code _ENDPOINT}, {@code _PROJECT} and {@code _DOMAIN}.
   */
  public static DesignateSettings read(ConfigReader reader) {
    Map<String, Cloud> clouds = new HashMap<>();
    for (String name : reader.list(CLOUDS, List.of())) {
      if (!Designate.isCloud(name)) {
        reader.fault(
            "%s: expected names in lower-case letters, digits and dashes, but found '%s'"
                .formatted(CLOUDS, name));
        continue;
      }
      String prefix =
          "CUTOVER_DNS_DESIGNATE_" + name.toUpperCase(Locale.ROOT).replace('-', '_') + "_";
      clouds.put(
          name,
          new Cloud(
              reader.uri(prefix + "KEYSTONE"),
              reader.optional(prefix + "REGION"),
              reader.optional(prefix + "ENDPOINT").map(_ -> reader.uri(prefix + "ENDPOINT")),
              reader.optional(prefix + "PROJECT"),
              reader.string(prefix + "DOMAIN", "Default")));
    }
    return new DesignateSettings(clouds);
  }
}
