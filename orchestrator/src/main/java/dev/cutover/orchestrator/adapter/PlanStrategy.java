package dev.cutover.orchestrator.adapter;

import dev.cutover.orchestrator.domain.DataLayer;
import dev.cutover.orchestrator.domain.RollbackPolicy;
import dev.cutover.orchestrator.domain.RollbackPolicy.Drift;
import dev.cutover.orchestrator.domain.RollbackPolicy.Overrun;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import dev.cutover.orchestrator.domain.Strategy;
import dev.cutover.orchestrator.domain.Strategy.Abort;
import dev.cutover.orchestrator.domain.Strategy.Weight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads how traffic and data move, and how they go back. */
final class PlanStrategy {
  private static final Duration MONTH = Duration.ofDays(31);

  private PlanStrategy() {}

  static Strategy read(YamlSection root) {
    String name =
        root.valueOr(
            "strategy",
            "blueGreen, bigBang or canary",
            "blueGreen",
            PlanValues.matching("blueGreen|bigBang|canary"));
    boolean canary = name.equals("canary");
    if (!canary && root.has("canary")) {
      root.fault("canary", "Expected 'canary' only with strategy canary, but it is " + name);
    }
    if (name.equals("bigBang")) {
      return new Strategy.BigBang();
    }
    return canary ? canary(root.section("canary")) : new Strategy.BlueGreen();
  }

  private static Strategy canary(YamlSection section) {
    List<Weight> weights = new ArrayList<>();
    for (YamlSection entry : section.sections("weights")) {
      int percent =
          entry.value("percent", "a whole number of 1 to 100", 100, PlanValues.number(1, 100));
      if (!weights.isEmpty() && weights.getLast().percent() >= percent) {
        entry.fault(
            "percent",
            "Expected a weight above %d, but found %d"
                .formatted(weights.getLast().percent(), percent));
      }
      weights.add(
          new Weight(
              percent,
              entry.valueOr(
                  "soak",
                  PlanValues.durationWord(Duration.ofSeconds(1), MONTH),
                  Duration.ofMinutes(10),
                  PlanValues.duration(Duration.ofSeconds(1), MONTH)),
              entry.valueOr(
                  "requests",
                  "a number of requests",
                  1000L,
                  PlanValues.whole(0, 1_000_000_000_000L))));
      entry.end();
    }
    if (weights.isEmpty() || weights.getLast().percent() != 100) {
      section.fault("weights", "Expected weights that end with 100 percent, but they do not");
    }
    Abort abort =
        section.valueOr(
            "abort",
            "lastGoodWeight or source",
            Abort.SOURCE,
            text -> text.equals("lastGoodWeight") ? Abort.LAST_GOOD_WEIGHT : source(text));
    section.end();
    return new Strategy.Canary(weights, abort);
  }

  private static Abort source(String text) {
    return PlanValues.matching("source").andThen(_ -> Abort.SOURCE).apply(text);
  }

  static DataLayer dataLayer(YamlSection root) {
    return root.valueOr(
        "dataLayer",
        "shared, replicated or partitioned",
        DataLayer.REPLICATED,
        text ->
            switch (text) {
              case "shared" -> DataLayer.SHARED;
              case "partitioned" -> DataLayer.PARTITIONED;
              case "replicated" -> DataLayer.REPLICATED;
              default -> throw new IllegalArgumentException(text);
            });
  }

  static RollbackPolicy rollback(YamlSection section) {
    Way way =
        section.valueOr(
            "policy",
            "reverseSync, manualReview, acceptLoss or fixForward",
            RollbackPolicy.DEFAULT.way(),
            text ->
                switch (text) {
                  case "reverseSync" -> Way.REVERSE_SYNC;
                  case "manualReview" -> Way.MANUAL_REVIEW;
                  case "acceptLoss" -> Way.ACCEPT_LOSS;
                  case "fixForward" -> Way.FIX_FORWARD;
                  default -> throw new IllegalArgumentException(text);
                });
    Overrun overrun =
        section.valueOr(
            "overrun",
            "reopenTarget or thawSource",
            RollbackPolicy.DEFAULT.overrun(),
            text ->
                switch (text) {
                  case "reopenTarget" -> Overrun.REOPEN_TARGET;
                  case "thawSource" -> Overrun.THAW_SOURCE;
                  default -> throw new IllegalArgumentException(text);
                });
    Duration window =
        section.valueOr(
            "window",
            PlanValues.durationWord(Duration.ZERO, MONTH),
            RollbackPolicy.DEFAULT.window(),
            PlanValues.duration(Duration.ZERO, MONTH));
    List<String> signedBy =
        section.texts("signedBy").stream().map(YamlSection.Text::value).distinct().toList();
    Optional<Drift> drift =
        section.valueOr(
            "drift",
            "putBack, putBackAlways or hold",
            Optional.empty(),
            text ->
                Optional.of(
                    switch (text) {
                      case "putBack" -> Drift.PUT_BACK;
                      case "putBackAlways" -> Drift.PUT_BACK_ALWAYS;
                      case "hold" -> Drift.HOLD;
                      default -> throw new IllegalArgumentException(text);
                    }));
    section.end();
    return new RollbackPolicy(way, overrun, window, signedBy, drift);
  }
}
