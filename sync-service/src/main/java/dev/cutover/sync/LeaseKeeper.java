package dev.cutover.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.FenceLeaseExpired;
import dev.cutover.contract.FenceLost;
import dev.cutover.contract.Side;
import dev.cutover.runtime.LogKeys;
import dev.cutover.sync.domain.FenceLease;
import dev.cutover.sync.domain.FenceLease.Verdict;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.WriteGate.FenceOrder;
import dev.cutover.sync.domain.WriteGate.OpenOrder;
import dev.cutover.sync.domain.WriteGate.Opened;
import dev.cutover.sync.domain.WriterRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the leases of fenced sources: renewed by every word of the orchestrator, given back when
 * nobody speaks any more; and the fences that dead targets owe. The promise is in the database;
 * here is only who looks.
 */
final class LeaseKeeper {
  private static final Logger LOGGER = LoggerFactory.getLogger(LeaseKeeper.class);

  private static final Duration FENCE_TIMEOUT = Duration.ofSeconds(5);

  private record Held(DatabaseEndpoint source, long epoch, Duration length) {}

  private final WatchContext context;
  private final FenceKeeper fences;
  private final List<DatabaseEndpoint> databases;
  private final Map<CutoverId, Held> leases = new ConcurrentHashMap<>();

  /** Apart, since one that is dead keeps whoever asks it waiting. */
  private final Map<CutoverId, Held> owed = new ConcurrentHashMap<>();

  /**
   * Makes a keeper.
   *
   * @param fences is told of a source that opens by its lease
   * @param databases where leases of an earlier process are looked for
   */
  LeaseKeeper(WatchContext context, FenceKeeper fences, List<DatabaseEndpoint> databases) {
    this.context = context;
    this.fences = fences;
    this.databases = List.copyOf(databases);
  }

  void keep(CutoverId cutover, DatabaseEndpoint source, long epoch, Duration length) {
    leases.put(cutover, new Held(source, epoch, length));
  }

  /** The source was opened without the target at that epoch. */
  void owe(CutoverId cutover, DatabaseEndpoint source, long epoch) {
    owed.put(cutover, new Held(source, epoch, Duration.ZERO));
  }

  /** A word of the orchestrator renews the lease; beside the command, not before it. */
  void heard(CutoverId cutover) {
    Held held = leases.get(cutover);
    if (held != null && !held.length().isZero()) {
      Instant until = context.now().plus(held.length());
      context.aside(
          cutover,
          () -> context.gate().renewLease(held.source(), held.epoch(), Optional.of(until)));
    }
  }

  void drop(CutoverId cutover) {
    Held held = leases.remove(cutover);
    if (held != null) {
      context.aside(
          cutover, () -> context.gate().renewLease(held.source(), held.epoch(), Optional.empty()));
    }
  }

  void forget(CutoverId cutover) {
    leases.remove(cutover);
    owed.remove(cutover);
  }

  void giveBackExpired() {
    leases.forEach((cutover, held) -> look(cutover, held, leases));
  }

  void fenceOwed() {
    owed.forEach((cutover, held) -> look(cutover, held, owed));
  }

  private void look(CutoverId cutover, Held held, Map<CutoverId, Held> among) {
    try {
      WriterRow source = context.gate().state(held.source());
      switch (FenceLease.judge(source, target(source), context.now())) {
        case Verdict.Holds _ -> {}
        case Verdict.Over over -> {
          among.remove(cutover, held);
          WatchContext.log(cutover, "lease is over", over.reason());
          if (FenceLease.gaveBack(source, held.epoch())) {
            // It was given back, and the answer lost: nobody has said it yet.
            context.report(
                new FenceLeaseExpired(cutover, held.epoch(), source.at().orElseGet(context::now)));
          }
        }
        case Verdict.Stands stands ->
            WatchContext.log(cutover, "lease expired and stands", stands.reason());
        case Verdict.GiveBack giveBack -> {
          giveBack(cutover, held.source(), giveBack);
          among.remove(cutover, held);
        }
        case Verdict.FenceOwed dead -> {
          fence(dead);
          context.gate().renewLease(held.source(), dead.epoch(), Optional.empty());
          among.remove(cutover, held);
        }
      }
    } catch (GateRefused e) {
      WatchContext.warn(cutover, "lease not judged", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sessions that stand in its way are ended whatever the plan says: the other side serves. */
  private void fence(Verdict.FenceOwed dead) throws GateRefused, InterruptedException {
    CutoverId cutover = dead.step().cutover();
    var _ =
        context
            .gate()
            .fence(
                new FenceOrder(
                    dead.target(),
                    dead.epoch(),
                    dead.step(),
                    true,
                    context.now().plus(FENCE_TIMEOUT),
                    Optional.empty()));
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.CUTOVER_ID, cutover)
        .addKeyValue(LogKeys.EPOCH, dead.epoch())
        .log("a target that was declared dead has come back, and is fenced");
    context.report(
        new FenceLost(
            cutover,
            Side.TARGET,
            true,
            "%s was declared dead, and has come back: it is fenced, and may have taken writes before"
                .formatted(dead.target().address())));
  }

  /** The target's row is read only when it matters. */
  private Optional<WriterRow> target(WriterRow source) {
    if (source.lease().isEmpty()
        || (source.isFenced() && context.now().isBefore(source.lease().get().until()))) {
      return Optional.empty();
    }
    try {
      return Optional.of(context.gate().state(source.lease().get().other()));
    } catch (GateRefused e) {
      return Optional.empty();
    }
  }

  private void giveBack(CutoverId cutover, DatabaseEndpoint source, Verdict.GiveBack giveBack)
      throws GateRefused {
    context.gate().raise(giveBack.target(), giveBack.newEpoch(), giveBack.step());
    Opened opened =
        context
            .gate()
            .open(
                new OpenOrder(
                    source,
                    giveBack.fenceEpoch(),
                    giveBack.newEpoch(),
                    giveBack.step(),
                    giveBack.target()));
    fences.opened(cutover, Side.SOURCE, source, giveBack.newEpoch());
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.CUTOVER_ID, cutover)
        .addKeyValue(LogKeys.EPOCH, giveBack.fenceEpoch())
        .log("lease of the fence expired, source opened");
    context.report(new FenceLeaseExpired(cutover, giveBack.fenceEpoch(), opened.at()));
  }

  /** Finds leases of a process that died: the promise is in the database, not in memory. */
  void find() {
    for (DatabaseEndpoint database : databases) {
      try {
        WriterRow row = context.gate().state(database);
        if (row.lease().isPresent() && row.cutover().isPresent()) {
          (row.isFenced() ? leases : owed)
              .putIfAbsent(
                  row.cutover().get(),
                  new Held(database, row.lease().get().epoch(), Duration.ZERO));
        }
      } catch (GateRefused e) {
        LOGGER
            .atDebug()
            .addKeyValue("database", database.address())
            .addKeyValue(LogKeys.CAUSE, e.getMessage())
            .log("no lease read");
      }
    }
  }
}
