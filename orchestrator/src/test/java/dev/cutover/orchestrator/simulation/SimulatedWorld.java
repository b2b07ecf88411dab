package dev.cutover.orchestrator.simulation;

import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.Side;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Two databases and a switch, with the epoch rules that the real ones keep (correctness.md 3): a
 * fence and a revert take effect over any lower epoch, an open and a shift only on exactly the
 * epoch that they name.
 */
public final class SimulatedWorld {
  /** One database: its row of {@code cutover.writer} and the writes that it holds. */
  static final class Database {
    long epoch;
    boolean open;
    boolean reachable = true;
    boolean installed;
    boolean everOpened;
    final Set<Integer> rows = new HashSet<>();
    final List<Integer> notYetStreamed = new ArrayList<>();
    final Set<Integer> acknowledged = new LinkedHashSet<>();

    boolean acceptsWrites() {
      return reachable && open;
    }
  }

  final Database source = new Database();
  final Database target = new Database();
  Side traffic = Side.SOURCE;
  long mark;
  int weightPercent;
  boolean shared;
  boolean reverseHeld;
  boolean forwardRuns;
  boolean reverseRuns;
  boolean copied;

  /** People have taken over: no service changes anything. */
  boolean manual;

  Optional<Long> lease = Optional.empty();
  final Set<Integer> acknowledged = new HashSet<>();

  public SimulatedWorld() {
    source.open = true;
    source.installed = true;
  }

  Database database(Side side) {
    return side == Side.SOURCE ? source : target;
  }

  /** What that database says of itself. */
  DatabaseState read(Side side) {
    Database database = database(side);
    if (!database.reachable) {
      return DatabaseState.unreachable("it does not answer");
    }
    var fence =
        new DatabaseState.Fence(
            !database.open,
            database.epoch,
            Optional.empty(),
            Optional.of(Simulation.ID),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            manual
                ? Optional.of(
                    new DatabaseState.ManualMark(
                        Optional.of("bo"), Optional.empty(), Optional.empty()))
                : Optional.empty(),
            database.everOpened);
    return new DatabaseState(
        Optional.empty(),
        false,
        target.installed ? Optional.of(fence) : Optional.empty(),
        List.of(),
        forwardRuns
            ? List.of(new DatabaseState.AppliedStream("stream", "0/1", 0, false))
            : List.of(),
        forwardRuns ? List.of(new DatabaseState.Slot("slot", true, 0, 0, "reserved")) : List.of(),
        Optional.empty(),
        0,
        0);
  }

  /**
   * What the break-glass page does: the source serves, with every write of a target that answers.
   */
  void serveOnSourceByHand() {
    weightPercent = 0;
    traffic = Side.SOURCE;
    mark = 0; // nobody's
    if (shared || source.open) {
      return;
    }
    target.epoch++;
    target.open = false;
    applyReverse();
    lease = Optional.empty();
    source.epoch++;
    source.open = true;
  }

  /** Fences over any lower epoch; the same epoch again is harmless. */
  boolean fence(Side side, long epoch) {
    Database database = database(side);
    if (database.epoch > epoch || (database.epoch == epoch && database.open)) {
      return false;
    }
    database.epoch = epoch;
    database.open = false;
    return true;
  }

  /** Opens on exactly the expected epoch, with the other side seen fenced under the row's lock. */
  boolean open(Side side, long expectedEpoch, long epoch, boolean alone) {
    Database database = database(side);
    Database other = database(side.other());
    if (database.open && database.epoch == epoch) {
      return true;
    }
    if (side == Side.SOURCE && database.open && database.epoch < epoch) {
      database.epoch = epoch;
      return true;
    }
    if (database.open || database.epoch != expectedEpoch || (other.open && !alone)) {
      return false;
    }
    database.epoch = epoch;
    database.open = true;
    database.everOpened = true;
    return true;
  }

  /** Moves traffic on exactly the expected mark; the same shift again is harmless. */
  boolean shift(long expectedEpoch, long epoch, int percent) {
    if (mark == epoch) {
      return true;
    }
    if (mark != expectedEpoch) {
      return false;
    }
    mark = epoch;
    weightPercent = percent;
    traffic = percent == 100 ? Side.TARGET : Side.SOURCE;
    return true;
  }

  /** Moves traffic back over any lower mark, and always writes the epoch. */
  boolean revert(long epoch) {
    if (mark > epoch) {
      return false;
    }
    mark = epoch;
    weightPercent = 0;
    traffic = Side.SOURCE;
    return true;
  }

  /** A client writes where traffic goes; true when it was acknowledged. */
  boolean write(int id, Side resolved) {
    if (shared) {
      source.rows.add(id);
      target.rows.add(id);
      acknowledged.add(id);
      return true;
    }
    Database database = database(resolved);
    if (!database.acceptsWrites()) {
      return false;
    }
    database.rows.add(id);
    database.notYetStreamed.add(id);
    database.acknowledged.add(id);
    acknowledged.add(id);
    return true;
  }

  /** Everything that is in one place and not yet in the other travels, if the stream runs. */
  void stream() {
    if (forwardRuns && source.reachable && target.reachable) {
      target.rows.addAll(source.notYetStreamed);
      source.notYetStreamed.clear();
    }
    if (reverseRuns && !reverseHeld && source.reachable && target.reachable) {
      applyReverse();
    }
  }

  /** The source gets what the target has. */
  void applyReverse() {
    source.rows.addAll(target.notYetStreamed);
    target.notYetStreamed.clear();
  }
}
