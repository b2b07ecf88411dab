package dev.cutover.orchestrator.simulation;

import dev.cutover.contract.*;
import dev.cutover.orchestrator.domain.*;
import dev.cutover.orchestrator.domain.RollbackPolicy.Overrun;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Plans for tests. */
public final class Plans {
  private static final Governance GOVERNANCE =
      new Governance(
          List.of("ana", "bo", "cy"),
          2,
          Duration.ofSeconds(30),
          Optional.empty(),
          Optional.empty(),
          RollbackDecision.AUTOMATIC,
          List.of());

  private static final Notices NOTICES =
      new Notices(
          List.of(
              new Notices.Channel(
                  new NoticeChannel.Email("mail", List.of("ana@example.com")),
                  List.of(NoticeKind.values())),
              new Notices.Channel(
                  new NoticeChannel.PagerDuty("on call", "https://events.pagerduty.com", "duty"),
                  List.of(NoticeKind.HELD, NoticeKind.ROLLING_BACK, NoticeKind.ROLLED_BACK))),
          new Notices.Facts(
              "the shop moves",
              "no orders for two minutes",
              "shop@example.com",
              "https://status.example.com",
              "https://meet.example.com/1",
              "#migration",
              "ana",
              "bo",
              "cy"),
          List.of("ana", "bo"),
          Notices.Timeline.DEFAULT,
          Map.of());

  private Plans() {}

  /** The same, but people are asked before a rollback. */
  public static Plan asking(CutoverId id) {
    return asking(shop(id));
  }

  /** The same, but people are asked before a rollback. */
  static Plan asking(Plan plan) {
    return governed(
        plan,
        new Governance(
            GOVERNANCE.approvers(),
            GOVERNANCE.approvalsNeeded(),
            GOVERNANCE.approvalValidFor(),
            Optional.of("dora"),
            Optional.of("bo"),
            new RollbackDecision(
                true, List.of("ana", "dora"), Duration.ofSeconds(10), RollbackChoice.ROLL_BACK),
            List.of()));
  }

  /** That plan with other people. */
  public static Plan governed(Plan plan, Governance governance) {
    return ChangedPlan.of(plan, changed -> changed.governance = governance);
  }

  public static List<RecordSet> sets(Side side, int ttlSeconds) {
    String address = side == Side.SOURCE ? "127.0.0.2" : "127.0.0.3";
    return List.of(new RecordSet("shop.test.", RecordType.A, ttlSeconds, List.of(address)));
  }

  /** A whole blue-green plan with seconds where production has hours. */
  public static Plan shop(CutoverId id) {
    DatabaseEndpoint source = new DatabaseEndpoint("127.0.0.1", 5432, "shop", "shop-source");
    DatabaseEndpoint target = new DatabaseEndpoint("127.0.0.1", 5433, "shop", "shop-target");
    List<TableName> tables = List.of(new TableName("public", "orders"));
    ServerAddress dns = new ServerAddress("127.0.0.1", 53);
    SwitchSpec shop =
        new SwitchSpec(
            "test.",
            new SwitchProvider.Rfc2136(dns, "key"),
            List.of(new SwitchedName("shop.test.", sets(Side.SOURCE, 60), sets(Side.TARGET, 60))),
            List.of(dns),
            List.of(),
            5);
    Objectives objectives =
        new Objectives(
            0.05,
            2,
            0.95,
            50,
            3,
            1e-3,
            500,
            60,
            100,
            false,
            "requests",
            "status",
            "seconds",
            Optional.of(new Objectives.WarmUp(Duration.ofSeconds(10), 6, 0.1)));
    WatchSpec watch =
        new WatchSpec(
            new WatchSpec.WatchedSide("http://127.0.0.2", "http://127.0.0.2"),
            new WatchSpec.WatchedSide("http://127.0.0.3", "http://127.0.0.3"),
            List.of(),
            objectives);
    DataCheck rows = new DataCheck.RowCounts("rows", tables);
    return new Plan(
        id,
        Optional.of(new ReplicationSpec("shop", source, target, tables, true, 1000)),
        Optional.of(shop),
        Optional.of(watch),
        List.of(rows),
        List.of(rows),
        List.of(rows),
        List.of(rows),
        new Strategy.BlueGreen(),
        DataLayer.REPLICATED,
        GOVERNANCE,
        Window.ALWAYS,
        new RollbackPolicy(Way.REVERSE_SYNC, Overrun.REOPEN_TARGET, Duration.ZERO, List.of()),
        ReadinessPolicy.DEFAULT.requiringCritical(false),
        Notices.NONE,
        List.of(),
        Autonomy.ACT,
        new Plan.Bounds(
            Duration.ofSeconds(20),
            Duration.ofSeconds(40),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofMinutes(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10)),
        RehearsalTerms.NONE,
        Optional.empty(),
        List.of());
  }

