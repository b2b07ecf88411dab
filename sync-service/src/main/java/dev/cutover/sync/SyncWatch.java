package dev.cutover.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Event;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.runtime.Pace;
import dev.cutover.sync.domain.ObjectStores;
import dev.cutover.sync.domain.Replicator;
import dev.cutover.sync.domain.Replicator.StreamHealth;
import dev.cutover.sync.domain.SchemaBaseline;
import dev.cutover.sync.domain.WriteGate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes on between commands, about once a second: streams are measured, fences are kept, leases
 * that ran out are given back, triggers of opened sides are disabled out of the gap; slots and
 * schemas are looked at every few seconds; objects follow the rows of their databases, and are
 * copied again and again.
 *
 * <p>Nothing here has to survive a restart: leases are read again from the databases that the
 * configuration names, streams and fences come with the standing commands that the orchestrator
 * sends again.
 */
public final class SyncWatch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(SyncWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration SEARCH_PERIOD = Duration.ofSeconds(10);
  private static final Duration SCHEMA_PERIOD = Duration.ofSeconds(5);
  private static final Duration OBJECTS_PERIOD = Duration.ofSeconds(5);
  private static final Duration SLOT_PERIOD = Duration.ofSeconds(2);

  private record Stream(CutoverId cutover, Direction direction) {
    static final Comparator<Stream> ORDER =
        Comparator.comparing((Stream stream) -> stream.cutover().value())
            .thenComparing(Stream::direction);
  }

  private final WatchContext context;
  private final Replicator replicator;
  private final FenceKeeper fences;
  private final LeaseKeeper leases;
  private final SchemaKeeper schemas;
  private final ObjectKeeper objects;
  private final Map<Stream, ReplicationSpec> streams = new ConcurrentSkipListMap<>(Stream.ORDER);
  private final Pace pace;
  private final List<Future<Boolean>> duties = new ArrayList<>();

  /**
   * Makes a watch that does nothing until {@link #start}.
   *
   * @param objects the objects of replications that have some
   * @param databases where leases of an earlier process are looked for
   * @param reports takes what is said unasked; must return at once, with when it is durable
   */
  public SyncWatch(
      WriteGate gate,
      Replicator replicator,
      SchemaBaseline baseline,
      ObjectStores objects,
      List<DatabaseEndpoint> databases,
      Function<Event, CompletableFuture<Void>> reports,
      InstantSource clock) {
    this(gate, replicator, baseline, objects, databases, reports, clock, Pace.MACHINE);
  }

  /** The same at a pace of its own. */
  public SyncWatch(
      WriteGate gate,
      Replicator replicator,
      SchemaBaseline baseline,
      ObjectStores objects,
      List<DatabaseEndpoint> databases,
      Function<Event, CompletableFuture<Void>> reports,
      InstantSource clock,
      Pace pace) {
    this.context = new WatchContext(gate, reports, clock, pace);
    this.replicator = replicator;
    this.fences = new FenceKeeper(context, replicator);
    this.leases = new LeaseKeeper(context, fences, databases);
    this.schemas = new SchemaKeeper(context, baseline);
    this.objects = new ObjectKeeper(context, objects);
    this.pace = pace;
  }

  /** Begins; a database that hangs delays only duties of the same kind. */
  public SyncWatch start() {
    every(PERIOD, this::measureStreams);
    every(PERIOD, fences::check);
    every(PERIOD, leases::giveBackExpired);
    every(PERIOD, leases::fenceOwed);
    every(PERIOD, fences::relax);
    every(SEARCH_PERIOD, leases::find);
    every(SCHEMA_PERIOD, schemas::look);
    every(OBJECTS_PERIOD, objects::followRows);
    every(PERIOD, objects::beginPasses);
    every(SLOT_PERIOD, this::guardSlots);
    return this;
  }

  void measure(CutoverId cutover, Direction direction, ReplicationSpec spec) {
    streams.put(new Stream(cutover, direction), spec);
  }

  /** Says something unasked. */
  void tell(Event event) {
    context.report(event);
  }

  FenceKeeper fences() {
    return fences;
  }

  LeaseKeeper leases() {
    return leases;
  }

  SchemaKeeper schemas() {
    return schemas;
  }

  ObjectKeeper objects() {
    return objects;
  }

  /**
   * Ends the streams and the watching of fences of all other cutovers: an instance that lost them
   * must not go on to say of its own cut-off stream that the way back is broken. Leases stay:
   * whoever finds one expired may act on it, as epochs decide.
   */
  void keepOnly(Predicate<CutoverId> ours) {
    fences.keepOnly(ours);
    schemas.keepOnly(ours);
    objects.keepOnly(ours);
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
    fences.forget(cutover);
    leases.forget(cutover);
    schemas.forget(cutover);
    objects.forget(cutover);
  }

  void measureStreams() {
    streams.forEach(
        (stream, spec) -> {
          StreamHealth health = replicator.health(spec, stream.direction());
          context.report(
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

  void guardSlots() {
    streams.forEach((stream, spec) -> replicator.guardSlot(spec, stream.direction()));
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

  @Override
  public void close() {
    duties.forEach(duty -> duty.cancel(true));
  }
}
