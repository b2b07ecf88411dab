package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.TableShape;
import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures the changes of one database by Debezium and writes them to the change topic, in commit
 * order.
 *
 * <p>Binding (correctness.md 1): no offset ever survives an engine, which begins at the slot each
 * time, as a new object; Debezium's own restart is off. The slot is confirmed only up to what the
 * other database has flushed; so a restart sends some transactions again, and loses none.
 */
final class DebeziumCapture implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(DebeziumCapture.class);
  private static final Duration STANDS_AFTER = Duration.ofMinutes(5);
  private static final long PAUSE_MS_MAX = 5_000;
  private static final long STOP_MS = 15_000;

  private final String stream;
  private final DatabaseEndpoint endpoint;
  private final PostgresConnections connections;
  private final Map<TableName, TableShape> shapes;
  private final Echo echo;
  private final KafkaChangeTopic topic;
  private final Supplier<Lsn> flushed;
  private final Consumer<String> stopped;
  private final Thread thread;
  private final AtomicReference<@Nullable DebeziumEngine<?>> engine = new AtomicReference<>();
  private volatile boolean isClosed;
  private volatile long progressNanos = System.nanoTime();
  private volatile long engines;

  /**
   * Prepares a capture.
   *
   * @param stream name of slot and publication
   * @param echo what is dropped, as it comes from the other side
   * @param flushed up to where the other database has flushed what it applied
   * @param stopped told once, with a sentence, when the capture gives up
   */
  DebeziumCapture(
      String stream,
      DatabaseEndpoint endpoint,
      PostgresConnections connections,
      Map<TableName, TableShape> shapes,
      Echo echo,
      KafkaChangeTopic topic,
      Supplier<Lsn> flushed,
      Consumer<String> stopped) {
    this.stream = stream;
    this.endpoint = endpoint;
    this.connections = connections;
    this.shapes = shapes;
    this.echo = echo;
    this.topic = topic;
    this.flushed = flushed;
    this.stopped = stopped;
    this.thread = Thread.ofPlatform().daemon().name("capture-" + stream).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Ends the engine; what it had not written yet comes again at the next start. */
  @Override
  public void close() {
    isClosed = true;
    closeEngine();
    try {
      thread.join(STOP_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      thread.interrupt();
    }
  }

  /** Which engine it is that runs; 0 before the first. */
  long engines() {
    return engines;
  }

  /** Has the engine replaced; returns at once. */
  void renew() {
    LOGGER.atWarn().addKeyValue("stream", stream).log("the server has let the capture go");
    Thread.ofVirtual().start(this::closeEngine);
  }

  private void closeEngine() {
    DebeziumEngine<?> current = engine.get();
    if (current != null) {
      try {
        current.close();
      } catch (IOException | IllegalStateException e) {
        LOGGER.atDebug().addKeyValue("stream", stream).setCause(e).log("engine was not running");
      }
    }
  }

  private void run() {
    long epoch = 0;
    long pauseMs = 100;
    while (!isClosed) {
      String reason;
      long startedNanos = System.nanoTime();
      try {
        epoch = nextEpoch(epoch);
        reason = capture(epoch);
      } catch (Replaced e) {
        stopped.accept(e.getMessage());
        return;
      } catch (SQLException | IOException | RuntimeException e) {
        reason = String.valueOf(e.getMessage());
      }
      if (isClosed) {
        return;
      }
      boolean progressed = progressNanos - startedNanos > 0;
      if (!progressed && System.nanoTime() - progressNanos > STANDS_AFTER.toNanos()) {
        stopped.accept(
            "The capture of %s could not be started again for %d s: %s"
                .formatted(endpoint.address(), STANDS_AFTER.toSeconds(), reason));
        return;
      }
      pauseMs = progressed ? 100 : Math.min(PAUSE_MS_MAX, pauseMs * 2);
      LOGGER
          .atWarn()
          .addKeyValue("stream", stream)
          .addKeyValue("error", reason)
          .addKeyValue("pauseMs", pauseMs)
          .log("capture ended, a new engine follows");
      try {
        Thread.sleep(pauseMs);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Another capture of this stream was started since, or its slot is no longer the one it was. */
  private static final class Replaced extends Exception {
    private static final long serialVersionUID = 1L;

    Replaced(String reason) {
      super(reason);
    }
  }

  // The first start takes the stream over from whoever has it; a restart only from itself, so two
  // instances never take it from each other for ever.
  private long nextEpoch(long mine) throws SQLException, Replaced {
    try (Connection captured = connections.open(endpoint, DatabaseRole.APPLIER)) {
      Optional<String> epoch =
          mine == 0
              ? PostgresSql.query(
                  captured,
                  "INSERT INTO cutover.capture AS c VALUES (?, 1) ON CONFLICT (stream) DO UPDATE SET epoch = c.epoch + 1 RETURNING epoch",
                  stream)
              : PostgresSql.query(
                  captured,
                  "UPDATE cutover.capture SET epoch = epoch + 1 WHERE stream = ? AND epoch = ? RETURNING epoch",
                  stream,
                  mine);
      if (epoch.isEmpty()) {
        throw new Replaced("Another instance captures " + stream + " now; this one stopped");
      }
      PostgresSlot slot = new PostgresSlot(stream);
      requireSlot(slot, captured);
      slot.release(captured);
      return Long.parseLong(epoch.get());
    }
  }

  // Somebody may have made it anew since: an engine would begin at its position without a word.
  private void requireSlot(PostgresSlot slot, Connection captured) throws SQLException, Replaced {
    try {
      slot.requireAll(captured, endpoint.address(), flushed.get());
    } catch (ReplicationFailed e) {
      throw new Replaced(String.valueOf(e.getMessage()));
    }
  }

  private String capture(long epoch) throws IOException, Replaced {
    AtomicReference<@Nullable String> reason = new AtomicReference<>();
    AtomicReference<@Nullable Replaced> replaced = new AtomicReference<>();
    try (KafkaChangeTopic.Writer writer = topic.writer();
        DebeziumEngine<RecordChangeEvent<SourceRecord>> current =
            DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(DebeziumSettings.of(stream, endpoint, connections, shapes))
                .using(
                    (success, message, error) ->
                        reason.set(error == null ? String.valueOf(message) : rootCause(error)))
                .notifying(
                    new Batches(
                        new DebeziumRecords(epoch, echo, shapes, writer::write), replaced::set))
                .build()) {
      engine.set(current);
      engines = epoch;
      if (!isClosed) {
        current.run();
      }
    } catch (IllegalStateException e) {
      LOGGER.atDebug().addKeyValue("stream", stream).setCause(e).log("engine was closed already");
    } finally {
      engine.set(null);
    }
    Replaced fault = replaced.get();
    if (fault != null) {
      throw fault;
    }
    return Objects.requireNonNullElse(reason.get(), "it ended without a reason");
  }

  private static String rootCause(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /** Hands records on and confirms the slot. */
  private final class Batches
      implements DebeziumEngine.ChangeConsumer<RecordChangeEvent<SourceRecord>> {
    private static final int ENDS_MAX = 10_000;
    private final DebeziumRecords records;
    private final Consumer<Replaced> replaced;
    private final Deque<End> ends = new ArrayDeque<>();
    private boolean isSlotKnown;

    private record End(Lsn lsn, RecordChangeEvent<SourceRecord> record) {}

    Batches(DebeziumRecords records, Consumer<Replaced> replaced) {
      this.records = records;
      this.replaced = replaced;
    }

    @Override
    public void handleBatch(
        List<RecordChangeEvent<SourceRecord>> batch,
        DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
        throws InterruptedException {
      if (!isSlotKnown) {
        requireSlotOfOld();
        isSlotKnown = true;
      }
      for (RecordChangeEvent<SourceRecord> event : batch) {
        Optional<Lsn> end = records.accept(event.record());
        if (end.isPresent()) {
          // While the other side is far behind, one position in many is enough.
          if (ends.size() >= ENDS_MAX) {
            ends.removeLast();
          }
          ends.addLast(new End(end.get(), event));
        }
      }
      progressNanos = System.nanoTime();
      confirm(committer);
    }

    /**
     * The engine may have found a slot that was made anew after it was looked at. Until it has
     * confirmed something, which it does after its first batch, the slot still tells.
     */
    private void requireSlotOfOld() {
      try (Connection captured = connections.open(endpoint, DatabaseRole.APPLIER)) {
        requireSlot(new PostgresSlot(stream), captured);
      } catch (Replaced e) {
        replaced.accept(e);
        throw new IllegalStateException(e.getMessage(), e);
      } catch (SQLException e) {
        throw new IllegalStateException(
            "Expected to see the slot on %s, but %s".formatted(endpoint.address(), e.getMessage()),
            e);
      }
    }

    private void confirm(DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
        throws InterruptedException {
      Lsn applied = flushed.get();
      End last = null;
      while (!ends.isEmpty() && ends.getFirst().lsn().isUpTo(applied)) {
        last = ends.removeFirst();
      }
      if (last != null) {
        committer.markProcessed(last.record());
        committer.markBatchFinished();
      }
    }
  }
}