  /** The same plan with steps of the team and another autonomy. */
  public static Plan changed(Plan plan, List<TeamStep> teamSteps, Autonomy autonomy) {
    return ChangedPlan.of(
        plan,
        changed -> {
          changed.teamSteps = teamSteps;
          changed.autonomy = autonomy;
        });
  }

  /** The same as a rehearsal. */
  public static Plan rehearsing(Plan plan, RehearsalTerms.Rehearsed rehearsed) {
    return ChangedPlan.of(
        plan, changed -> changed.rehearsal = new RehearsalTerms(true, "", Optional.of(rehearsed)));
  }

  /** The same, and people are told of it: by mail and on call. */
  public static Plan told(CutoverId id) {
    return told(shop(id), Window.ALWAYS, false);
  }

  /** That plan with notices, in that window. */
  public static Plan told(Plan plan, Window window, boolean rehearsal) {
    return ChangedPlan.of(
        plan,
        changed -> {
          changed.window = window;
          changed.notices = NOTICES;
          changed.rehearsal = rehearsal ? RehearsalTerms.MARKED : RehearsalTerms.NONE;
        });
  }

  /** The same with another strategy and another way back. */
  public static Plan with(Plan plan, Strategy strategy, RollbackPolicy rollback) {
    boolean canary = strategy instanceof Strategy.Canary;
    return ChangedPlan.of(
        plan,
        changed -> {
          changed.data = canary ? Optional.empty() : plan.data();
          changed.dataChecks = canary ? List.of() : plan.dataChecks();
          changed.trafficSwitch =
              canary ? plan.trafficSwitch().map(SwitchSpec::withWeights) : plan.trafficSwitch();
          changed.strategy = strategy;
          changed.dataLayer = canary ? DataLayer.SHARED : DataLayer.REPLICATED;
          changed.rollback = rollback;
        });
  }

  /** A canary by three weights. */
  public static Strategy.Canary canary(Strategy.Abort abort) {
    Duration soak = Duration.ofSeconds(10);
    return new Strategy.Canary(
        List.of(
            new Strategy.Weight(10, soak, 2),
            new Strategy.Weight(50, soak, 10),
            new Strategy.Weight(100, soak, 0)),
        abort);
  }

  /** One of all strategies and ways back; the plain one as often as all others together. */
  public static Plan any(CutoverId id, Random random) {
    Plan plan = shop(id);
    if (random.nextBoolean()) {
      return plan;
    }
    Overrun overrun = any(Overrun.values(), random);
    Duration window = random.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(20);
    if (random.nextInt(3) == 0) {
      return with(
          plan,
          canary(any(Strategy.Abort.values(), random)),
          new RollbackPolicy(Way.REVERSE_SYNC, overrun, window, List.of()));
    }
    Strategy strategy = random.nextInt(3) == 0 ? new Strategy.BigBang() : new Strategy.BlueGreen();
    return with(
        plan,
        strategy,
        new RollbackPolicy(any(Way.values(), random), overrun, window, List.of("ana", "bo", "cy")));
  }

  private static <T> T any(T[] values, Random random) {
    return values[random.nextInt(values.length)];
  }

  /** The answer of a service in a world in which everything works. */
  public static Reply success(Command command, Instant now) {
    SimulatedWorld world = new SimulatedWorld();
    world.forwardRuns = true;
    world.reverseRuns = true;
    switch (command) {
      case SyncCommand.OpenTarget open -> {
        world.source.open = false;
        world.target.epoch = open.expectedEpoch();
      }
      case SyncCommand.OpenSource open -> {
        world.source.open = false;
        world.source.epoch = open.expectedEpoch();
      }
      case SyncCommand.ApplyDelta _ -> world.source.open = false;
      case DnsCommand.ShiftTraffic shift -> world.mark = shift.expectedEpoch();
      case DnsCommand.VerifyTraffic verify ->
          world.weightPercent = verify.side() == Side.TARGET ? 100 : 0;
      case DnsCommand.VerifyView verify ->
          world.weightPercent = verify.side() == Side.TARGET ? 100 : 0;
      case DnsCommand.VerifySplit verify -> world.weightPercent = verify.weightPercent();
      default -> {}
    }
    return new SimulatedServices(world).handle(command, now);
  }
}
