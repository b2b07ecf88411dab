package dev.cutover.validator;

import dev.cutover.contract.Direction;
import dev.cutover.contract.Side;
import dev.cutover.runtime.Pace;
import dev.cutover.validator.domain.FinalPlan;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.RowHash;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.TableReader;
import dev.cutover.validator.domain.TableShape;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Both databases of a comparison. Where a stream runs, one leads and the other follows it: the
 * source leads before the switch, the target after it.
 *
 * @param replication name of the replication between them
 * @param direction of the stream that may run
 * @param pace at which both are asked
 */
record Sides(
    TableReader source, TableReader target, String replication, Direction direction, Pace pace) {
  Sides(TableReader source, TableReader target, String replication) {
    this(source, target, replication, Direction.FORWARD, Pace.MACHINE);
  }

  Sides within(Duration bound) {
    return new Sides(source.within(bound), target.within(bound), replication, direction, pace);
  }

  TableReader leader() {
    return direction.captured() == Side.SOURCE ? source : target;
  }

  TableReader follower() {
    return direction.applied() == Side.SOURCE ? source : target;
  }

  /** As the sync-service names it. */
  String stream() {
    return "cutover_%s_%s".formatted(replication, direction.name().toLowerCase(Locale.ROOT));
  }

  /** One answer from each side. */
  record Pair<T>(T source, T target) {}

  /** What the leader and the follower said, as what the source and the target said. */
  <T> Pair<T> pair(T leader, T follower) {
    return direction.captured() == Side.SOURCE
        ? new Pair<>(leader, follower)
        : new Pair<>(follower, leader);
  }

  /** Positions of both, before anything else is read. */
  FinalPlan.Positions positions() throws ReadFailed, InterruptedException {
    Pair<Long> positions = both(TableReader::position);
    return new FinalPlan.Positions(positions.source(), positions.target());
  }

  /** Rows that either side inserted or updated since. */
  Pair<Map<RowKey, RowHash>> changedSince(TableShape shape, FinalPlan.Positions since, int limit)
      throws ReadFailed, InterruptedException {
    return both(
        reader -> reader.changedSince(shape, since.source(), limit),
        reader -> reader.changedSince(shape, since.target(), limit));
  }

  /** Asks both sides at the same time. */
  <T> Pair<T> both(Question<T> question) throws ReadFailed, InterruptedException {
    return both(question, question);
  }

  private <T> Pair<T> both(Question<T> ofSource, Question<T> ofTarget)
      throws ReadFailed, InterruptedException {
    Future<T> onTarget = pace.fork("validator-target", () -> ofTarget.ask(target));
    T onSource = ofSource.ask(source);
    return new Pair<>(onSource, result(onTarget));
  }

  /** Waits for something that is read beside. */
  static <T> T result(Future<T> reading) throws ReadFailed, InterruptedException {
    try {
      return reading.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ReadFailed failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Something to be read. */
  @FunctionalInterface
  interface Question<T> {
    T ask(TableReader reader) throws ReadFailed, InterruptedException;
  }
}
