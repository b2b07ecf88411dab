package dev.cutover.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SyncConfigTest {
  @Test
  void shouldReportAllFaultsAtOnce() {
    assertThatThrownBy(
            () ->
                SyncConfig.read(
                    ConfigReader.of(
                        Map.of(
                            "CUTOVER_SYNC_DATABASES",
                            "nonsense",
                            "CUTOVER_SYNC_COPY_WORKERS",
                            "0"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("KAFKA_BOOTSTRAP_SERVERS")
        .hasMessageContaining("CUTOVER_SYNC_CREDENTIALS")
        .hasMessageContaining("credential@host:port/database, but found 'nonsense'")
        .hasMessageContaining("CUTOVER_SYNC_COPY_WORKERS");
  }

  @Test
  void shouldReadEveryKey(@TempDir Path directory) throws Exception {
    // given
    Path credentials = Files.createFile(directory.resolve("credentials.properties"));

    // when
    SyncConfig config =
        SyncConfig.read(
            ConfigReader.of(
                Map.of(
                    "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092",
                    "TOPICS_PREFIX", "moves",
                    "CUTOVER_SYNC_CREDENTIALS", credentials.toString(),
                    "CUTOVER_SYNC_DATABASES", "a@db-1:5432/shop,b@db-2:5433/shop",
                    "CUTOVER_SYNC_COPY_WORKERS", "7",
                    "CUTOVER_SYNC_DELTA_DIRECTORY", "/var/lib/cutover/deltas")));

    // then
    assertThat(config.kafka().bootstrapServers()).isEqualTo("kafka:9092");
    assertThat(config.wire().topics().prefix()).isEqualTo("moves");
    assertThat(config.credentials()).isEqualTo(credentials);
    assertThat(config.databases())
        .containsExactly(
            new DatabaseEndpoint("db-1", 5432, "shop", "a"),
            new DatabaseEndpoint("db-2", 5433, "shop", "b"));
    assertThat(config.copyWorkers()).isEqualTo(7);
    assertThat(config.deltaDirectory()).contains(Path.of("/var/lib/cutover/deltas"));
  }
}
