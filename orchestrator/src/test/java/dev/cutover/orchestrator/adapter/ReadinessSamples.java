package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.ReadinessLine;
import dev.cutover.contract.ReadinessStatus.Fact;
import dev.cutover.contract.ReadinessStatus.Milestone;
import dev.cutover.contract.ReadinessStatus.Standing;
import dev.cutover.contract.RehearsalResult;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchFigures;
import dev.cutover.orchestrator.domain.ReadinessEvent.*;
import dev.cutover.orchestrator.domain.RehearsalEvent.*;
import dev.cutover.orchestrator.domain.SagaEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** One of each event of readiness, the freeze and time. */
final class ReadinessSamples {
  private ReadinessSamples() {}

  static List<SagaEvent> events(Instant at) {
    return List.of(
        new ReadinessReviewed(at),
        new ReadinessChanged(List.of(ReadinessLine.TTL_LOWERED), at),
        new ApprovalsVoided("why", at),
        new LineSigned("r", "cy", ReadinessLine.WAR_ROOM, "by telephone", at, at),
        new LineUnsigned("r", "cy", ReadinessLine.WAR_ROOM, "no"),
        new SchemaNoted(Side.SOURCE, List.of("table a: column b added"), false, "", at),
        new RecordsNoted(List.of(), true, false, "no answer", at),
        new DriftAnswered(List.of("a A: expected b"), true, "", List.of("by c"), true, 7, at),
        new DriftTraced(List.of("by c"), at),
        new ReverseStreamNoted(true, 12, at),
        new SourceHealthNoted(true, "errors", at),
        new TrafficMeasured(12.5, at),
        new DrillOrdered("r", "ana", Duration.ofSeconds(2)),
        new ForwardStreamNoted(true, 12, 1.5, at),
        new RehearsalCredited(
            "r",
            "ana",
            new RehearsalResult(
                new CutoverId("shop-rehearsal"),
                new CutoverId("shop"),
                "5ab1",
                "0af1",
                120,
                true,
                "there and back in 40 s",
                at,
                SwitchFigures.NONE),
            at),
        new MilestoneReached(
            new Milestone("T+24h", at, true, List.of(new Fact("target", Standing.GOOD, "fine")))),
        new PointOfNoReturnPassed("given up", at),
        new DecommissionDue(at));
  }
}
