package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.sync.domain.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A row that changes each second on the captured side, so that a stream without changes is told
 * from one that stands, and what was applied is flushed. Prunes the change topic now and then.
 */
final class StreamHeartbeat {
  private static final Logger LOGGER = LoggerFactory.getLogger(StreamHeartbeat.class);
  private static final int PRUNE_EVERY_BEATS = 60;

  private final String name;
  private final DatabaseEndpoint captured;
  private final PostgresConnections connections;
  private final KafkaChangeTopic topic;
  private final StreamGauge gauge;
  private final PublishedTables published;
  private final CaptureSigns signs;
  private final Consumer<String> failed;
  private final CountDownLatch closed;

  /**
   * @param failed told, with a sentence, when the stream can no longer be believed
   */
  StreamHeartbeat(
      String name,
      DatabaseEndpoint captured,
      PostgresConnections connections,
      KafkaChangeTopic topic,
      StreamGauge gauge,
      PublishedTables published,
      CaptureSigns signs,
      Consumer<String> failed,
      CountDownLatch closed) {
    this.name = name;
    this.captured = captured;
    this.connections = connections;
    this.topic = topic;
    this.gauge = gauge;
    this.published = published;
    this.signs = signs;
    this.failed = failed;
    this.closed = closed;
  }

  void beatUntilClosed() {
    for (int beats = 1; closed.getCount() > 0; beats++) {
      try (Connection connection = connections.open(captured, DatabaseRole.APPLIER)) {
        PostgresSql.execute(connection, "SET lock_timeout = '2s'");
        PostgresSql.execute(connection, "SET statement_timeout = '5s'");
        do {
          PostgresSql.update(
              connection,
              "INSERT INTO cutover.marker VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
              Change.Mark.HEARTBEAT,
              gauge.beat());
          published.fault(connection).ifPresent(failed);
          signs.look(connection);
          if (++beats % PRUNE_EVERY_BEATS == 0) {
            prune();
          }
        } while (!closed.await(1, TimeUnit.SECONDS));
      } catch (SQLException e) {
        LOGGER.atWarn().addKeyValue("stream", name).setCause(e).log("heartbeat not written");
        if (!pause()) {
          return;
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private boolean pause() {
    try {
      return !closed.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Deletes what is applied, but for the record before the position: it tells the topic again. */
  void prune() throws InterruptedException {
    try {
      topic.prune(Math.max(0, gauge.flushedOffset() - 1));
    } catch (KafkaException e) {
      LOGGER.atWarn().addKeyValue("stream", name).setCause(e).log("change topic not pruned");
    }
  }
}
