package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.ChangeFrame;
import dev.cutover.sync.domain.Deltas;
import dev.cutover.sync.domain.Framing;
import dev.cutover.sync.domain.LargeTransaction;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Transaction;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The delta as the reverse change topic has it, from the source's position on; rows before come
 * from the source, values that the stream is not trusted with from the target.
 */
final class PostgresDeltas implements Deltas {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int HOLD_ATTEMPTS_MAX = 10;

  private final PostgresConnections connections;
  private final Function<ReplicationSpec, KafkaChangeTopic> topics;
  private final Optional<Path> directory;

  /**
   * @param topics gives the reverse stream's topic
   * @param directory where files are written
   */
  PostgresDeltas(
      PostgresConnections connections,
      Function<ReplicationSpec, KafkaChangeTopic> topics,
      Optional<Path> directory) {
    this.connections = connections;
    this.topics = topics;
    this.directory = directory;
  }

  @Override
  public void hold(ReplicationSpec spec, long epoch)
      throws ReplicationFailed, InterruptedException {
    String name = name(spec);
    try (PostgresSession applier = session(spec, DatabaseRole.APPLIER);
        PostgresSession fencer = session(spec, DatabaseRole.FENCER)) {
      requirePosition(applier, spec);
      applier.execute("SET lock_timeout = '300ms'");
      for (int attempt = 1; !isHolding(applier, name, epoch); attempt++) {
        if (attempt == HOLD_ATTEMPTS_MAX || Thread.interrupted()) {
          throw new ReplicationFailed(
              "Expected stream %s to be held, but its position stays locked: end the sessions of the applier on %s"
                  .formatted(name, spec.source().address()));
        }
        // An applier in a long transaction, perhaps half-open: what it has not committed comes
        // again.
        fencer.texts(
            "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity"
                + " WHERE datname = current_database() AND usename = ? AND backend_xid IS NOT NULL",
            connections.user(spec.source(), DatabaseRole.APPLIER));
      }
    } catch (SQLException e) {
      throw failed(spec, e);
    }
  }

