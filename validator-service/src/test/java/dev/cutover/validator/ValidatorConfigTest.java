package dev.cutover.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidatorConfigTest {
  @TempDir private Path directory;

  private Map<String, String> minimal() throws IOException {
    Path credentials = directory.resolve("credentials.properties");
    Files.writeString(credentials, "shop.reader.user=r\n");
    return new HashMap<>(
        Map.of(
            "KAFKA_BOOTSTRAP_SERVERS", "localhost:9092",
            "CUTOVER_VALIDATOR_CREDENTIALS", credentials.toString(),
            "CUTOVER_VALIDATOR_ALLOWED_HOSTS", "localhost"));
  }

  @Test
  void shouldUseDefaultsWhenOnlyDangerousKeysAreGiven() throws IOException {
    // when
    ValidatorConfig config = ValidatorConfig.read(ConfigReader.of(minimal()));

    // then
    assertThat(config.checking())
        .isEqualTo(
            new ValidatorConfig.Checking(
                8, Duration.ofMinutes(1), Duration.ofSeconds(5), Duration.ofSeconds(30), 50));
  }

  @Test
  void shouldReadEveryKeyWhenGiven() throws IOException {
    // given
    Map<String, String> all = minimal();
    all.put("CUTOVER_VALIDATOR_ALLOWED_HOSTS", "a:1, *.b");
    all.put("CUTOVER_VALIDATOR_SESSIONS_MAX", "3");
    all.put("CUTOVER_VALIDATOR_STATEMENT_MAX", "7s");
    all.put("CUTOVER_VALIDATOR_SETTLE", "300ms");
    all.put("CUTOVER_VALIDATOR_SETTLE_MAX", "9s");
    all.put("CUTOVER_VALIDATOR_FINAL_SHARE_PERCENT", "40");

    // when
    ValidatorConfig config = ValidatorConfig.read(ConfigReader.of(all));

    // then
    assertThat(config.allowedHosts().patterns()).isEqualTo(List.of("a:1", "*.b"));
    assertThat(config.checking())
        .isEqualTo(
            new ValidatorConfig.Checking(
                3, Duration.ofSeconds(7), Duration.ofMillis(300), Duration.ofSeconds(9), 40));
  }

  @Test
  void shouldNameEveryFaultWhenKeysAreMissingOrWrong() {
    // when, then
    assertThatThrownBy(
            () ->
                ValidatorConfig.read(
                    ConfigReader.of(Map.of("CUTOVER_VALIDATOR_SESSIONS_MAX", "many"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("KAFKA_BOOTSTRAP_SERVERS")
        .hasMessageContaining("CUTOVER_VALIDATOR_CREDENTIALS")
        .hasMessageContaining("CUTOVER_VALIDATOR_ALLOWED_HOSTS")
        .hasMessageContaining("CUTOVER_VALIDATOR_SESSIONS_MAX");
  }
}
