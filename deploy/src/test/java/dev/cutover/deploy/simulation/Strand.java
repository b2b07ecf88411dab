package dev.cutover.deploy.simulation;

import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One thread of one instance, which runs only while it holds the baton. */
final class Strand {
  final Instance owner;
  final String name;
  final Semaphore turn = new Semaphore(0);
  private final Baton baton;
  boolean ended;
  long ticket;
  private BooleanSupplier condition = () -> false;
  private boolean interruptible;
  private Crew.@Nullable Member thread;

  Strand(Baton baton, Instance owner, String name) {
    this.baton = baton;
    this.owner = owner;
    this.name = name;
    owner.strands.add(this);
  }

  /** The strand that runs now. */
  static Strand current() {
    if (Thread.currentThread() instanceof Crew.Member member && member.strand != null) {
      return member.strand;
    }
    throw new IllegalStateException("Expected to be in a thread of an instance, but it is none");
  }

  static boolean runs() {
    return Thread.currentThread() instanceof Crew.Member member && member.strand != null;
  }

  /** The whole life of the thread. */
  void live(Runnable work) {
    Crew.Member member = (Crew.Member) Thread.currentThread();
    member.strand = this;
    thread = member;
    turn.acquireUninterruptibly();
    try {
      owner.check();
      work.run();
    } catch (Instance.Killed e) {
      // As a process that is gone: nothing more happens.
    } catch (Throwable e) {
      baton.broke(e);
    } finally {
      ended = true;
      owner.strands.remove(this);
      member.strand = null;
      var _ = Thread.interrupted();
      member.interruptedMeanwhile = false;
      baton.turnIsOver();
    }
  }

  void await(BooleanSupplier what, boolean byInterruptToo) {
    ticket++;
    condition = what;
    interruptible = byInterruptToo;
  }

  boolean mayGoOn() {
    return condition.getAsBoolean()
        || (interruptible && thread != null && thread.interruptedMeanwhile);
  }

  /** Waits for the next turn; an interrupt that came meanwhile is delivered then. */
  void park() {
    turn.acquireUninterruptibly();
    ticket++;
    Crew.Member member = (Crew.Member) Thread.currentThread();
    if (member.interruptedMeanwhile) {
      member.interruptedMeanwhile = false;
      member.interrupt();
    }
    owner.check();
  }
}
