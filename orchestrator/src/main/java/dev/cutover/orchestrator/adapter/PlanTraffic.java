package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.ManagedBy;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.SwitchedName;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads the traffic switch of a plan, and checks what DNS forbids (RFC 1034 3.6.2, RFC 2181). */
final class PlanTraffic {
  private static final Duration TTL_MIN = Duration.ofSeconds(1);
  private static final Duration TTL_MAX = Duration.ofHours(1);
  private static final Duration DEFAULT_TTL = Duration.ofMinutes(5);
  private static final String DOMAIN = "(?=.{1,254}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)+";
  private static final String IPV4 = "((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}";
  private static final List<RecordType> TYPES =
      List.copyOf(EnumSet.complementOf(EnumSet.of(RecordType.SERVER)));

  /** DNS docs of Cloudflare, proxy status. */
  private static final Set<RecordType> PROXIABLE =
      EnumSet.of(RecordType.A, RecordType.AAAA, RecordType.CNAME);

  static final String SERVER = "a server as host:port";
  static final int DNS_PORT = 53;

  private final YamlSection traffic;
  private final YamlFaults faults;
  private final String zone;
  private final PlanCloudflare.Read read;
  private final int ttlSeconds;
  private final SwitchProvider provider;
  private final PlanAlias aliases;

  private PlanTraffic(YamlSection traffic, YamlFaults faults) {
    this.traffic = traffic;
    this.faults = faults;
    this.zone = traffic.value("zone", "a zone such as example.com.", ".", PlanTraffic::domain);
    int loweredSeconds =
        (int)
            traffic
                .valueOr(
                    "loweredTtl",
                    PlanValues.durationWord(TTL_MIN, TTL_MAX),
                    DEFAULT_TTL,
                    PlanValues.duration(TTL_MIN, TTL_MAX))
                .toSeconds();
    this.read = new PlanProvider(traffic, loweredSeconds).read();
    // Behind an edge nobody caches which side serves.
    this.ttlSeconds = read.provider().probe().isPresent() ? 0 : loweredSeconds;
    this.provider = read.provider();
    this.aliases = new PlanAlias(zone, provider, PlanTraffic::domain);
  }

  static Optional<SwitchSpec> read(YamlSection traffic, YamlFaults faults) {
    Optional<String> balancer = PlanBackend.SECTIONS.stream().filter(traffic::has).findFirst();
    return balancer.isPresent()
        ? PlanBackend.read(traffic, balancer.get(), faults)
        : new PlanTraffic(traffic, faults).spec();
  }

  private Optional<SwitchSpec> spec() {
    List<ServerAddress> authorities = authorities();
    if (traffic.has("authorities") && authorities.isEmpty()) {
      traffic.fault("authorities", "Expected at least one authority, but found none");
    }
    if (provider instanceof CloudflarePools pools) {
      return balanced(pools, authorities);
    }
    List<ServerAddress> resolvers = servers(traffic, "resolvers");
    Optional<SwitchProof> proof = PlanProof.read(traffic);
    List<SwitchedName> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (YamlSection section : traffic.sections("names")) {
      SwitchedName name = name(section);
      if (!seen.add(name.name())) {
        section.fault(
            "name", "Expected each name once, but '%s' is there twice".formatted(name.name()));
      }
      names.add(name);
    }
    if (names.isEmpty()) {
      traffic.fault("names", "Expected at least one name in traffic.names, but found none");
    }
    PlanAlias.requireTargets(traffic, names);
    List<SwitchView> views = PlanViews.read(traffic, faults);
    PlanViews.sameNames(traffic, names, views);
    traffic.end();
    return faults.none()
        ? Optional.of(
            new SwitchSpec(
                    zone,
                    provider,
                    names,
                    authorities,
                    resolvers,
                    ttlSeconds,
                    false,
                    proof,
                    Optional.empty())
                .withViews(views))
        : Optional.empty();
  }

  private Optional<SwitchSpec> balanced(CloudflarePools pools, List<ServerAddress> authorities) {
    for (String host : read.hosts()) {
      if (!zone.equals(".") && !host.equals(zone) && !host.endsWith("." + zone)) {
        traffic.fault(
            "cloudflare",
            "Expected load balancers in the zone %s, but found '%s'".formatted(zone, host));
      }
    }
    traffic.end();
    return faults.none()
        ? Optional.of(
            SwitchSpec.ofPools(
                zone, pools, read.hosts(), authorities, read.source(), read.target()))
        : Optional.empty();
  }

  /**
   * A server that takes updates may be the only authority; those behind an API are never known
   * beforehand.
   */
  private List<ServerAddress> authorities() {
    if (traffic.has("authorities")) {
      return servers(traffic, "authorities");
    }
    return switch (provider) {
      case Rfc2136(ServerAddress primary, String _) -> List.of(primary);
      case HaProxy _, TargetGroups _ -> List.of(provider.writtenAt());
      case Route53 _ -> noAuthorities("the hosted zone");
      case Designate _ -> noAuthorities("the zone's pool");
      case Cloudflare _, CloudflarePools _ -> noAuthorities("the zone");
    };
  }

  private List<ServerAddress> noAuthorities(String zone) {
    traffic.fault(
        "Expected the name servers of %s in traffic.authorities, but they are missing"
            .formatted(zone));
    return List.of();
  }

