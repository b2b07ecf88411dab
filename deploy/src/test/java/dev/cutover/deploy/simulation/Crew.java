package dev.cutover.deploy.simulation;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Threads to be used again and again. An interrupt of one that waits for its turn is only noted:
 * the baton delivers it, so that it arrives at the same moment in every run of a seed.
 */
final class Crew {
  private static final ThreadPoolExecutor POOL =
      new ThreadPoolExecutor(
          0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Member::new);

  private Crew() {}

  static void run(Runnable work) {
    POOL.execute(work);
  }

  /** A thread that may play a strand. */
  static final class Member extends Thread {
    @Nullable Strand strand;
    boolean interruptedMeanwhile;

    Member(Runnable work) {
      super(work, "simulated");
      setDaemon(true);
    }

    @Override
    public void interrupt() {
      if (Thread.currentThread() == this) {
        super.interrupt();
      } else if (strand != null) {
        interruptedMeanwhile = true;
      }
    }
  }
}
