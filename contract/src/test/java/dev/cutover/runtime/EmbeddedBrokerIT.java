package dev.cutover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.testkit.KafkaBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedBrokerIT {
  @TempDir Path directory;

  @Test
  void shouldSayWhichPortIsTaken() {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("a"), 0)) {
      // given
      int port = Integer.parseInt(broker.bootstrapServers().split(":", -1)[1]);

      // when // then
      assertThatThrownBy(() -> EmbeddedBroker.start(directory.resolve("b"), port))
          .hasMessageContaining("Expected port %d of 127.0.0.1 to be free".formatted(port));
    }
  }

  @Test
  void shouldKeepItsTopicsAndPortWhenItIsStartedAgain() {
    try (KafkaBroker broker = KafkaBroker.restartable().start()) {
      // given
      Topics topics = broker.topics(3);
      String servers = broker.bootstrapServers();

      // when
      broker.stop();
      broker.start();

      // then
      assertThat(broker.bootstrapServers()).isEqualTo(servers);
      try (TopicAdmin admin = new TopicAdmin(broker.settings())) {
        assertThat(admin.verify(topics)).isEmpty();
        assertThat(admin.create(topics)).isEmpty();
      }
    }
  }

  @Test
  void shouldSayWhatIsMissingOrWrongAsCommands() throws Exception {
    try (KafkaBroker broker = KafkaBroker.restartable().start();
        TopicAdmin admin = new TopicAdmin(broker.settings());
        Admin kafka = Admin.create(broker.settings().properties())) {
      // given
      Topics topics = new Topics("acme", 4, 1, 1);
      kafka
          .createTopics(
              List.of(
                  new NewTopic("acme.journal", 2, (short) 1)
                      .configs(Map.of("retention.ms", "1000")),
                  new NewTopic("acme.events", 8, (short) 1)))
          .all()
          .get();

      // when
      List<TopicAdmin.Finding> findings = admin.verify(topics);

      // then
      assertThat(findings)
          .extracting(TopicAdmin.Finding::sentence)
          .contains(
              "Expected topic acme.requests, but it is missing",
              "Expected topic acme.journal with 4 partition(s), but it has 2",
              "Expected topic acme.journal with retention.ms=-1, but found 1000",
              "Expected topic acme.events with 4 partition(s), but it has 8");
      assertThat(findings)
          .extracting(TopicAdmin.Finding::command)
          .contains(
              "kafka-topics --bootstrap-server %s --alter --topic acme.journal --partitions 4"
                  .formatted(broker.bootstrapServers()));
    }
  }
}
