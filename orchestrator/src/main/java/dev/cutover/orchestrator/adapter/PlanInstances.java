package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.DataCheck;
import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.InstanceSource;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.SystemCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads where instances are found, and the checks of them. */
final class PlanInstances {
  private static final List<String> WAYS = List.of("list", "srv", "consul", "kubernetes");

  private PlanInstances() {}

  static SystemCheck check(YamlSection entry, String name) {
    InstanceSource from = source(entry.section("from"));
    Optional<InstanceSource> others = entry.optionalSection("others").map(PlanInstances::source);
    int atLeast =
        entry.valueOr("atLeast", "a number of instances", 1, PlanValues.number(1, 10_000));
    Optional<HttpQuestion> health =
        entry
            .optionalSection("health")
            .map(
                section -> {
                  HttpQuestion question = PlanQuestions.instanceQuestion(section);
                  section.end();
                  return question;
                });
    List<String> same = new ArrayList<>();
    for (YamlSection.Text pointer : entry.texts("same")) {
      if (!pointer.value().startsWith("/") || pointer.value().contains("/*")) {
        entry.fault(
            pointer,
            "Expected a JSON pointer such as /version, without *, but found '%s'"
                .formatted(pointer.value()));
      }
      same.add(pointer.value());
    }
    if (!same.isEmpty() && health.isEmpty()) {
      entry.fault("same", "Expected 'health', whose answers are compared, but it is missing");
    }
    if (others.isPresent() && same.isEmpty()) {
      entry.fault("others", "Expected 'same', what both sides have to agree in, but it is missing");
    }
    return new SystemCheck.Instances(name, from, others, atLeast, health, same);
  }

  static Optional<DataCheck> clients(
      YamlSection entry, String name, Side side, Optional<ReplicationSpec> data) {
    InstanceSource from = source(entry.section("from"));
    if (data.isEmpty()) {
      entry.fault("kind", "Expected databases in 'data' to ask, but the plan has none");
    }
    return data.map(spec -> new SystemCheck.DatabaseClients(name, spec.endpoint(side), from));
  }

  private static InstanceSource source(YamlSection section) {
    List<String> given = WAYS.stream().filter(section::has).toList();
    if (given.size() != 1) {
      section.fault(
          "Expected one of %s, but found %s"
              .formatted(
                  String.join(", ", WAYS), given.isEmpty() ? "none" : String.join(" and ", given)));
    }
    InstanceSource source =
        switch (given.isEmpty() ? "" : given.getFirst()) {
          case "srv" -> named(section);
          case "consul" -> consul(section.section("consul"));
          case "kubernetes" -> kubernetes(section.section("kubernetes"));
          case "list" -> new InstanceSource.Listed(PlanQuestions.servers(section, "list"));
          default -> new InstanceSource.Listed(List.of());
        };
    section.end();
    return source;
  }

  private static InstanceSource named(YamlSection section) {
    return new InstanceSource.DnsService(
        section.text("srv", "a name of SRV records, such as _http._tcp.shop.example."),
        section.has("resolver")
            ? Optional.of(PlanQuestions.server(section, "resolver", 53))
            : Optional.empty());
  }

  private static InstanceSource consul(YamlSection section) {
    InstanceSource read =
        new InstanceSource.ConsulService(
            PlanQuestions.question(section), section.text("service", "the name of a service"));
    section.end();
    return read;
  }

  private static InstanceSource kubernetes(YamlSection section) {
    InstanceSource read =
        new InstanceSource.KubernetesService(
            PlanQuestions.question(section),
            section.text("namespace", "a namespace"),
            section.text("service", "the name of a service"),
            section.optionalText("port"));
    section.end();
    return read;
  }
}
