package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.TableName;
import dev.cutover.contract.WatchSpec;
import dev.cutover.orchestrator.domain.DataLayer;
import dev.cutover.orchestrator.domain.Governance;
import dev.cutover.orchestrator.domain.Notices;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.PlanDecision;
import dev.cutover.orchestrator.domain.PlanRules;
import dev.cutover.orchestrator.domain.ReadinessPolicy;
import dev.cutover.orchestrator.domain.RehearsalTerms;
import dev.cutover.orchestrator.domain.RollbackPolicy;
import dev.cutover.orchestrator.domain.Runbook;
import dev.cutover.orchestrator.domain.Strategy;
import dev.cutover.orchestrator.domain.TeamStep;
import dev.cutover.orchestrator.domain.Window;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads plan files. All faults are found at once, each with line and column, what was expected and
 * what was found. {@code plan-example.yaml} shows every key.
 */
public final class PlanYaml {
  /** Longest plan: it travels in one record of the log, several times. */
  private static final int CHARACTERS_MAX = 256 * 1024;

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MONTH = Duration.ofDays(31);

  private final Node file;
  private final YamlFaults faults;
  private final YamlSection root;
  private final Instant now;

  private PlanYaml(Node file, YamlSection root, YamlFaults faults, Instant now) {
    this.file = file;
    this.root = root;
    this.faults = faults;
    this.now = now;
  }

  /** What came of reading a plan. */
  public sealed interface Reading {
    /** It can be carried out, as far as can be told from the plan alone. */
    record Accepted(Plan plan) implements Reading {}

    /**
     * It can't be read or can't work.
     *
     * @param faults never empty; in the order of the file, such as {@code line 3, column 9:
     *     Expected ..., but ...}
     */
    record Faulty(List<String> faults) implements Reading {
      public Faulty {
        faults = List.copyOf(faults);
      }
    }
  }

  /**
   * Reads a plan.
   *
   * @param now a window that is over by then is a fault
   */
  public static Reading read(String yaml, Instant now) {
    YamlFaults faults = new YamlFaults();
    Optional<Node> node = faults.compose(yaml, CHARACTERS_MAX, "a plan");
    if (node.isPresent()) {
      YamlSection root = new YamlSection("", node.get(), faults);
      Optional<Plan> plan = new PlanYaml(node.get(), root, faults, now).plan();
      // What the parts have to do with each other can be said once each can be read.
      plan.map(PlanRules::faults)
          .ifPresent(found -> found.forEach(fault -> root.faultAt(fault.path(), fault.sentence())));
      if (plan.isPresent() && faults.none()) {
        return new Reading.Accepted(plan.get());
      }
    }
    return new Reading.Faulty(faults.sentences());
  }

