package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.runtime.Credentials;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.ChangeChunk;
import dev.cutover.sync.domain.Commit;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.testkit.KafkaBroker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Weeks of changes fit no disk of a broker. */
class ChangeTopicPruningIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final int TRANSACTIONS = 10;
  private static final int APPLIED = 7;

  @Test
  void shouldKeepWhatIsNotAppliedAndTheRecordByWhichTheTopicIsKnown() throws Exception {
    // given
    Map<String, Object> client =
        KAFKA.settings().properties().entrySet().stream()
            .collect(Collectors.toMap(entry -> (String) entry.getKey(), Map.Entry::getValue));
    KafkaChangeTopic topic = new KafkaChangeTopic(client, "pruned", (short) 1);
    topic.create();
    StreamGauge gauge = new StreamGauge(Lsn.ZERO);
    StreamHeartbeat heartbeat =
        new StreamHeartbeat(
            "pruned",
            new DatabaseEndpoint("nowhere", 1, "shop", "shop"),
            new PostgresConnections(Credentials.of(Map.of())),
            topic,
            gauge,
            new PublishedTables("pruned", Set.of()),
            new CaptureSigns("pruned", Duration.ofMinutes(1), () -> 0, () -> {}),
            failure -> {
              throw new AssertionError(failure);
            },
            new CountDownLatch(1));
    try (KafkaChangeTopic.Writer writer = topic.writer();
        ChangeTopicReader reader = topic.reader()) {
      for (int i = 0; i < TRANSACTIONS; i++) {
        writer.write(
            new ChangeChunk(
                1,
                i,
                true,
                List.of(new Change.Mark("m" + i, Instant.EPOCH)),
                Optional.of(new Commit(new Lsn(100 + i), Instant.EPOCH))));
      }
      await().until(() -> reader.endOffset() == TRANSACTIONS);
      Lsn position = new Lsn(100 + APPLIED - 1);
      // when: applied, and not flushed
      gauge.applied(position, false, APPLIED);
      heartbeat.prune();
      // then
      assertThat(reader.beginOffset()).isZero();
      // when
      gauge.applied(position, true, APPLIED);
      heartbeat.prune();
      // then
      assertThat(reader.beginOffset()).isEqualTo(APPLIED - 1);
      assertThat(reader.continuesAt(APPLIED, position, Duration.ofSeconds(10))).isTrue();
    }
  }
}
