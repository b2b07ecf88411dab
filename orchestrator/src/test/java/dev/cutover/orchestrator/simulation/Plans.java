package dev.cutover.orchestrator.simulation;

import dev.cutover.contract.*;
import dev.cutover.orchestrator.domain.*;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  private Plans() {}

  /** The same, but people are asked before a rollback. */
  public static Plan asking(CutoverId id) {
    return governed(
        shop(id),
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
    return new Plan(
        plan.id(),
        plan.data(),
        plan.trafficSwitch(),
        plan.watch(),
        plan.dataChecks(),
        plan.readingChecks(),
        plan.writingChecks(),
        plan.sourceChecks(),
        plan.strategy(),
        governance,
        plan.window(),
        plan.rollback(),
        plan.readiness(),
        plan.notices(),
        plan.teamSteps(),
        plan.autonomy(),
        plan.bounds(),
        plan.rehearsal(),
        plan.programme(),
        plan.decisions());
  }

  static List<RecordSet> sets(Side side, int ttlSeconds) {
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
            dns,
            "key",
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
        GOVERNANCE,
        Window.ALWAYS,
        RollbackPolicy.DEFAULT,
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
        false,
        Optional.empty(),
        List.of());
  }

  /** The same plan with steps of the team and another autonomy. */
  public static Plan changed(Plan plan, List<TeamStep> teamSteps, Autonomy autonomy) {
    return new Plan(
        plan.id(),
        plan.data(),
        plan.trafficSwitch(),
        plan.watch(),
        plan.dataChecks(),
        plan.readingChecks(),
        plan.writingChecks(),
        plan.sourceChecks(),
        plan.strategy(),
        plan.governance(),
        plan.window(),
        plan.rollback(),
        plan.readiness(),
        plan.notices(),
        teamSteps,
        autonomy,
        plan.bounds(),
        plan.rehearsal(),
        plan.programme(),
        plan.decisions());
  }

  /** The same, and people are told of it: by mail and on call. */
  public static Plan told(CutoverId id) {
    return told(shop(id), Window.ALWAYS, false);
  }

  /** That plan with notices, in that window. */
  public static Plan told(Plan plan, Window window, boolean rehearsal) {
    return new Plan(
        plan.id(),
        plan.data(),
        plan.trafficSwitch(),
        plan.watch(),
        plan.dataChecks(),
        plan.readingChecks(),
        plan.writingChecks(),
        plan.sourceChecks(),
        plan.strategy(),
        plan.governance(),
        window,
        plan.rollback(),
        plan.readiness(),
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
            Map.of()),
        plan.teamSteps(),
        plan.autonomy(),
        plan.bounds(),
        rehearsal,
        plan.programme(),
        plan.decisions());
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
      case DnsCommand.ShiftTraffic shift -> world.mark = shift.expectedEpoch();
      case DnsCommand.VerifyTraffic verify -> world.traffic = verify.side();
      default -> {}
    }
    return new SimulatedServices(world).handle(command, now);
  }
}
