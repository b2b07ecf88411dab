package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads what a plan says of Cloudflare: records that it does not proxy, records that it does, or
 * load balancers and their pools. Behind its edge a probe has to tell the sides apart.
 */
final class PlanCloudflare {
  private static final Duration TTL_MIN = Duration.ofSeconds(30);
  private static final String UNREAD = "0".repeat(32);
  private static final String BALANCERS = "loadBalancers";
  private static final String TOKEN = "the name of a token in the dns-service's configuration";
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final YamlSection traffic;
  private final YamlSection section;

  PlanCloudflare(YamlSection traffic) {
    this.traffic = traffic;
    this.section = traffic.section("cloudflare");
  }

  /**
   * What was read.
   *
   * @param hosts of load balancers; empty where records are switched
   * @param source ids of their pools
   * @param target likewise
   */
  record Read(
      SwitchProvider provider, List<String> hosts, List<String> source, List<String> target) {
    static Read of(SwitchProvider provider) {
      return new Read(provider, List.of(), List.of(), List.of());
    }
  }

  /**
   * Reads all of it.
   *
   * @param ttlSeconds what the TTL of records that are not proxied becomes
   */
  Read read(int ttlSeconds) {
    String zoneId = id("zone", "the id of a zone, 32 hexadecimal digits,");
    String token = section.value("token", TOKEN, "unread", PlanValues::nonBlank);
    Optional<String> revertToken =
        section.has("revertToken")
            ? Optional.of(section.value("revertToken", TOKEN, "unread", PlanValues::nonBlank))
            : Optional.empty();
    boolean proxied = section.valueOr("proxied", "true or false", false, PlanValues::flag);
    Read read =
        section.has(BALANCERS)
            ? balancers(zoneId, token, revertToken)
            : records(zoneId, token, revertToken, proxied, ttlSeconds);
    section.end();
    return read;
  }

  private String id(String key, String expected) {
    return section.value(key, expected, UNREAD, PlanCloudflare::id);
  }

  private static String id(String text) {
    if (!Cloudflare.isId(text)) {
      throw new IllegalArgumentException("Expected 32 hexadecimal digits");
    }
    return text;
  }

  private Read records(
      String zoneId, String token, Optional<String> revertToken, boolean proxied, int ttlSeconds) {
    for (String key : List.of("account", "source", "target")) {
      if (section.has(key)) {
        section.fault(
            key,
            "Expected %s beside loadBalancers alone, but there are none in traffic.cloudflare"
                .formatted(key));
      }
    }
    if (!proxied) {
      if (section.has("edge")) {
        section.fault(
            "edge",
            "Expected an edge only in front of what Cloudflare proxies, but proxied is not true");
      }
      if (ttlSeconds < TTL_MIN.toSeconds()) {
        traffic.fault(
            "loweredTtl",
            "Expected a loweredTtl of 60s or more, or from 30s in a zone of Enterprise, which is"
                + " what Cloudflare takes, but found %ds".formatted(ttlSeconds));
      }
      return Read.of(new Cloudflare(zoneId, token, revertToken));
    }
    nothingCached("records that Cloudflare proxies");
    return Read.of(new Cloudflare(zoneId, token, revertToken, Optional.of(edge())));
  }

  private Read balancers(String zoneId, String token, Optional<String> revertToken) {
    if (section.has("proxied")) {
      section.fault(
          "proxied",
          "Expected proxied to be left out beside loadBalancers, which are switched only where they"
              + " are proxied, but found it");
    }
    if (traffic.has("names")) {
      traffic.fault(
          "names",
          "Expected loadBalancers alone, since their pools are what moves, but found names beside"
              + " them");
    }
    nothingCached("load balancers of Cloudflare");
    String accountId = id("account", "the id of the account that has the pools");
    List<String> hosts = list(BALANCERS, "the host name of a load balancer", PlanTraffic::domain);
    List<String> source = list("source", "the id of a pool", PlanCloudflare::id);
    List<String> target = list("target", "the id of a pool", PlanCloudflare::id);
    source.stream()
        .filter(target::contains)
        .findFirst()
        .ifPresent(
            both ->
                section.fault(
                    "target",
                    "Expected other pools than the source's, but '%s' is on both sides"
                        .formatted(both)));
    if (!source.isEmpty() && !target.isEmpty() && source.size() != target.size()) {
      section.fault(
          "target",
          "Expected as many pools on the target as on the source, since weights are hundredths, but"
              + " found %d and %d".formatted(target.size(), source.size()));
    }
    return new Read(
        new CloudflarePools(zoneId, accountId, token, revertToken, edge()), hosts, source, target);
  }

  /** Clients and resolvers have the edge's addresses, whichever side serves. */
  private void nothingCached(String what) {
    if (traffic.has("loweredTtl")) {
      traffic.fault(
          "loweredTtl",
          "Expected no loweredTtl for %s, whose TTL is automatic: clients keep the edge's addresses,"
                  .formatted(what)
              + " which stay, but found one");
    }
    if (traffic.has("resolvers")) {
      traffic.fault(
          "resolvers",
          "Expected no resolvers for %s, since they have the edge's addresses whichever side serves,"
                  .formatted(what)
              + " but found some");
    }
  }

  private EdgeProbe edge() {
    YamlSection edge = section.section("edge");
    boolean tls = edge.valueOr("scheme", "https or http", true, PlanCloudflare::isTls);
    int port = edge.valueOr("port", "a port", tls ? HTTPS_PORT : HTTP_PORT, PlanCloudflare::port);
    String path = edge.text("path", "a path such as /version");
    Optional<String> header =
        edge.has("header")
            ? Optional.of(edge.text("header", "the name of a response header"))
            : Optional.empty();
    String source = edge.text("source", "what tells the source in the header or body");
    String target = edge.text("target", "what tells the target in the header or body");
    edge.end();
    try {
      return new EdgeProbe(tls, port, path, header, source, target);
    } catch (IllegalArgumentException e) {
      if (edge.has("path") && edge.has("source") && edge.has("target")) {
        edge.fault(String.valueOf(e.getMessage()));
      }
      return new EdgeProbe(true, HTTPS_PORT, "/", Optional.empty(), "unread", "not read");
    }
  }

  private static boolean isTls(String scheme) {
    return switch (scheme) {
      case "https" -> true;
      case "http" -> false;
      default -> throw new IllegalArgumentException("Expected https or http");
    };
  }

  private static int port(String text) {
    int port = Integer.parseInt(text);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("Expected a port");
    }
    return port;
  }

  private List<String> list(String key, String expected, Function<String, String> parse) {
    return PlanList.distinct(section, "traffic.cloudflare", key, expected, parse);
  }
}