  private SwitchedName name(YamlSection section) {
    String name =
        section.value("name", "a name such as shop.example.com.", zone, PlanTraffic::domain);
    if (!zone.equals(".") && !name.equals(zone) && !name.endsWith("." + zone)) {
      section.fault("name", "Expected a name in the zone %s, but found '%s'".formatted(zone, name));
    }
    if (name.startsWith("_cutover.")) {
      section.fault("name", "Expected another name than '%s', which holds a mark".formatted(name));
    }
    List<RecordSet> source = sets(section, "source", name);
    List<RecordSet> target = sets(section, "target", name);
    if (!source.isEmpty() && source.equals(target)) {
      section.fault("target", "Expected other records than the source's, but they are the same");
    }
    Optional<ManagedBy> managedBy = PlanKeeper.read(section);
    section.end();
    return new SwitchedName(name, source, target, managedBy);
  }

  private List<RecordSet> sets(YamlSection section, String key, String name) {
    List<RecordSet> sets = new ArrayList<>();
    Set<RecordType> types = EnumSet.noneOf(RecordType.class);
    List<YamlSection> entries = section.sections(key);
    for (YamlSection entry : entries) {
      Optional<RecordType> type =
          entry.value("type", "one of " + TYPES, Optional.empty(), text -> Optional.of(type(text)));
      List<String> values = new ArrayList<>();
      aliases
          .read(entry, type, name)
          .ifPresent(alias -> values.add(aliases.checked(entry, type, alias)));
      for (YamlSection.Text text : entry.texts("values")) {
        type.ifPresent(t -> values.add(aliases.checked(entry, type, value(entry, t, text))));
      }
      entry.end();
      if (type.isEmpty()) {
        continue;
      }
      if (values.isEmpty() && !entry.has("alias")) {
        entry.fault("values", "Expected at least one value, but found none");
      }
      if (read.provider().probe().isPresent() && !PROXIABLE.contains(type.get())) {
        entry.fault(
            "type",
            "Expected a type that Cloudflare proxies, one of %s, but found %s"
                .formatted(PROXIABLE, type.get()));
      }
      if (!types.add(type.get())) {
        entry.fault(
            "type", "Expected one set of each type, but %s is there twice".formatted(type.get()));
      }
      if (type.get() == RecordType.CNAME && name.equals(zone)) {
        entry.fault(
            "type",
            "Expected A, AAAA or HTTPS at the zone's apex %s, but found CNAME, which DNS forbids there"
                .formatted(zone));
      }
      if (type.get() == RecordType.CNAME && values.size() > 1) {
        entry.fault("values", "Expected one value of a CNAME, but found " + values.size());
      }
      sets.add(new RecordSet(name, type.get(), ttlSeconds, values));
    }
    if (types.contains(RecordType.CNAME) && types.size() > 1) {
      section.fault(key, "Expected a CNAME alone, but found it beside other types of " + name);
    }
    if (entries.isEmpty()) {
      section.fault(
          key, "Expected at least one record set for the %s, but found none".formatted(key));
    }
    return sets;
  }

  private static RecordType type(String text) {
    RecordType type = RecordType.valueOf(text);
    if (!TYPES.contains(type)) {
      throw new IllegalArgumentException("Expected a type of records");
    }
    return type;
  }

  private static String value(YamlSection section, RecordType type, YamlSection.Text text) {
    String value = text.value();
    boolean valid =
        switch (type) {
          case A -> value.matches(IPV4);
          case AAAA -> ipv6(value);
          case CNAME -> dotted(value).matches(DOMAIN);
          case HTTPS, TXT -> true; // the dns-service reads them
          case SERVER -> false; // no record
        };
    if (!valid) {
      section.fault(text, "Expected a value of type %s, but found '%s'".formatted(type, value));
    }
    return type == RecordType.CNAME && valid ? dotted(value) : value;
  }

  /** A list of servers; empty when the key is missing. */
  static List<ServerAddress> servers(YamlSection section, String key) {
    List<ServerAddress> servers = new ArrayList<>();
    for (YamlSection.Text text : section.texts(key)) {
      try {
        servers.add(server(text.value(), DNS_PORT));
      } catch (RuntimeException e) {
        section.fault(text, "Expected %s, but found '%s'".formatted(SERVER, text.value()));
      }
    }
    return servers;
  }

  /**
   * Reads {@code host}, {@code host:port} or {@code [address]:port}.
   *
   * @param otherwise the port where none is given; 0 where one has to be
   */
  static ServerAddress server(String text, int otherwise) {
    int colon = text.lastIndexOf(':');
    boolean portless = colon < 0 || text.endsWith("]");
    String host = portless ? text : text.substring(0, colon);
    int port = portless ? otherwise : Integer.parseInt(text.substring(colon + 1));
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw new IllegalArgumentException("Expected an IPv6 address in brackets");
    }
    return new ServerAddress(host, port);
  }

  static String domain(String text) {
    String name = dotted(text);
    if (!name.matches(DOMAIN)) {
      throw new IllegalArgumentException("Expected a domain name");
    }
    return name;
  }

  /** Names in a plan are absolute: the final dot may be left out. */
  private static String dotted(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower : lower + ".";
  }

  private static boolean ipv6(String text) {
    try {
      return text.contains(":") && Inet6Address.ofLiteral(text) instanceof Inet6Address;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