  private Optional<Plan> plan() {
    CutoverId id =
        root.value(
            "cutover",
            "a name of 1 to 63 characters a-z, 0-9 and -",
            new CutoverId("unread"),
            CutoverId::new);
    Strategy strategy = PlanStrategy.read(root);
    DataLayer dataLayer = PlanStrategy.dataLayer(root);
    Optional<CutoverId> programme =
        root.valueOr(
            "programme",
            "a name of 1 to 63 characters a-z, 0-9 and -",
            Optional.empty(),
            text -> Optional.of(new CutoverId(text)));
    RehearsalTerms rehearsal = PlanRehearsal.read(root, file);
    Governance governance = PlanPeople.read(root);
    Window window = root.optionalSection("window").map(this::window).orElse(Window.ALWAYS);
    ReadinessPolicy readiness =
        PlanReadiness.read(root, window, governance.approvers(), rehearsal.marked());
    Plan.Bounds bounds =
        bounds(
            root.sectionOrEmpty("bounds"),
            strategy instanceof Strategy.BigBang ? HOUR.multipliedBy(24) : HOUR);
    RollbackPolicy rollback = PlanStrategy.rollback(root.sectionOrEmpty("rollback"));

    Optional<YamlSection> dataSection = root.optionalSection("data");
    Optional<ObjectsSpec> objects =
        root.optionalSection("objects").flatMap(s -> PlanObjects.read(s, faults));
    if (root.has("objects") && dataSection.isEmpty()) {
      root.fault(
          "objects",
          "Expected databases in 'data' beside objects, whose rows say which side serves, but the"
              + " plan has none: './cutover sync objects' copies buckets alone");
    }
    Optional<ReplicationSpec> data =
        dataSection
            .flatMap(s -> PlanData.read(s, id, faults))
            .map(spec -> objects.map(spec::withObjects).orElse(spec));
    Optional<SwitchSpec> traffic =
        root.optionalSection("traffic")
            .flatMap(s -> PlanTraffic.read(s, faults))
            .map(s -> sharesOut(strategy) ? s.withWeights() : s);
    Optional<WatchSpec> watch =
        root.optionalSection("watch")
            .flatMap(s -> PlanWatch.read(s, spans(bounds, strategy, rollback, traffic), faults));
    if (dataSection.isEmpty() && !root.has("traffic")) {
      root.fault("Expected something to move in 'data' or 'traffic', but the plan has neither");
    }
    List<TableName> tables = dataSection.map(s -> PlanData.tables(s, "tables")).orElseGet(List::of);
    Checks checks = checks(root.sectionOrEmpty("checks"), tables, data);
    List<TeamStep> teamSteps =
        PlanTeamSteps.read(
            root,
            Stream.concat(checks.reading().stream(), checks.source().stream()).toList(),
            bounds.goBackAfter());
    PlanAutonomy autonomy = PlanAutonomy.read(root);
    Notices notices =
        root.optionalSection("notices")
            .map(s -> PlanNotices.read(s, governance.approvers()))
            .orElse(Notices.NONE);
    List<PlanDecision> decisions = PlanDecisions.read(root);
    root.end();
    if (!faults.none()) {
      return Optional.empty();
    }
    Plan plan =
        new Plan(
            id,
            data,
            traffic,
            watch,
            checks.data(),
            checks.reading(),
            checks.writing(),
            checks.source(),
            strategy,
            dataLayer,
            governance,
            window,
            rollback,
            readiness,
            notices,
            teamSteps,
            autonomy.autonomy(),
            bounds,
            rehearsal,
            programme,
            decisions);
    autonomy.check(Runbook.of(plan));
    return faults.none() ? Optional.of(plan) : Optional.empty();
  }

  private Window window(YamlSection section) {
    ZoneId zone =
        section.value("zone", "a time zone such as Europe/Amsterdam", ZoneOffset.UTC, ZoneId::of);
    Optional<Instant> opens = moment(section, "opens", zone);
    Optional<Instant> closes = moment(section, "closes", zone);
    if (opens.isPresent() && closes.isPresent() && !closes.get().isAfter(opens.get())) {
      section.fault("closes", "Expected the window to close after it opens, but it does not");
    } else if (closes.filter(at -> !at.isAfter(now)).isPresent()) {
      section.fault("closes", "Expected the window to close in the future, but it is over");
    }
    Window window = PlanReadiness.expectations(section, Window.within(zone.getId(), opens, closes));
    section.end();
    return window;
  }

