package dev.cutover.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.RollbackRequest.Kind;
import dev.cutover.monitor.domain.Sender;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.MessageSigner;
import dev.cutover.runtime.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MonitorConfigTest {
  @Test
  void shouldRefuseWhenNoHostIsAllowed() {
    assertThatThrownBy(() -> config(Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("CUTOVER_MONITOR_ALLOWED_HOSTS");
  }

  @Test
  void shouldUseTheDefaults() {
    MonitorConfig config =
        config(
            Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092", "CUTOVER_MONITOR_ALLOWED_HOSTS", "shop"));
    assertThat(config.kafka()).isEqualTo(new KafkaSettings("kafka:9092"));
    assertThat(config.wire().topics()).isEqualTo(new Topics("cutover", 6, 3, 4));
    assertThat(config.allowedHosts()).isEqualTo(new AllowedHosts(List.of("shop")));
    assertThat(config.exchangeTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.baselineAgeMax()).isEqualTo(Duration.ofDays(7));
    assertThat(config.triggerLifetime()).isEqualTo(Duration.ofMinutes(2));
    assertThat(config.resolvers()).isEmpty();
    assertThat(config.intake()).isEqualTo(IntakeConfig.NOBODY);
  }

  @Test
  void shouldTakeEveryKey() {
    MonitorConfig config =
        config(
            Map.ofEntries(
                Map.entry("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092"),
                Map.entry("TOPICS_PREFIX", "ours"),
                Map.entry("TOPICS_PARTITIONS", "3"),
                Map.entry("TOPICS_REPLICAS", "1"),
                Map.entry("TOPICS_CHANGE_SLOTS", "2"),
                Map.entry("CUTOVER_MONITOR_ALLOWED_HOSTS", "a:80, *.b"),
                Map.entry("CUTOVER_MONITOR_EXCHANGE_TIMEOUT", "3s"),
                Map.entry("CUTOVER_MONITOR_BASELINE_AGE_MAX", "1h"),
                Map.entry("CUTOVER_MONITOR_TRIGGER_LIFETIME", "30s"),
                Map.entry("CUTOVER_MONITOR_RESOLVERS", "127.0.0.1:5353")));
    assertThat(config.wire().topics()).isEqualTo(new Topics("ours", 3, 1, 2));
    assertThat(config.allowedHosts()).isEqualTo(new AllowedHosts(List.of("a:80", "*.b")));
    assertThat(config.exchangeTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.baselineAgeMax()).isEqualTo(Duration.ofHours(1));
    assertThat(config.triggerLifetime()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.resolvers()).containsExactly("127.0.0.1:5353");
  }

  @Test
  void shouldReadWhoMayAskFromOutside(@TempDir Path directory) throws IOException {
    String key =
        Base64.getEncoder().encodeToString(MessageSigner.newKeys().getPublic().getEncoded());
    Path file =
        Files.writeString(
            directory.resolve("senders.properties"),
            "pager.key=%s\npager.cutovers=shop, billing-*\npager.kinds=error_rate, LATENCY\nall.key=%s\nall.cutovers=*\nall.kinds=*\n"
                .formatted(key, key));

    IntakeConfig intake = withSenders(file).intake();

    assertThat(intake.senders()).extracting(Sender::name).containsExactly("all", "pager");
    assertThat(intake.senders().getLast().cutovers()).containsExactly("shop", "billing-*");
    assertThat(intake.senders().getLast().kinds())
        .containsExactlyInAnyOrder(Kind.ERROR_RATE, Kind.LATENCY);
    assertThat(intake.senders().getFirst().kinds()).containsExactlyInAnyOrder(Kind.values());
  }

  @Test
  void shouldNameEveryFaultOfTheSenders(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("senders.properties"),
            "a.key=AAAA\na.cutovers=shop\na.kinds=latency\nb.cutovers=shop\nb.kinds=slow\n");

    assertThatThrownBy(() -> withSenders(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a.key")
        .hasMessageContaining("b.key");
  }

  private static MonitorConfig withSenders(Path file) {
    return config(
        Map.of(
            "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092",
            "CUTOVER_MONITOR_ALLOWED_HOSTS", "shop",
            "CUTOVER_MONITOR_SENDERS", file.toString()));
  }

  private static MonitorConfig config(Map<String, String> values) {
    return MonitorConfig.read(ConfigReader.of(values));
  }
}
