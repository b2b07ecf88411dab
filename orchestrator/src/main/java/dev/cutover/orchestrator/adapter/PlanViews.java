package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.SwitchedName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code views} of a traffic switch. Each says all of its own zone: nothing is taken over
 * from the switch, whose servers are others.
 */
final class PlanViews {
  private PlanViews() {}

  static List<SwitchView> read(YamlSection traffic, YamlFaults faults) {
    List<SwitchView> views = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlSection section : traffic.sections("views")) {
      String name =
          section.value("name", "the name of a view such as private", "unread", PlanViews::name);
      String vantage =
          section.value(
              "vantage",
              "the name of a vantage point, which is CUTOVER_DNS_VANTAGE of a dns-service there,",
              "unread",
              PlanViews::name);
      if (!names.add(name)) {
        section.fault("name", "Expected each view once, but '%s' is there twice".formatted(name));
      }
      for (String other : PlanBackend.SECTIONS) {
        if (section.has(other)) {
          section.fault(
              other,
              "Expected a zone in a view, since a balancer has no views, but found " + other);
        }
      }
      if (section.has("views")) {
        section.fault("views", "Expected no views in a view, but found some");
      }
      Optional<SwitchSpec> spec = PlanTraffic.read(section, faults);
      spec.flatMap(SwitchSpec::proof)
          .filter(proof -> proof.parentRequired() && proof.parents().isEmpty())
          .ifPresent(
              _ ->
                  section.fault(
                      "proof",
                      "Expected parentServers beside parent: required, since the zones above that are found from the root down say nothing of view '%s', but there are none"
                          .formatted(name)));
      if (spec.filter(SwitchSpec::weighted).isPresent()) {
        section.fault(
            "cloudflare",
            "Expected records in a view, since load balancers have no views, but found loadBalancers");
        continue;
      }
      spec.ifPresent(read -> views.add(new SwitchView(name, vantage, read)));
    }
    return views;
  }

  /** Every view must have the names that the switch moves, or some of them. */
  static void sameNames(YamlSection traffic, List<SwitchedName> names, List<SwitchView> views) {
    Set<String> switched = new HashSet<>();
    names.forEach(name -> switched.add(name.name()));
    for (SwitchView view : views) {
      for (SwitchedName name : view.spec().names()) {
        if (!switched.contains(name.name())) {
          traffic.fault(
              "views",
              "Expected names of traffic in view '%s', but found '%s'"
                  .formatted(view.name(), name.name()));
        }
      }
    }
  }

  private static String name(String text) {
    if (!SwitchView.isName(text)) {
      throw new IllegalArgumentException("Expected a name");
    }
    return text;
  }
}
