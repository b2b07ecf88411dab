package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.PublicResolver;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchProof.ResolverClass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code proof} of a traffic switch: what has to be seen beside the authorities. */
final class PlanProof {
  private static final int ALL_PERCENT = 100;

  private PlanProof() {}

  static Optional<SwitchProof> read(YamlSection traffic) {
    return traffic.optionalSection("proof").map(PlanProof::proof);
  }

  private static SwitchProof proof(YamlSection section) {
    List<ResolverClass> classes = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlSection entry : section.sections("resolvers")) {
      resolvers(entry)
          .ifPresent(
              of -> {
                if (names.add(of.name())) {
                  classes.add(of);
                } else {
                  entry.fault(
                      "class",
                      "Expected each class of resolvers once, but '%s' is there twice"
                          .formatted(of.name()));
                }
              });
    }
    boolean required =
        section.valueOr("parent", "observed or required", false, PlanProof::isRequired);
    List<ServerAddress> parents = PlanTraffic.servers(section, "parentServers");
    boolean signatures =
        section.valueOr("signatures", "observed or required", true, PlanProof::isRequired);
    section.end();
    // What a plan means that says nothing is left out of messages.
    return new SwitchProof(
        classes, required, parents, signatures ? Optional.empty() : Optional.of(false));
  }

  private static Optional<ResolverClass> resolvers(YamlSection entry) {
    Optional<String> name =
        entry.value(
            "class",
            "the name of a class such as public or corporate",
            Optional.empty(),
            PlanProof::name);
    List<ServerAddress> servers = PlanTraffic.servers(entry, "servers");
    int quorum = entry.valueOr("quorum", "a quorum of 1% to 100%", ALL_PERCENT, PlanProof::percent);
    boolean known = name.filter(ResolverClass.PUBLIC::equals).isPresent();
    if (servers.isEmpty() && known && !entry.has("servers")) {
      servers = PublicResolver.all().stream().map(PublicResolver::address).toList();
    }
    if (servers.isEmpty() && name.isPresent()) {
      entry.fault(
          "servers",
          "Expected at least one resolver of class '%s' in servers, but found none: only those of class public are known"
              .formatted(name.get()));
    }
    entry.end();
    return name.isEmpty() || servers.isEmpty()
        ? Optional.empty()
        : Optional.of(new ResolverClass(name.get(), servers, quorum));
  }

  private static Optional<String> name(String text) {
    if (!ResolverClass.isName(text)) {
      throw new IllegalArgumentException("Expected the name of a class");
    }
    return Optional.of(text);
  }

  private static int percent(String text) {
    String digits = text.endsWith("%") ? text.substring(0, text.length() - 1).strip() : text;
    return PlanValues.number(1, ALL_PERCENT).apply(digits);
  }

  private static boolean isRequired(String text) {
    return switch (text) {
      case "required" -> true;
      case "observed" -> false;
      default -> throw new IllegalArgumentException("Expected another word");
    };
  }
}
