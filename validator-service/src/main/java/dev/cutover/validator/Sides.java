package dev.cutover.validator;

import dev.cutover.runtime.Pace;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.TableReader;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Both databases of a comparison.
 *
 * @param replication name of the replication between them
 * @param pace at which both are asked
 */
record Sides(TableReader source, TableReader target, String replication, Pace pace) {
  Sides(TableReader source, TableReader target, String replication) {
    this(source, target, replication, Pace.MACHINE);
  }

  Sides within(Duration bound) {
    return new Sides(source.within(bound), target.within(bound), replication, pace);
  }

  /** One answer from each side. */
  record Pair<T>(T source, T target) {}

  /** Asks both sides at the same time. */
  <T> Pair<T> both(Question<T> question) throws ReadFailed, InterruptedException {
    Future<T> onTarget = pace.fork("validator-target", () -> question.ask(target));
    T onSource = question.ask(source);
    try {
      return new Pair<>(onSource, onTarget.get());
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
