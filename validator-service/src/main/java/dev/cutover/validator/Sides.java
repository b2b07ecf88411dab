package dev.cutover.validator;

import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.TableReader;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Both databases of a comparison.
 *
 * @param replication name of the replication between them
 */
record Sides(TableReader source, TableReader target, String replication) {

  Sides within(Duration bound) {
    return new Sides(source.within(bound), target.within(bound), replication);
  }

  /** One answer from each side. */
  record Pair<T>(T source, T target) {}

  /** Asks both sides at the same time. */
  <T> Pair<T> both(Question<T> question) throws ReadFailed, InterruptedException {
    FutureTask<T> onTarget = new FutureTask<>(() -> question.ask(target));
    Thread.ofVirtual().start(onTarget);
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
