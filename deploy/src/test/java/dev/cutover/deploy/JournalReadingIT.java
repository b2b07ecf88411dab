package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Message;
import dev.cutover.contract.Request;
import dev.cutover.orchestrator.OrchestratorService;
import dev.cutover.orchestrator.adapter.JournalAudit;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.KafkaBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Journals as the orchestrator writes them, on a real broker and in a file. */
class JournalReadingIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final CutoverId ID = new CutoverId("shop");
  private static final CutoverId OTHER = new CutoverId("other");

  @TempDir Path directory;

  private final Instant now = Instant.parse("2026-12-01T02:00:00Z");
  private Topics topics = new Topics("none", 1, 1, 1);
  private KafkaLog log = KafkaLog.writer(new KafkaSettings("127.0.0.1:1"));
  private OrchestratorService service = new OrchestratorService(new Wire(topics));
  private long offset;

  @BeforeEach
  void decide() {
    log.close();
    topics = KAFKA.topics(2);
    log = KafkaLog.writer(KAFKA.settings());
    service = new OrchestratorService(new Wire(topics));
    for (CutoverId id : List.of(ID, OTHER)) {
      publish(decided(new Request.StartCutover(id, "start-" + id, "ana", plan(id))));
      publish(decided(new Request.Hold(id, "hold-" + id, "ana", "look first")));
    }
  }

  @AfterEach
  void close() {
    log.close();
  }

  private static String plan(CutoverId id) {
    return """
    cutover: %s
    approvers: [ana, bo]
    traffic:
      zone: example.com.
      primary: 192.0.2.53:53
      tsigKey: key
      names:
        - name: shop.example.com.
          source: [{type: A, values: [192.0.2.10]}]
          target: [{type: A, values: [198.51.100.10]}]
    """
        .formatted(id);
  }

  private List<Outgoing> decided(Message message) {
    Outgoing record =
        new Wire(topics)
            .outgoing(new Envelope<>("m" + offset, "/test", now, "", offset, false, message));
    return service.onRecord(
        new Received(
            record.topic(),
            topics.partitionOf(record.key()),
            offset++,
            now,
            Optional.of(record.key()),
            record.value(),
            record.headers()),
        now,
        true);
  }

  private void publish(List<Outgoing> records) {
    records.forEach(record -> log.publish(record).join());
  }

  private JournalReading reading() {
    return new JournalReading(KAFKA.settings(), topics);
  }

  private JournalAudit.Result audit(CutoverId id) throws InterruptedException {
    return reading().audit(Optional.of(id)).audits().getFirst();
  }

  @Test
  void shouldFindAllIntactWhenNobodyTouchedThem() throws Exception {
    // when
    JournalReading.Audited audited = reading().audit(Optional.empty());

    // then
    assertThat(audited.strays()).isEmpty();
    assertThat(audited.audits())
        .extracting(JournalAudit.Result::cutover)
        .containsExactly(OTHER, ID);
    assertThat(audited.audits())
        .allSatisfy(
            result -> {
              assertThat(result.broken()).isEmpty();
              assertThat(result.events()).isGreaterThan(3);
              assertThat(result.firstAt()).contains(now);
            });
  }

  @Test
  void shouldNameThePlaceOfOneAndLeaveTheOtherWhenSomebodyWroteIntoAJournal() throws Exception {
    // given
    Payload first = reading().entries(ID).getFirst();

    // when
    publish(List.of(new Outgoing(topics.journal(), ID.value(), first, Map.of())));

    // then
    assertThat(audit(ID).broken().orElseThrow())
        .startsWith("%s/%d/".formatted(topics.journal(), topics.partitionOf(ID.value())))
        .contains("Expected event %d of shop, but found 1".formatted(audit(ID).events() + 1));
    assertThat(audit(OTHER).broken()).isEmpty();
  }

  @Test
  void shouldFindWhatNoStatusWasPublishedFor() throws Exception {
    // when
    publish(
        decided(new Request.Resume(ID, "resume", "ana", "go on")).stream()
            .filter(record -> record.topic().equals(topics.journal()))
            .toList());

    // then
    assertThat(audit(ID).broken().orElseThrow()).contains(topics.status(), "was not decided");
  }

  @Test
  void shouldFindAFlippedByteOfAFileAndAMissingEnd() throws Exception {
    // given
    List<Payload> entries = reading().entries(ID);
    List<String> lines = JournalExport.lines(ID, entries, audit(ID).head());
    Path file = directory.resolve("shop.jsonl");
    Files.write(file, lines);
    assertThat(JournalExport.audit(file).broken()).isEmpty();
    assertThat(JournalExport.audit(file).head()).isEqualTo(audit(ID).head());
    byte[] intact = Files.readAllBytes(file);

    for (int line = 0, start = 0; line < entries.size(); line++) {
      // when
      byte[] flipped = intact.clone();
      flipped[start + entries.get(line).bytes().length / 2] ^= 1;
      Files.write(file, flipped);

      // then
      assertThat(JournalExport.audit(file).broken()).as("line %d", line + 1).isPresent();
      start += entries.get(line).bytes().length + 1;
    }
    Files.writeString(
        file, String.join("\n", lines.subList(0, entries.size())), StandardCharsets.UTF_8);
    assertThatThrownBy(() -> JournalExport.audit(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("its end is missing");
  }
}
