package dev.cutover.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Request;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.KafkaBroker;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The service as its Main wires it, on a real broker, with services that answer by script. */
final class OrchestratorServiceIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  @TempDir Path directory;
  private OrchestratorFixture fixture;

  @BeforeEach
  void setUp() throws IOException {
    fixture = new OrchestratorFixture(KAFKA, directory).start();
  }

  @AfterEach
  void tearDown() {
    fixture.close();
  }

  @Test
  void shouldCompleteWhenTwoPeopleSayGoAndTheTargetStaysHealthy() {
    // given
    JsonObject answer = fixture.begin("whole");
    fixture.awaitState("whole", "waiting");
    // when
    fixture.approve("whole", "ana", "bo");
    // then
    JsonObject status = fixture.awaitState("whole", "finished");
    assertThat(answer.getString("outcome")).isEqualTo("ACCEPTED");
    assertThat(status.getString("outcome")).isEqualTo("COMPLETED");
    assertThat(status.getString("serving")).isEqualTo("TARGET");
    assertThat(status.getJsonArray("steps").stream())
        .allSatisfy(
            step -> assertThat(((JsonObject) step).getString("progress")).isEqualTo("DONE"));
    assertThat(fixture.types("whole"))
        .startsWith("saga.cutover-planned.v1", "saga.stage-entered.v1")
        .containsOnlyOnce("saga.outage-began.v1", "saga.outage-ended.v1")
        .endsWith("saga.cutover-finished.v1");
    assertThat(fixture.leaves.seen).extracting(c -> c.header().step().attempt()).containsOnly(1);
  }

  @Test
  void shouldRollBackByItselfAndCompleteAtTheSecondGoWhenATriggerComes() {
    // given
    CutoverId id = new CutoverId("back");
    fixture.begin("back");
    fixture.awaitState("back", "waiting");
    fixture.approve("back", "ana", "bo");
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> fixture.leaves.watching(id));
    fixture.awaitState("back", "observing");
    // when
    fixture.leaves.trigger(id);
    // then
    JsonObject prepared = fixture.awaitState("back", "prepared");
    assertThat(prepared.getString("outcome")).isEqualTo("ROLLED_BACK");
    assertThat(prepared.getString("serving")).isEqualTo("SOURCE");
    assertThat(prepared.getString("reason")).contains("7.1 % of requests failed");
    assertThat(prepared.getJsonArray("approvedBy")).isEmpty();
    // when
    assertThat(fixture.post("ana", "/cutovers/back/resume", "{}").statusCode()).isEqualTo(202);
    fixture.awaitState("back", "waiting");
    fixture.approve("back", "bo", "ana");
    // then
    assertThat(fixture.awaitState("back", "finished").getString("outcome")).isEqualTo("COMPLETED");
    assertThat(fixture.leaves.seen)
        .filteredOn(c -> c.header().step().step().equals("start-forward-sync"))
        .hasSize(1);
  }

  @Test
  void shouldGoOnWhereItWasWhenItIsStoppedBetweenSteps() {
    // given
    CutoverId id = new CutoverId("restarted");
    fixture.leaves.silence("shift-traffic");
    fixture.begin("restarted");
    fixture.awaitState("restarted", "waiting");
    fixture.approve("restarted", "ana", "bo");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> fixture.sent(id, "shift-traffic"));
    fixture.stop();
    // when
    fixture.start();
    JsonObject meanwhile = fixture.awaitState("restarted", "running");
    fixture.leaves.wake("shift-traffic", id, "dns");
    // then
    assertThat(meanwhile.getString("waitingFor")).isEqualTo("shift-traffic");
    assertThat(fixture.awaitState("restarted", "finished").getString("outcome"))
        .isEqualTo("COMPLETED");
    assertThat(fixture.leaves.seen)
        .filteredOn(c -> c.header().step().step().equals("fence-source"))
        .hasSize(1);
    assertThat(fixture.types("restarted")).containsOnlyOnce("saga.outage-began.v1");
  }

  @Test
  void shouldOpenTheSourceAgainWhenTheSwitchGetsNoAnswer() {
    // given
    CutoverId id = new CutoverId("dark");
    fixture.leaves.silence("validate-final");
    fixture.begin("dark");
    fixture.awaitState("dark", "waiting");
    // when
    fixture.approve("dark", "ana", "bo");
    // then
    JsonObject status = fixture.awaitState("dark", "prepared");
    assertThat(status.getString("serving")).isEqualTo("SOURCE");
    assertThat(fixture.sent(id, "open-target")).isFalse();
    assertThat(fixture.sent(id, "shift-traffic")).isFalse();
  }

  @Test
  void shouldRefuseAndGoOnWhenARequestIsNotSigned() {
    // given
    CutoverId id = new CutoverId("forged");
    fixture.begin("forged");
    fixture.awaitState("forged", "waiting");
    Wire unsigned = new Wire(fixture.topics);
    Request forged = new Request.RollBack(id, "forged", "ana", "because");
    // when
    write(unsigned.outgoing(new Envelope<>("f", "/x", Instant.now(), "", 0, false, forged)));
    // then
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> fixture.types("forged").contains("saga.unreadable-noted.v1"));
    assertThat(fixture.types("forged")).doesNotContain("saga.rollback-started.v1");
    assertThat(fixture.awaitState("forged", "held").getString("reason")).contains("no signature");
    // and a person lets it go on
    assertThat(fixture.post("ana", "/cutovers/forged/resume", "{}").statusCode()).isEqualTo(202);
    fixture.awaitState("forged", "waiting");
  }

  @Test
  void shouldHoldOnlyThatCutoverWhenAMessageCannotBeRead() {
    // given
    fixture.begin("broken");
    fixture.begin("sound");
    fixture.awaitState("broken", "waiting");
    fixture.awaitState("sound", "waiting");
    // when
    write(new Outgoing(fixture.topics.events(), "broken", Payload.of("{"), Map.of()));
    write(new Outgoing(fixture.topics.events(), "no such key!", Payload.of("{"), Map.of()));
    // then
    assertThat(fixture.awaitState("broken", "held").getString("reason")).contains("can't be read");
    fixture.approve("sound", "ana", "bo");
    fixture.awaitState("sound", "finished");
  }

  private static void write(Outgoing record) {
    try (KafkaLog log = KafkaLog.writer(KAFKA.settings())) {
      log.publish(record).join();
    }
  }
}
