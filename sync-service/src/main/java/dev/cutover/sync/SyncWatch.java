package dev.cutover.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Event;
import dev.cutover.contract.FenceLeaseExpired;
import dev.cutover.contract.FenceLost;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Pace;
import dev.cutover.sync.domain.FenceLease;
import dev.cutover.sync.domain.FenceLease.Verdict;
import dev.cutover.sync.domain.FenceWatch;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.Replicator;
import dev.cutover.sync.domain.Replicator.StreamHealth;
import dev.cutover.sync.domain.WriteGate;
import dev.cutover.sync.domain.WriteGate.FenceEvidence;
import dev.cutover.sync.domain.WriteGate.FenceOrder;
import dev.cutover.sync.domain.WriteGate.OpenOrder;
import dev.cutover.sync.domain.WriteGate.Opened;
import dev.cutover.sync.domain.WriterRow;
import dev.cutover.sync.domain.WriterRow.Lease;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes on between commands, about once a second: streams are measured, fences are kept, leases
 * that ran out are given back, triggers of opened sides are disabled out of the gap.
 *
 * <p>Nothing here has to survive a restart: leases are read again from the databases that the
 * configuration names, streams and fences come with the standing commands that the orchestrator
 * sends again.
 */
public final class SyncWatch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(SyncWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration SEARCH_PERIOD = Duration.ofSeconds(10);

  /** Disabling waits this long, so that it is not part of the switch. */
  private static final Duration RELAX_AFTER = Duration.ofSeconds(10);

  private static final Duration FENCE_AGAIN_TIMEOUT = Duration.ofSeconds(5);

  private record Stream(CutoverId cutover, Direction direction) {
    static final Comparator<Stream> ORDER =
        Comparator.comparing((Stream stream) -> stream.cutover().value())
            .thenComparing(Stream::direction);
  }

  private record Fence(CutoverId cutover, Side side) {
    static final Comparator<Fence> ORDER =
        Comparator.comparing((Fence fence) -> fence.cutover().value()).thenComparing(Fence::side);
  }

  private record Kept(
      DatabaseEndpoint database, boolean endBlockers, FenceEvidence then, String said) {
    Kept with(FenceEvidence evidence, String lost) {
      return new Kept(database, endBlockers, evidence, lost);
    }
  }

  private record Held(DatabaseEndpoint source, long epoch, Duration length) {}

  private record OpenedSide(DatabaseEndpoint database, long epoch, Instant since) {}

  private final WriteGate gate;
  private final Replicator replicator;
  private final List<DatabaseEndpoint> databases;
  private final Function<Event, CompletableFuture<Void>> reports;
  private final InstantSource clock;
  private final Map<Stream, ReplicationSpec> streams = new ConcurrentSkipListMap<>(Stream.ORDER);
  private final Map<Fence, Kept> fences = new ConcurrentSkipListMap<>(Fence.ORDER);
  private final Map<CutoverId, Held> leases = new ConcurrentHashMap<>();
  private final Map<Fence, OpenedSide> relaxing = new ConcurrentSkipListMap<>(Fence.ORDER);
  private final Pace pace;
  private final List<Future<Boolean>> duties = new ArrayList<>();

  /**
   * Makes a watch that does nothing until {@link #start}.
   *
   * @param databases where leases of an earlier process are looked for
   * @param reports takes what is said unasked; must return at once, with when it is durable
   */
  public SyncWatch(
      WriteGate gate,
      Replicator replicator,
      List<DatabaseEndpoint> databases,
      Function<Event, CompletableFuture<Void>> reports,
      InstantSource clock) {
    this(gate, replicator, databases, reports, clock, Pace.MACHINE);
  }

  /** The same at a pace of its own. */
  public SyncWatch(
      WriteGate gate,
      Replicator replicator,
      List<DatabaseEndpoint> databases,
      Function<Event, CompletableFuture<Void>> reports,
      InstantSource clock,
      Pace pace) {
    this.gate = gate;
    this.replicator = replicator;
    this.databases = List.copyOf(databases);
    this.reports = reports;
    this.clock = clock;
    this.pace = pace;
  }

  /** Begins; a database that hangs delays only duties of the same kind. */
  public SyncWatch start() {
    every(PERIOD, this::measureStreams);
    every(PERIOD, this::checkFences);
    every(PERIOD, this::giveBackExpired);
    every(PERIOD, this::relaxOpened);
    every(SEARCH_PERIOD, this::findLeases);
    return this;
  }

  void measure(CutoverId cutover, Direction direction, ReplicationSpec spec) {
    streams.put(new Stream(cutover, direction), spec);
  }

  /** Watches whichever sides of this spec are fenced now. */
  void keepFences(CutoverId cutover, ReplicationSpec spec) {
    for (Side side : Side.values()) {
      try {
        FenceEvidence evidence = gate.evidence(spec.endpoint(side));
        if (evidence.row().isFenced()) {
          fences.put(
              new Fence(cutover, side),
              new Kept(spec.endpoint(side), spec.endBlockers(), evidence, ""));
        }
      } catch (GateRefused e) {
        LOGGER
            .atWarn()
            .addKeyValue(LogKeys.CUTOVER_ID, cutover)
            .addKeyValue(LogKeys.CAUSE, e.getMessage())
            .log("fence not watched");
      }
    }
  }

  /** A fence is half done for a moment: nothing to be alarmed about. */
  void fencing(CutoverId cutover, Side side) {
    fences.remove(new Fence(cutover, side));
    relaxing.remove(new Fence(cutover, side));
  }

  void opened(CutoverId cutover, Side side, DatabaseEndpoint database, long epoch) {
    fences.remove(new Fence(cutover, side));
    relaxing.put(new Fence(cutover, side), new OpenedSide(database, epoch, clock.instant()));
  }

  void keepLease(CutoverId cutover, DatabaseEndpoint source, long epoch, Duration length) {
    leases.put(cutover, new Held(source, epoch, length));
  }

  /** A word of the orchestrator renews the lease; beside the command, not before it. */
  void heard(CutoverId cutover) {
    Held held = leases.get(cutover);
    if (held != null && !held.length().isZero()) {
      Instant until = clock.instant().plus(held.length());
      aside(cutover, () -> gate.renewLease(held.source(), held.epoch(), Optional.of(until)));
    }
  }

  void dropLease(CutoverId cutover) {
    Held held = leases.remove(cutover);
    if (held != null) {
      aside(cutover, () -> gate.renewLease(held.source(), held.epoch(), Optional.empty()));
    }
  }

  /**
   * Ends the streams and the watching of fences of all other cutovers: an instance that lost them
   * must not go on to say of its own cut-off stream that the way back is broken. Leases stay:
   * whoever finds one expired may act on it, as epochs decide.
   */
  void keepOnly(Predicate<CutoverId> ours) {
    fences.keySet().removeIf(fence -> !ours.test(fence.cutover()));
    streams.forEach(
        (stream, spec) -> {
          if (!ours.test(stream.cutover()) && streams.remove(stream, spec)) {
            stopAside(stream, spec);
          }
        });
  }

  private void stopAside(Stream stream, ReplicationSpec spec) {
    var _ =
        pace.fork(
            "sync-aside",
            () -> {
              replicator.stop(spec, stream.direction());
              return true;
            });
  }

  void forget(CutoverId cutover) {
    streams.keySet().removeIf(stream -> stream.cutover().equals(cutover));
    fences.keySet().removeIf(fence -> fence.cutover().equals(cutover));
    relaxing.keySet().removeIf(fence -> fence.cutover().equals(cutover));
    leases.remove(cutover);
  }

  void measureStreams() {
    streams.forEach(
        (stream, spec) -> {
          StreamHealth health = replicator.health(spec, stream.direction());
          report(
              new ReplicationMeasured(
                  stream.cutover(),
                  stream.direction(),
                  health.lagMs() == Long.MAX_VALUE ? -1 : health.lagMs(),
                  health.appliedTransactions(),
                  health.conflicts(),
                  health.running(),
                  health.error().orElse("")));
        });
  }

  void checkFences() {
    fences.forEach(this::check);
  }

  private void check(Fence fence, Kept kept) {
    try {
      FenceEvidence now = gate.evidence(kept.database());
      String lost = String.join(". ", FenceWatch.losses(kept.then(), now));
      if (now.row().epoch() > kept.then().row().epoch()) {
        if (now.row().isOpen()) {
          fences.remove(fence, kept);
        } else {
          fences.replace(fence, kept, kept.with(now, ""));
        }
      } else if (!lost.isEmpty()) {
        fenceAgain(fence, kept, lost, now.row().lease());
      }
    } catch (GateRefused e) {
      if (e.reason() != Reason.UNREACHABLE) {
        fenceAgain(fence, kept, String.valueOf(e.getMessage()), kept.then().row().lease());
      }
    }
  }

  private void fenceAgain(Fence fence, Kept kept, String lost, Optional<Lease> lease) {
    boolean again = false;
    Kept next = kept.with(kept.then(), lost);
    try {
      var _ =
          gate.fence(
              new FenceOrder(
                  kept.database(),
                  kept.then().row().epoch(),
                  new StepRef(fence.cutover(), "keep-fence", 1),
                  kept.endBlockers(),
                  clock.instant().plus(FENCE_AGAIN_TIMEOUT),
                  lease));
      next = kept.with(gate.evidence(kept.database()), "");
      again = true;
    } catch (GateRefused e) {
      warn(fence.cutover(), "fence not restored", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    fences.replace(fence, kept, next);
    if (!lost.equals(kept.said())) { // once per finding, not once a second
      report(new FenceLost(fence.cutover(), fence.side(), again, lost));
    }
  }

  void giveBackExpired() {
    leases.forEach(this::giveBackIfExpired);
  }

  private void giveBackIfExpired(CutoverId cutover, Held held) {
    try {
      WriterRow source = gate.state(held.source());
      switch (FenceLease.judge(source, target(source), clock.instant())) {
        case Verdict.Holds _ -> {}
        case Verdict.Over over -> {
          leases.remove(cutover, held);
          log(cutover, "lease is over", over.reason());
        }
        case Verdict.Stands stands -> log(cutover, "lease expired and stands", stands.reason());
        case Verdict.GiveBack giveBack -> {
          giveBack(cutover, held.source(), giveBack);
          leases.remove(cutover, held);
        }
      }
    } catch (GateRefused e) {
      warn(cutover, "lease not judged", e);
    }
  }

  /** The target's row is read only when it matters. */
  private Optional<WriterRow> target(WriterRow source) {
    if (source.lease().isEmpty() || clock.instant().isBefore(source.lease().get().until())) {
      return Optional.empty();
    }
    try {
      return Optional.of(gate.state(source.lease().get().other()));
    } catch (GateRefused e) {
      return Optional.empty();
    }
  }

  private void giveBack(CutoverId cutover, DatabaseEndpoint source, Verdict.GiveBack giveBack)
      throws GateRefused {
    gate.raise(giveBack.target(), giveBack.newEpoch(), giveBack.step());
    Opened opened =
        gate.open(
            new OpenOrder(
                source,
                giveBack.fenceEpoch(),
                giveBack.newEpoch(),
                giveBack.step(),
                Optional.of(giveBack.target())));
    opened(cutover, Side.SOURCE, source, giveBack.newEpoch());
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.CUTOVER_ID, cutover)
        .addKeyValue(LogKeys.EPOCH, giveBack.fenceEpoch())
        .log("lease of the fence expired, source opened");
    report(new FenceLeaseExpired(cutover, giveBack.fenceEpoch(), opened.at()));
  }

  /** Finds leases of a process that died: the promise is in the database, not in memory. */
  void findLeases() {
    for (DatabaseEndpoint database : databases) {
      try {
        WriterRow row = gate.state(database);
        if (row.lease().isPresent() && row.cutover().isPresent()) {
          leases.putIfAbsent(
              row.cutover().get(), new Held(database, row.lease().get().epoch(), Duration.ZERO));
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

  void relaxOpened() {
    relaxing.forEach(
        (fence, side) -> {
          if (clock.instant().isBefore(side.since().plus(RELAX_AFTER))) {
            return;
          }
          try {
            if (gate.relax(side.database(), side.epoch()) == 0) {
              relaxing.remove(fence, side);
            }
          } catch (GateRefused e) {
            warn(fence.cutover(), "triggers not disabled yet", e);
          }
        });
  }

  private void report(Event event) {
    var _ =
        reports
            .apply(event)
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    LOGGER
                        .atWarn()
                        .addKeyValue(LogKeys.CUTOVER_ID, event.cutover())
                        .addKeyValue(LogKeys.CAUSE, failure.toString())
                        .log("report not published");
                  }
                });
  }

  private interface Aside {
    void run() throws GateRefused;
  }

  private void aside(CutoverId cutover, Aside work) {
    var _ =
        pace.fork(
            "sync-aside",
            () -> {
              try {
                work.run();
                return true;
              } catch (GateRefused e) {
                warn(cutover, "lease not changed", e);
                return false;
              }
            });
  }

  private void every(Duration period, Runnable duty) {
    duties.add(
        pace.fork(
            "sync-watch",
            () -> {
              while (true) {
                try {
                  duty.run();
                } catch (RuntimeException e) { // else it would never be done again
                  LOGGER.atError().setCause(e).log("watch failed");
                }
                pace.sleep(period);
              }
            }));
  }

  private static void log(CutoverId cutover, String message, String reason) {
    LOGGER
        .atInfo()
        .addKeyValue(LogKeys.CUTOVER_ID, cutover)
        .addKeyValue(LogKeys.CAUSE, reason)
        .log(message);
  }

  private static void warn(CutoverId cutover, String message, GateRefused e) {
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.CUTOVER_ID, cutover)
        .addKeyValue(LogKeys.CAUSE, e.getMessage())
        .log(message);
  }

  @Override
  public void close() {
    duties.forEach(duty -> duty.cancel(true));
  }
}
