package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ObjectMerge;
import dev.cutover.sync.domain.ObjectPair;
import dev.cutover.sync.domain.ObjectTerms;
import dev.cutover.sync.domain.ObjectsCopied;
import dev.cutover.sync.domain.ObjectsProgress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Walks two buckets side by side, and works on many keys at once. Whatever becomes of a key is
 * counted: nothing ends unseen. For one pass.
 */
final class S3Pass implements AutoCloseable {
  /** What is to be done with a pair; called in the order of the keys, by one thread. */
  @FunctionalInterface
  interface Visitor {
    void visit(ObjectPair pair) throws InterruptedException;
  }

  /** What may take long, beside others. */
  @FunctionalInterface
  interface Work {
    void run() throws S3Failure, InterruptedException;
  }

  private final S3Bucket source;
  private final S3Bucket target;
  private final ObjectTally tally;
  private final int openMax;
  private final Semaphore open;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  S3Pass(S3Bucket source, S3Bucket target, ObjectTerms terms, ObjectTally tally) {
    this.source = source;
    this.target = target;
    this.tally = tally;
    // Of those that wait some are at hand when a request ends; listings don't run away.
    this.openMax = 2 * terms.workers();
    this.open = new Semaphore(openMax);
  }

  /**
   * Walks all of it, and waits for all work.
   *
   * @param progress is told once a second
   * @throws S3Failure when a listing can't be read, or what it says can't be followed
   */
  ObjectsCopied run(Consumer<ObjectsProgress> progress, Visitor visitor)
      throws S3Failure, InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    threads.execute(() -> tell(progress, ended));
    try {
      ObjectMerge pairs = new ObjectMerge(source.list(), target.list());
      while (pairs.hasNext()) {
        ObjectPair pair = pairs.next();
        if (!(pair instanceof ObjectPair.OnTarget)) {
          tally.listed.increment();
        }
        visitor.visit(pair);
      }
      open.acquire(openMax);
      return tally.result();
    } catch (SdkException e) {
      throw S3Failure.of("to list %s and %s".formatted(source.place(), target.place()), e);
    } catch (RuntimeException e) {
      throw new S3Failure(S3Failure.Kind.REFUSED, String.valueOf(e.getMessage()), e);
    } finally {
      ended.countDown();
    }
  }

  /** Begins work on a key as soon as fewer than so many are worked on. */
  void begin(ObjectPair pair, Work work) throws InterruptedException {
    open.acquire();
    threads.execute(
        () -> {
          try {
            work.run();
          } catch (S3Failure | RuntimeException e) {
            tally.fault(pair.key(), String.valueOf(e.getMessage()));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            open.release();
          }
        });
  }

  private void tell(Consumer<ObjectsProgress> progress, CountDownLatch ended) {
    try {
      while (!ended.await(1, TimeUnit.SECONDS)) {
        progress.accept(tally.progress());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
