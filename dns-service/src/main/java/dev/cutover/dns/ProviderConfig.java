package dev.cutover.dns;

import dev.cutover.dns.adapter.CloudflareSettings;
import dev.cutover.dns.adapter.DesignateSettings;
import dev.cutover.dns.adapter.ElbSettings;
import dev.cutover.dns.adapter.HaProxySockets;
import dev.cutover.dns.adapter.Route53Settings;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.TxtAffix;
import dev.cutover.runtime.ConfigReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What the dns-service may touch, with which credentials, and how providers are reached: all that a
 * change needs, without the messages around it.
 *
 * @param credentials properties file with the TSIG keys: {@code <name>.tsig.user=[algorithm:]key}
 *     and {@code <name>.tsig.password=<Base64>}, and access keys of AWS: {@code
 *     <name>.route53.user=<id>} and {@code <name>.route53.password=<secret key>}, and of OpenStack:
 *     {@code <cloud>.designate.user} and {@code <cloud>.designate.password}, and {@code
 *     haproxy.keystore.password}, and tokens of Cloudflare: {@code
 *     <name>.cloudflare.password=<token>}, and access keys for load balancers of AWS: {@code
 *     <name>.elb.user} and {@code <name>.elb.password}; key {@code CUTOVER_DNS_CREDENTIALS}
 * @param allowed the only zones and servers that it ever touches, whatever a plan says; keys {@code
 *     CUTOVER_DNS_ALLOWED_ZONES} and {@code CUTOVER_DNS_ALLOWED_SERVERS} ({@code host} or {@code
 *     host:port}), without default, and {@code CUTOVER_DNS_ALLOWED_HOSTED_ZONES}, {@code
 *     CUTOVER_DNS_ALLOWED_BACKENDS}, {@code CUTOVER_DNS_ALLOWED_CLOUDFLARE_ZONES} and {@code
 *     CUTOVER_DNS_ALLOWED_LISTENERS}, none by default; where there are backends or listeners, zones
 *     may be none, and where there are listeners, servers too
 * @param route53 how Route 53's API is reached; keys {@code CUTOVER_DNS_ROUTE53_ENDPOINT} (AWS's
 *     own by default), {@code CUTOVER_DNS_ROUTE53_REGION} ({@code aws-global}), {@code
 *     CUTOVER_DNS_ROUTE53_REQUESTS_PER_SECOND} (1 to 1000, 5) and {@code
 *     CUTOVER_DNS_CLOUDTRAIL_ENDPOINT} (AWS's own)
 * @param designate the clouds whose Designate it may change, none by default; keys {@code
 *     CUTOVER_DNS_DESIGNATE_CLOUDS} and those of {@link DesignateSettings#read}
 * @param haproxyKeyStore with which HAProxy's runtime APIs are reached through TLS; key {@link
 *     HaProxySockets#KEY_STORE}, plain connections by default
 * @param cloudflare how Cloudflare's API is reached; keys {@code CUTOVER_DNS_CLOUDFLARE_ENDPOINT}
 *     (its own by default) and {@code CUTOVER_DNS_CLOUDFLARE_REQUESTS_PER_5_MINUTES} (50 to 1200,
 *     1000)
 * @param elb how the API of AWS's load balancers is reached; keys {@code CUTOVER_DNS_ELB_ENDPOINT}
 *     (AWS's own by default) and {@code CUTOVER_DNS_ELB_REQUESTS_PER_SECOND} (1 to 1000, 5)
 * @param affixes what each external-dns puts around a name for its mark, none among them; key
 *     {@code CUTOVER_DNS_EXTERNAL_DNS_AFFIXES}, such as {@code extdns-*,*-%{record_type}}
 */
public record ProviderConfig(
    Path credentials,
    AllowList allowed,
    Route53Settings route53,
    DesignateSettings designate,
    Optional<Path> haproxyKeyStore,
    CloudflareSettings cloudflare,
    ElbSettings elb,
    List<TxtAffix> affixes) {
  private static final String AFFIXES = "CUTOVER_DNS_EXTERNAL_DNS_AFFIXES";

  /** Reads the keys above; throws with every fault found. */
  static ProviderConfig read(ConfigReader reader) {
    return reader.build(reading(reader));
  }

  /** Reads the keys above; the faults are the reader's, and it may be built once there are none. */
  static Supplier<ProviderConfig> reading(ConfigReader reader) {
    Path credentials = reader.file("CUTOVER_DNS_CREDENTIALS");
    Set<String> backends = Set.copyOf(reader.list("CUTOVER_DNS_ALLOWED_BACKENDS", List.of()));
    Set<String> listeners = Set.copyOf(reader.list("CUTOVER_DNS_ALLOWED_LISTENERS", List.of()));
    Set<String> zones =
        listed(reader, "CUTOVER_DNS_ALLOWED_ZONES", backends.isEmpty() && listeners.isEmpty());
    Set<String> servers = listed(reader, "CUTOVER_DNS_ALLOWED_SERVERS", listeners.isEmpty());
    Set<String> hostedZones =
        Set.copyOf(reader.list("CUTOVER_DNS_ALLOWED_HOSTED_ZONES", List.of()));
    Set<String> cloudflareZones =
        Set.copyOf(reader.list("CUTOVER_DNS_ALLOWED_CLOUDFLARE_ZONES", List.of()));
    Route53Settings route53 = route53(reader);
    DesignateSettings designate = DesignateSettings.read(reader);
    Optional<Path> haproxyKeyStore =
        reader.optional(HaProxySockets.KEY_STORE).map(_ -> reader.file(HaProxySockets.KEY_STORE));
    URI cloudflare =
        endpoint(reader, "CUTOVER_DNS_CLOUDFLARE_ENDPOINT")
            .orElse(CloudflareSettings.STANDARD.endpoint());
    int cloudflareRequests =
        reader.integer(
            "CUTOVER_DNS_CLOUDFLARE_REQUESTS_PER_5_MINUTES",
            50,
            1200,
            CloudflareSettings.STANDARD.requestsPerFiveMinutes());
    ElbSettings elb = elb(reader);
    List<TxtAffix> affixes = affixes(reader);
    return () ->
        new ProviderConfig(
            credentials,
            new AllowList(zones, servers, hostedZones, backends, cloudflareZones, listeners),
            route53,
            designate,
            haproxyKeyStore,
            new CloudflareSettings(cloudflare, cloudflareRequests),
            elb,
            affixes);
  }

  private static List<TxtAffix> affixes(ConfigReader reader) {
    List<TxtAffix> affixes = new ArrayList<>(List.of(TxtAffix.NONE));
    for (String text : reader.list(AFFIXES, List.of())) {
      try {
        affixes.add(TxtAffix.parse(text));
      } catch (IllegalArgumentException e) {
        reader.fault("%s: %s".formatted(AFFIXES, e.getMessage()));
      }
    }
    return List.copyOf(affixes);
  }

  private static Route53Settings route53(ConfigReader reader) {
    return new Route53Settings(
        endpoint(reader, "CUTOVER_DNS_ROUTE53_ENDPOINT"),
        reader.string("CUTOVER_DNS_ROUTE53_REGION", Route53Settings.REGION),
        reader.integer(
            "CUTOVER_DNS_ROUTE53_REQUESTS_PER_SECOND",
            1,
            1000,
            Route53Settings.REQUESTS_PER_SECOND),
        endpoint(reader, "CUTOVER_DNS_CLOUDTRAIL_ENDPOINT"));
  }

  private static ElbSettings elb(ConfigReader reader) {
    return new ElbSettings(
        endpoint(reader, "CUTOVER_DNS_ELB_ENDPOINT"),
        reader.integer(
            "CUTOVER_DNS_ELB_REQUESTS_PER_SECOND", 1, 1000, ElbSettings.REQUESTS_PER_SECOND));
  }

  private static Set<String> listed(ConfigReader reader, String key, boolean needed) {
    return Set.copyOf(needed ? reader.list(key) : reader.list(key, List.of()));
  }

  private static Optional<URI> endpoint(ConfigReader reader, String key) {
    return reader.optional(key).map(_ -> reader.uri(key));
  }
}
