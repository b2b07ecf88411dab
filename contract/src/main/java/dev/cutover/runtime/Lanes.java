package dev.cutover.runtime;

import dev.cutover.contract.Command;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Precedence;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands: those of one lane ({@link Precedence#lane}) in order and one at a time, those of
 * different lanes side by side. Safe for several threads.
 */
final class Lanes<C extends Command> {
  /** Why a task is not to be carried out to its end. */
  enum Ending {
    /** A later command made it void: answered as superseded. */
    VOIDED,
    /** Its partition went to another instance, which will run it: not answered. */
    GIVEN_UP
  }

  /** One command on its way. */
  static final class Task<C extends Command> {
    private final Received received;
    private final Envelope<C> envelope;
    private @Nullable Thread thread;
    private @Nullable Ending ending;

    Task(Received received, Envelope<C> envelope) {
      this.received = received;
      this.envelope = envelope;
    }

    Received received() {
      return received;
    }

    Envelope<C> envelope() {
      return envelope;
    }

    C command() {
      return envelope.message();
    }

    synchronized Optional<Ending> ending() {
      return Optional.ofNullable(ending);
    }

    private synchronized void end(Ending why) {
      if (ending == null) {
        ending = why;
        if (thread != null) {
          thread.interrupt();
        }
      }
    }

    /** From here on an ending interrupts this thread. */
    private synchronized void begin() {
      thread = Thread.currentThread();
    }

    /** From here on nothing interrupts this thread; what has, is forgotten. */
    synchronized void settle() {
      thread = null;
      Thread.interrupted();
    }
  }

  private final Executor executor;
  private final Consumer<Task<C>> work;
  private final Map<String, ArrayDeque<Task<C>>> lanes = new HashMap<>();

  /**
   * Makes empty lanes.
   *
   * @param executor runs each task; a thread of its own for each
   * @param work carries a task out, answers it, and never throws; calls {@link Task#settle} before
   *     it answers
   */
  Lanes(Executor executor, Consumer<Task<C>> work) {
    this.executor = executor;
    this.work = work;
  }

  /** Queues a command and ends those before it that it makes void. */
  void add(Task<C> task) {
    boolean first;
    synchronized (this) {
      ArrayDeque<Task<C>> lane =
          lanes.computeIfAbsent(Precedence.lane(task.command()), _ -> new ArrayDeque<>());
      for (Task<C> earlier : lane) {
        if (Precedence.voids(earlier.command(), task.command())) {
          earlier.end(Ending.VOIDED);
        }
      }
      first = lane.isEmpty();
      lane.add(task);
    }
    if (first) {
      executor.execute(() -> run(task));
    }
  }

  /** Ends without an answer what came from partitions that match. */
  synchronized void giveUp(Predicate<Partition> partitions) {
    for (ArrayDeque<Task<C>> lane : lanes.values()) {
      for (Task<C> task : lane) {
        if (partitions.test(task.received().from())) {
          task.end(Ending.GIVEN_UP);
        }
      }
    }
  }

  synchronized boolean idle() {
    return lanes.isEmpty();
  }

  private void run(Task<C> task) {
    task.begin();
    try {
      work.accept(task);
    } finally {
      task.settle();
      next(task);
    }
  }

  private void next(Task<C> done) {
    Task<C> next;
    synchronized (this) {
      String name = Precedence.lane(done.command());
      ArrayDeque<Task<C>> lane = lanes.get(name);
      if (lane == null) {
        return;
      }
      lane.remove(done);
      next = lane.peek();
      if (next == null) {
        lanes.remove(name);
        return;
      }
    }
    executor.execute(() -> run(next));
  }
}