  private static boolean isHolding(PostgresSession applier, String name, long epoch)
      throws SQLException {
    try {
      applier.execute(
          "UPDATE cutover.position SET held = true, approved = NULL, approved_epoch = NULL"
              + " WHERE stream = ? AND NOT held AND (approved_epoch IS NULL OR approved_epoch < ?)",
          name,
          epoch);
      return true;
    } catch (SQLException e) {
      if (PostgresSession.isBusy(e)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public Standing standing(ReplicationSpec spec) throws ReplicationFailed {
    try (PostgresSession applier = session(spec, DatabaseRole.APPLIER)) {
      return applier
          .one(
              row -> new Standing(row.getBoolean(1), Optional.ofNullable(row.getString(2))),
              "SELECT held, approved FROM cutover.position WHERE stream = ?",
              name(spec))
          .orElse(new Standing(false, Optional.empty()));
    } catch (SQLException e) {
      throw failed(spec, e);
    }
  }

  @Override
  public void approve(ReplicationSpec spec, String sha256, long epoch) throws ReplicationFailed {
    try (PostgresSession applier = session(spec, DatabaseRole.APPLIER)) {
      if (applier.execute(
              "UPDATE cutover.position SET held = false, approved = ?, approved_epoch = ?"
                  + " WHERE stream = ? AND held",
              sha256,
              epoch,
              name(spec))
          == 0) {
        throw new ReplicationFailed(
            "Expected stream %s to be held, but it is not: export its delta first"
                .formatted(name(spec)));
      }
    } catch (SQLException e) {
      throw failed(spec, e);
    }
  }

  @Override
  public Found find(ReplicationSpec spec, Search search)
      throws ReplicationFailed, DrainTimedOut, InterruptedException {
    try (Connection source =
            connections.open(spec.source(), DatabaseRole.APPLIER, PostgresSql.textOnly());
        ChangeTopicReader reader = topics.apply(spec).reader()) {
      Map<TableName, TableShape> shapes = PostgresCatalog.shapes(source, spec.tables());
      PostgresApplier.Position stored = PostgresApplier.position(source, name(spec));
      try (DeltaReading reading =
          new DeltaReading(
              shapes,
              search,
              directory,
              () -> connections.open(spec.source(), DatabaseRole.APPLIER, PostgresSql.textOnly()),
              () ->
                  connections.open(spec.target(), DatabaseRole.APPLIER, PostgresSql.textOnly()))) {
        read(topics.apply(spec), reader, stored, search, reading);
        return reading.found();
      }
    } catch (InterruptException e) {
      var _ = Thread.interrupted();
      throw new InterruptedException("interrupted while the delta was read");
    } catch (SQLException | IOException | KafkaException e) {
      throw failed(spec, e);
    }
  }

  private static void read(
      KafkaChangeTopic topic,
      ChangeTopicReader reader,
      PostgresApplier.Position stored,
      Search search,
      DeltaReading reading)
      throws SQLException, IOException, DrainTimedOut {
    // From the oldest record where the topic was made again since: framing drops what is applied.
    boolean isSame = reader.continuesAt(stored.kafkaOffset(), stored.lsn(), POLL);
    reader.seek(isSame ? stored.kafkaOffset() : reader.beginOffset());
    long end = search.markerId().isPresent() ? Long.MAX_VALUE : reader.endOffset();
    Framing framing = new Framing(stored.lsn());
    boolean isOver = reader.position() >= end;
    while (!isOver) {
      Iterator<ChangeTopicReader.Read> polled = reader.poll(POLL);
      while (polled.hasNext() && !isOver) {
        ChangeTopicReader.Read read = polled.next();
        Transaction transaction = framing.accept(read.chunk(), read.place()).orElse(null);
        if (transaction != null) {
          take(transaction, topic, search, reading);
          isOver = transaction.marks().stream().anyMatch(mark -> ends(mark, search));
        }
      }
      isOver |= reader.position() >= end;
      if (!isOver && Instant.now().isAfter(search.deadline())) {
        throw late(search);
      }
    }
  }

  private static DrainTimedOut late(Search search) {
    return new DrainTimedOut(
        "Expected the delta to be read by %s, but the topic's marker has not come"
            .formatted(search.deadline()));
  }

  private static void take(
      Transaction transaction, KafkaChangeTopic topic, Search search, DeltaReading reading)
      throws SQLException, IOException, DrainTimedOut {
    switch (transaction) {
      case ChangeFrame frame -> reading.take(frame, List.of(frame.changes()).iterator());
      case LargeTransaction large -> {
        try (LargeChanges pieces =
            topic.changesOf(large, () -> Instant.now().isAfter(search.deadline()))) {
          reading.take(large, pieces);
        } catch (WakeupException e) {
          throw late(search);
        }
      }
    }
  }

  private static boolean ends(Change.Mark mark, Search search) {
    return search.markerId().equals(Optional.of(mark.id()));
  }

  private void requirePosition(PostgresSession applier, ReplicationSpec spec)
      throws SQLException, ReplicationFailed {
    if (!applier.isTrue(
        "SELECT EXISTS (SELECT FROM cutover.position WHERE stream = ?)", name(spec))) {
      throw new ReplicationFailed(
          "Expected a position of stream %s on %s, but there is none: nothing of the target was ever captured"
              .formatted(name(spec), spec.source().address()));
    }
  }

  private static String name(ReplicationSpec spec) {
    return StreamName.of(spec, Direction.REVERSE);
  }

  private PostgresSession session(ReplicationSpec spec, DatabaseRole role) throws SQLException {
    return PostgresSession.open(connections, spec.source(), role);
  }

  private static ReplicationFailed failed(ReplicationSpec spec, Exception e) {
    return new ReplicationFailed(
        "The delta of stream %s cannot be had: %s".formatted(name(spec), e.getMessage()), e);
  }
}
