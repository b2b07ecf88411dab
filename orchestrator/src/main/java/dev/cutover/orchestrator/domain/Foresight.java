package dev.cutover.orchestrator.domain;

import dev.cutover.contract.RehearsalResult;
import dev.cutover.contract.Reply;
import dev.cutover.contract.SyncReply.DatabasesRead;
import dev.cutover.contract.SyncReply.FenceDrilled;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What was measured beforehand of how long the switch will take. It outlasts a round.
 *
 * @param drillMax how long the drill that was ordered last may refuse writes
 * @param drill what the last drill measured
 * @param forward how the forward stream does, as last journalled
 * @param longestTransactionMs age of the source's oldest transaction that had written when it was
 *     last asked
 * @param rehearsal the last one that was credited
 */
public record Foresight(
    Duration drillMax,
    Optional<FenceDrilled> drill,
    Optional<Stream> forward,
    Optional<Long> longestTransactionMs,
    Optional<RehearsalResult> rehearsal) {
  /** Nothing was measured. */
  public static final Foresight NONE =
      new Foresight(
          Duration.ZERO, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * The forward stream.
   *
   * @param lagMs age of the newest change that is not applied yet
   * @param pace milliseconds of the source's history that it applies in a millisecond; below 1 it
   *     falls behind
   */
  public record Stream(boolean running, long lagMs, double pace, Instant at) {}

  Foresight withDrillMax(Duration max) {
    return new Foresight(max, drill, forward, longestTransactionMs, rehearsal);
  }

  Foresight with(Stream stream) {
    return new Foresight(drillMax, drill, Optional.of(stream), longestTransactionMs, rehearsal);
  }

  Foresight with(RehearsalResult result) {
    return new Foresight(drillMax, drill, forward, longestTransactionMs, Optional.of(result));
  }

  /** The same, with what an answer says about it. */
  Foresight with(Reply reply) {
    return switch (reply) {
      case FenceDrilled drilled ->
          new Foresight(drillMax, Optional.of(drilled), forward, longestTransactionMs, rehearsal);
      case DatabasesRead read when read.source().unreachable().isEmpty() ->
          new Foresight(
              drillMax,
              drill,
              forward,
              Optional.of(read.source().longestTransactionMs()),
              rehearsal);
      default -> this;
    };
  }
}
