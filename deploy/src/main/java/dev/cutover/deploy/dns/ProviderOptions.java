package dev.cutover.deploy.dns;

import dev.cutover.dns.Main;
import dev.cutover.dns.SingleChanges;
import dev.cutover.runtime.ConfigReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By which right a zone or backend is changed: the dns-service's own. */
final class ProviderOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The dns-service's properties file, with CUTOVER_DNS_CREDENTIALS and"
              + " CUTOVER_DNS_ALLOWED_*; that of CUTOVER_CONFIG unless given. The environment wins.")
  private @Nullable Path config;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  /**
   * @throws dev.cutover.runtime.ConfigException with what is missing or wrong
   */
  SingleChanges open() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    if (config != null) {
      environment.put(ConfigReader.FILE_KEY, config.toString());
    }
    return Main.singleChanges(environment);
  }
}
