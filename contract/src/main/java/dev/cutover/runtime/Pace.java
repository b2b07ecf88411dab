package dev.cutover.runtime;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * How a service measures, waits and does things side by side. The machine's way in production; a
 * simulation has its own, in which time passes and threads take turns as its seed says.
 */
public interface Pace {
  /** The machine's clock and its virtual threads. */
  Pace MACHINE =
      new Pace() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void sleep(Duration length) throws InterruptedException {
          Thread.sleep(length);
        }

        @Override
        public <T> Future<T> fork(String name, Callable<T> work) {
          FutureTask<T> task = new FutureTask<>(work);
          Thread.ofVirtual().name(name).start(task);
          return task;
        }
      };

  /** Nanoseconds since some moment; only differences mean something. */
  long nanoTime();

  /** Waits; not at all when the length is not positive. */
  void sleep(Duration length) throws InterruptedException;

  /**
   * Does something on a thread of its own. To wait for the result is to wait at this pace; to
   * cancel it with an interrupt interrupts that thread.
   *
   * @param name of the thread, for people
   */
  <T> Future<T> fork(String name, Callable<T> work);
}