  /** A local time that exists exactly once in that zone. */
  static Optional<Instant> moment(YamlSection section, String key, ZoneId zone) {
    Optional<LocalDateTime> local =
        section.valueOr(
            key,
            "a local date and time such as 2026-12-01T02:00",
            Optional.empty(),
            text -> Optional.of(LocalDateTime.parse(text.replace(' ', 'T'))));
    if (local.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local.get());
      if (offsets.size() == 1) {
        return Optional.of(local.get().toInstant(offsets.getFirst()));
      }
      section.fault(
          key,
          "Expected a time that exists once in %s, but %s %s there"
              .formatted(zone, local.get(), offsets.isEmpty() ? "is skipped" : "comes twice"));
    } catch (DateTimeException e) {
      section.fault(key, "Expected a date in range, but found " + local.get());
    }
    return Optional.empty();
  }

  private Plan.Bounds bounds(YamlSection section, Duration outageMax) {
    Plan.Bounds bounds =
        new Plan.Bounds(
            bound(section, "maxWriteOutage", SECOND, outageMax, 120),
            bound(section, "maxRollbackOutage", SECOND, HOUR, 300),
            bound(section, "baseline", SECOND, MONTH, 300),
            bound(section, "observation", SECOND, MONTH, 3600),
            bound(section, "ttlSlack", Duration.ZERO, HOUR, 5),
            bound(section, "finalValidation", Duration.ofMillis(10), HOUR, 5),
            bound(section, "approval", SECOND, MONTH, 48 * 3600),
            bound(section, "preparationStep", SECOND, MONTH, 300),
            bound(section, "copy", SECOND, MONTH, 24 * 3600),
            bound(section, "switchStep", SECOND, HOUR, 30),
            bound(section, "proof", SECOND, HOUR.multipliedBy(24), 300));
    if (bounds.finalValidation().compareTo(bounds.switchStep()) >= 0) {
      section.fault(
          "finalValidation",
          "Expected bounds.finalValidation below bounds.switchStep (%s), but it is %s"
              .formatted(
                  PlanValues.written(bounds.switchStep()),
                  PlanValues.written(bounds.finalValidation())));
    }
    if (bounds.switchStep().compareTo(bounds.maxWriteOutage()) >= 0) {
      section.fault(
          "switchStep",
          "Expected bounds.switchStep below bounds.maxWriteOutage (%s), but it is %s"
              .formatted(
                  PlanValues.written(bounds.maxWriteOutage()),
                  PlanValues.written(bounds.switchStep())));
    }
    section.end();
    return bounds;
  }

  private static Duration bound(
      YamlSection section, String key, Duration min, Duration max, long fallbackSeconds) {
    return section.valueOr(
        key,
        PlanValues.durationWord(min, max),
        Duration.ofSeconds(fallbackSeconds),
        PlanValues.duration(min, max));
  }

  private static boolean sharesOut(Strategy strategy) {
    return strategy instanceof Strategy.Canary canary && canary.shares();
  }

  private static PlanWatch.Spans spans(
      Plan.Bounds bounds,
      Strategy strategy,
      RollbackPolicy rollback,
      Optional<SwitchSpec> traffic) {
    Duration ttl = traffic.map(s -> Duration.ofSeconds(s.loweredTtlSeconds())).orElse(SECOND);
    Duration shared =
        strategy instanceof Strategy.Canary(List<Strategy.Weight> weights, Strategy.Abort _)
            ? weights.stream().map(Strategy.Weight::soak).reduce(Duration.ZERO, Duration::plus)
            : Duration.ZERO;
    return new PlanWatch.Spans(
        bounds.observation(), bounds.proof(), ttl, rollback.window().plus(shared));
  }

  private record Checks(
      List<DataCheck> data,
      List<DataCheck> reading,
      List<DataCheck> writing,
      List<DataCheck> source) {}

  private static Checks checks(
      YamlSection section, List<TableName> tables, Optional<ReplicationSpec> data) {
    PlanChecks checks = new PlanChecks(section, tables);
    if (tables.isEmpty() && section.has("data")) {
      section.fault("data", "Expected databases in 'data' to compare, but the plan has none");
    }
    List<DataCheck> usual = tables.isEmpty() ? List.of() : PlanChecks.ofAllTables(tables);
    Checks read =
        new Checks(
            section.has("data") ? checks.comparing("data") : usual,
            checks.ofOneSide("reading", false, Side.TARGET, data),
            checks.ofOneSide("writing", true, Side.TARGET, data),
            checks.ofOneSide("source", true, Side.SOURCE, data));
    section.end();
    return read;
  }
}
