package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.ChangeFrame;
import dev.cutover.sync.domain.Framing;
import dev.cutover.sync.domain.LargeTransaction;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One direction at work: the capture, the change topic, the applier, and a heartbeat row each
 * second on the captured side. Started once, closed once; what fails for good stands and says why.
 */
final class PostgresStream implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(PostgresStream.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration STOP = Duration.ofSeconds(10);
  // The more changes, the fewer statements.
  private static final int BATCH_CHANGES = 20_000;
  private static final long BATCH_BYTES = 4 << 20;

  private final String name;
  private final DatabaseEndpoint captured;
  private final AppliedSide side;
  private final PostgresConnections connections;
  private final Map<TableName, TableShape> shapes;
  private final Echo echo;
  private final KafkaChangeTopic topic;
  private final ChangeTopicReader reader;
  private final DebeziumCapture capture;
  private final Thread applier;
  private final Thread heart;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final StreamGauge gauge;
  private final boolean isHeld;
  private final String owner = UUID.randomUUID().toString();
  private PostgresApplier.Position resume;

  /**
   * Starts a stream where the applied side's position says.
   *
   * @param name of stream, slot and publication, which exist
   * @param echo what the other direction has applied on the captured side; where that is
   *     PostgreSQL's own replication, what is applied here is marked for it
   * @param isHeld captured into the topic only: nothing is applied, no position moves, and a marker
   *     has passed when it is in the topic
   * @throws SQLException when the applied side does not answer or has no position
   */
  PostgresStream(
      String name,
      DatabaseEndpoint captured,
      DatabaseEndpoint applied,
      PostgresConnections connections,
      Map<TableName, TableShape> shapes,
      Echo echo,
      KafkaChangeTopic topic,
      boolean isHeld)
      throws SQLException {
    this.name = name;
    this.isHeld = isHeld;
    this.captured = captured;
    this.connections = connections;
    this.shapes = shapes;
    this.topic = topic;
    this.echo = echo;
    // What another applier has under way is waited for, however long it takes.
    try (Connection connection = connections.openUnhurried(applied, DatabaseRole.APPLIER)) {
      resume = PostgresApplier.claim(connection, name, owner);
    }
    side = new AppliedSide(connections, applied, owner, resume.lsn());
    gauge = new StreamGauge(resume.lsn());
    reader = topic.reader();
    try {
      // Before the capture writes anything: it begins at the slot, so what it writes suffices. What
      // an earlier one wrote is used where it is surely the same topic: the captured side may be
      // gone.
      if (!reader.continuesAt(resume.kafkaOffset(), resume.lsn(), POLL)) {
        resume = new PostgresApplier.Position(resume.lsn(), reader.endOffset());
      }
    } catch (KafkaException e) {
      reader.close();
      throw e;
    }
    capture =
        new DebeziumCapture(
            name, captured, connections, shapes, echo, topic, gauge::flushed, this::fail);
    applier = Thread.ofPlatform().daemon().name("apply-" + name).start(this::applyUntilClosed);
    StreamHeartbeat heartbeat =
        new StreamHeartbeat(
            name,
            captured,
            connections,
            topic,
            gauge,
            new PublishedTables(name, shapes.keySet()),
            new CaptureSigns(
                name, connections.patience().sign().dividedBy(3), capture::engines, capture::renew),
            this::fail,
            closed);
    heart = Thread.ofVirtual().name("heartbeat-" + name).start(heartbeat::beatUntilClosed);
    capture.start();
  }

  StreamGauge gauge() {
    return gauge;
  }

  @Override
  public void close() {
    closed.countDown();
    gauge.fail("stopped");
    reader.wakeup();
    capture.close();
    try {
      applier.join(STOP);
      heart.join(STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stands from now on, and says why. */
  void fail(String reason) {
    if (closed.getCount() > 0) {
      LOGGER
          .atError()
          .addKeyValue("stream", name)
          .addKeyValue("error", reason)
          .log("stream stands");
    }
    gauge.fail(reason);
    closed.countDown();
    reader.wakeup();
    // Not on this thread: the capture may be the one that failed.
    Thread.ofVirtual().start(capture::close);
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void applyUntilClosed() {
    try (reader) {
      while (!isClosed()) {
        try {
          if (isHeld) {
            follow();
          } else {
            apply();
          }
        } catch (WakeupException e) {
          LOGGER.atDebug().addKeyValue("stream", name).log("applier woken up");
        } catch (SQLException | RetriableException e) {
          if (!side.isWorthwhileAfterFailure(gauge.applied())) {
            fail(side.inWords(e));
            return;
          }
          LOGGER.atWarn().addKeyValue("stream", name).setCause(e).log("applier begins anew");
          if (closed.await(500, TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      }
    } catch (PostgresApplier.Conflict e) {
      gauge.conflicted(e.count());
      fail(String.valueOf(e.getMessage()));
    } catch (PostgresApplier.Replaced | RuntimeException e) {
      fail(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      fail("the applier was interrupted");
    }
  }

  private void follow() {
    reader.seek(resume.kafkaOffset());
    Framing framing = new Framing(resume.lsn());
    while (!isClosed()) {
      Iterator<ChangeTopicReader.Read> polled = reader.poll(POLL);
      while (polled.hasNext()) {
        ChangeTopicReader.Read read = polled.next();
        framing.accept(read.chunk(), read.place()).ifPresent(this::passed);
      }
    }
  }

  private void apply() throws SQLException, PostgresApplier.Conflict, PostgresApplier.Replaced {
    Connection connection = side.open();
    PostgresApplier.Position stored;
    try {
      if (echo.isNative()) {
        ReplicationOrigin.use(connection, name);
      }
      stored = PostgresApplier.position(connection, name);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    if (stored.lsn().equals(resume.lsn())) {
      stored = resume;
    }
    PostgresRefetch refetch =
        new PostgresRefetch(
            () -> connections.open(captured, DatabaseRole.APPLIER, PostgresSql.textOnly()), shapes);
    try (PostgresApplier into =
        new PostgresApplier(connection, refetch, name, owner, shapes, stored.lsn())) {
      reader.seek(stored.kafkaOffset());
      Framing framing = new Framing(stored.lsn());
      while (!isClosed()) {
        applyAll(into, framing, reader.poll(POLL));
      }
    }
  }

  private void applyAll(
      PostgresApplier into, Framing framing, Iterator<ChangeTopicReader.Read> polled)
      throws SQLException, PostgresApplier.Conflict, PostgresApplier.Replaced {
    List<ChangeFrame> batch = new ArrayList<>();
    int changes = 0;
    long bytes = 0;
    while (polled.hasNext()) {
      ChangeTopicReader.Read read = polled.next();
      bytes += read.place().bytes();
      switch (framing.accept(read.chunk(), read.place()).orElse(null)) {
        case null -> {}
        case ChangeFrame frame -> {
          batch.add(frame);
          changes += frame.changes().size();
        }
        case LargeTransaction large -> {
          apply(into, batch);
          batch.clear();
          apply(into, large);
        }
      }
      if (changes >= BATCH_CHANGES || bytes >= BATCH_BYTES) {
        apply(into, batch);
        batch.clear();
        changes = 0;
        bytes = 0;
      }
    }
    apply(into, batch);
  }

  private void apply(PostgresApplier into, List<ChangeFrame> batch)
      throws SQLException, PostgresApplier.Conflict, PostgresApplier.Replaced {
    if (!batch.isEmpty()) {
      applied(batch.getLast(), into.apply(batch));
      batch.forEach(this::passed);
    }
  }

  private void apply(PostgresApplier into, LargeTransaction large)
      throws SQLException, PostgresApplier.Conflict, PostgresApplier.Replaced {
    try (LargeChanges pieces = topic.changesOf(large, this::isClosed)) {
      applied(large, into.apply(large, pieces));
    }
    passed(large);
  }

  private void applied(Transaction last, boolean isFlushed) {
    resume = new PostgresApplier.Position(last.end(), last.nextOffset());
    gauge.applied(last.end(), isFlushed, last.nextOffset());
  }

  private void passed(Transaction transaction) {
    if (!transaction.isHeartbeat()) {
      gauge.counted(1);
    }
    transaction.marks().forEach(gauge::passed);
    if (transaction.hasRows()) {
      gauge.wrote();
    }
  }
}
