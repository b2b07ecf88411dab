package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads a traffic switch that is a backend of HAProxy: no zone, no names, no TTLs. */
final class PlanBackend {
  /** What a zone has. */
  private static final List<String> OF_ZONES =
      List.of(
          "zone",
          "primary",
          "tsigKey",
          "route53",
          "designate",
          "cloudflare",
          "authorities",
          "resolvers",
          "loweredTtl",
          "names");

  private PlanBackend() {}

  static Optional<SwitchSpec> read(YamlSection traffic, YamlFaults faults) {
    for (String key : OF_ZONES) {
      if (traffic.has(key)) {
        traffic.fault(
            key,
            "Expected haproxy alone in traffic, since a backend has no records and TTLs, but found %s beside it"
                .formatted(key));
      }
    }
    YamlSection section = traffic.section("haproxy");
    String backend = section.value("backend", "the name of a backend", "unread", PlanBackend::name);
    List<ServerAddress> instances =
        list(
            section,
            "instances",
            "the runtime API of every HAProxy as host:port",
            text -> PlanTraffic.server(text, 0));
    List<String> source = list(section, "source", "a server's name", PlanBackend::name);
    List<String> target = list(section, "target", "a server's name", PlanBackend::name);
    source.stream()
        .filter(target::contains)
        .findFirst()
        .ifPresent(
            both ->
                section.fault(
                    "target",
                    "Expected other servers than the source's, but '%s' is on both sides"
                        .formatted(both)));
    section.end();
    traffic.end();
    return faults.none()
        ? Optional.of(SwitchSpec.ofBackend(backend, instances, source, target))
        : Optional.empty();
  }

  private static <T> List<T> list(
      YamlSection section, String key, String expected, Function<String, T> parse) {
    List<T> items = new ArrayList<>();
    List<YamlSection.Text> texts = section.texts(key);
    for (YamlSection.Text text : texts) {
      try {
        T item = parse.apply(text.value());
        if (items.contains(item)) {
          section.fault(
              text, "Expected each of %s once, but '%s' is there twice".formatted(key, item));
        }
        items.add(item);
      } catch (RuntimeException e) {
        section.fault(text, "Expected %s, but found '%s'".formatted(expected, text.value()));
      }
    }
    if (texts.isEmpty()) {
      section.fault(
          key, "Expected %s in traffic.haproxy.%s, but found none".formatted(expected, key));
    }
    return items;
  }

  private static String name(String text) {
    if (!HaProxy.isName(text)) {
      throw new IllegalArgumentException("Expected a name that HAProxy takes");
    }
    return text;
  }
}
