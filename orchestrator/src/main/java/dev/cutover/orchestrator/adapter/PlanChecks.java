package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.DataCheck;
import dev.cutover.contract.DataCheck.Checksums;
import dev.cutover.contract.DataCheck.HttpFlow;
import dev.cutover.contract.DataCheck.RowCounts;
import dev.cutover.contract.DataCheck.SampleQuery;
import dev.cutover.contract.DataCheck.SideQuery;
import dev.cutover.contract.HttpStep;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads the checks of a plan. Names are unique in all of them. */
final class PlanChecks {
  private static final List<String> OF_BOTH = List.of("rowCounts", "checksums", "sampleQuery");
  private static final List<String> OF_ONE_SIDE =
      Stream.concat(Stream.of("httpFlow", "query"), PlanSystemChecks.KINDS.stream()).toList();

  private final YamlSection checks;
  private final List<TableName> replicated;
  private final Set<String> names = new HashSet<>();

  PlanChecks(YamlSection checks, List<TableName> replicated) {
    this.checks = checks;
    this.replicated = replicated;
  }

  /** What proves all tables, when the plan asks for nothing else. */
  static List<DataCheck> ofAllTables(List<TableName> tables) {
    return List.of(new RowCounts("row counts", tables), new Checksums("checksums", tables));
  }

  /** Checks that compare both databases. */
  List<DataCheck> comparing(String key) {
    List<DataCheck> read = new ArrayList<>();
    for (YamlSection entry : checks.sections(key)) {
      String name = name(entry);
      String kind = entry.text("kind", oneOf(OF_BOTH));
      boolean critical = isCritical(entry);
      Consumer<DataCheck> add =
          check -> read.add(critical ? check : new DataCheck.Recommended(check));
      switch (kind) {
        case "rowCounts" -> add.accept(new RowCounts(name, tables(entry)));
        case "checksums" -> add.accept(new Checksums(name, tables(entry)));
        case "sampleQuery" ->
            add.accept(
                new SampleQuery(
                    name, entry.text("sql", "a query"), entry.optionalText("expected")));
        case "" -> {}
        case String other when OF_ONE_SIDE.contains(other) ->
            entry.fault(
                "kind",
                "Expected a check that compares databases in checks.%s, but found kind %s: put it into checks.reading"
                    .formatted(key, kind));
        default -> unknown(entry, kind, OF_BOTH);
      }
      if (!OF_ONE_SIDE.contains(kind)) {
        entry.end();
      }
    }
    if (!read.isEmpty() && read.stream().allMatch(DataCheck.Recommended.class::isInstance)) {
      checks.fault(
          key,
          "Expected a comparison that stops the cutover in checks.%s, but all are only recommended"
              .formatted(key));
    }
    return read;
  }

  /**
   * Checks that look at one side.
   *
   * @param mayWrite whether flows may change anything there
   * @param side whose database a query asks
   * @param data names that database; a plan without databases has no queries
   */
  List<DataCheck> ofOneSide(
      String key, boolean mayWrite, Side side, Optional<ReplicationSpec> data) {
    List<DataCheck> read = new ArrayList<>();
    PlanNeeds needed = new PlanNeeds(key);
    for (YamlSection entry : checks.sections(key)) {
      String name = name(entry);
      String kind =
          entry.valueOr("kind", oneOf(OF_ONE_SIDE), "httpFlow", PlanValues.matching("[a-zA-Z]+"));
      boolean critical = isCritical(entry);
      List<String> needs = needed.read(entry, name);
      Consumer<DataCheck> add =
          check -> {
            DataCheck itself = needs.isEmpty() ? check : new DataCheck.Dependent(check, needs);
            read.add(critical ? itself : new DataCheck.Recommended(itself));
          };
      switch (kind) {
        case "httpFlow" -> add.accept(flow(entry, name, key, mayWrite));
        case "query" -> query(entry, name, side, data).ifPresent(add);
        case "rowCounts", "checksums", "sampleQuery" ->
            entry.fault(
                "kind",
                "Expected an httpFlow in checks.%s, but found %s: put it into checks.data"
                    .formatted(key, kind));
        case String other when PlanSystemChecks.KINDS.contains(other) ->
            PlanSystemChecks.read(entry, name, other, side, data).ifPresent(add);
        default -> unknown(entry, kind, OF_ONE_SIDE);
      }
    }
    needed.end();
    return read;
  }

  private Optional<DataCheck> query(
      YamlSection entry, String name, Side side, Optional<ReplicationSpec> data) {
    String sql = entry.text("sql", "a query");
    String expected = entry.text("expected", "its result, such as 0");
    entry.end();
    if (replicated.isEmpty()) {
      entry.fault("kind", "Expected databases in 'data' to ask, but the plan has none");
    }
    return data.map(spec -> new SideQuery(name, side, spec.endpoint(side), sql, expected));
  }

  private HttpFlow flow(YamlSection entry, String name, String key, boolean mayWrite) {
    String url = entry.value("url", "an address such as http://10.0.0.2:8080", "", PlanValues::url);
    Optional<String> credential =
        entry.has("credential") ? Optional.of(PlanData.credential(entry)) : Optional.empty();
    boolean writes = entry.valueOr("writes", "true or false", mayWrite, PlanValues::flag);
    if (writes && !mayWrite) {
      entry.fault(
          "writes",
          "Expected a flow that only reads in checks.%s, but it writes: put it into checks.writing"
              .formatted(key));
    }
    List<String> given =
        credential.isPresent() ? List.of("unique", "user", "password") : List.of("unique");
    List<HttpStep> steps = PlanHttp.steps(entry, given);
    entry.end();
    return new HttpFlow(name, url, credential, writes, steps);
  }

  private static boolean isCritical(YamlSection entry) {
    return entry
        .valueOr(
            "severity",
            "critical or recommended",
            "critical",
            PlanValues.matching("critical|recommended"))
        .equals("critical");
  }

  private String name(YamlSection entry) {
    String name = entry.text("name", "the name of a check");
    if (!name.isEmpty() && !names.add(name)) {
      entry.fault("name", "Expected each check once, but '%s' is there twice".formatted(name));
    }
    return name;
  }

  /** The named tables, which must be replicated; all of them when none is named. */
  private List<TableName> tables(YamlSection entry) {
    if (!entry.has("tables")) {
      return replicated;
    }
    List<String> known = replicated.stream().map(TableName::toString).toList();
    for (YamlSection.Text text : entry.texts("tables")) {
      String table = text.value().contains(".") ? text.value() : "public." + text.value();
      if (!known.contains(table)) {
        entry.fault(
            text,
            "Expected one of data.tables, but found '%s'%s"
                .formatted(text.value(), YamlSection.suggestion(table, known)));
      }
    }
    return PlanData.tables(entry, "tables");
  }

  private static String oneOf(List<String> kinds) {
    return "one of " + String.join(", ", kinds);
  }

  private static void unknown(YamlSection entry, String kind, List<String> kinds) {
    entry.fault(
        "kind",
        "Expected %s, but found '%s'%s"
            .formatted(oneOf(kinds), kind, YamlSection.suggestion(kind, kinds)));
  }
}
