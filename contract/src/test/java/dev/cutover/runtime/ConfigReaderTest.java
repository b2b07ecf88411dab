package dev.cutover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigReaderTest {
  private enum Mode {
    OBSERVE,
    ACT
  }

  @TempDir Path directory;

  @Test
  void shouldReportEveryFaultAtOnce() {
    // given
    ConfigReader reader =
        ConfigReader.of(
            Map.of(
                "PORT", "99999", "WAIT", "soon", "MODE", "FAST", "URL", "nowhere", "ON", "yes",
                "NAMES", "a,,b"));

    // when
    reader.string("PREFIX");
    reader.integer("PORT", 0, 65_535);
    reader.duration("WAIT", Duration.ofMillis(1), Duration.ofHours(1));
    reader.choice("MODE", Mode.class);
    reader.uri("URL");
    reader.flag("ON", false);
    reader.list("NAMES");
    reader.secret("TOKEN");
    ConfigException refused =
        Objects.requireNonNull(
            catchThrowableOfType(ConfigException.class, () -> reader.build(() -> "")));

    // then
    assertThat(refused.faults())
        .hasSize(8)
        .contains(
            "PREFIX: expected a value, but it is missing",
            "PORT: expected a whole number from 0 to 65535, but found '99999'",
            "MODE: expected one of [OBSERVE, ACT], but found 'FAST'",
            "ON: expected true or false, but found 'yes'",
            "TOKEN: expected a secret here or a file named by TOKEN_FILE, but found neither");
  }

  @Test
  void shouldLayTheEnvironmentOverTheFile() throws IOException {
    // given
    Path file = Files.writeString(directory.resolve("cutover.properties"), "PORT=1\nPREFIX=file\n");
    Path token = Files.writeString(directory.resolve("token"), "hidden\n");

    // when
    ConfigReader reader =
        ConfigReader.ofEnvironment(
            Map.of("CUTOVER_CONFIG", file.toString(), "PORT", "2", "TOKEN_FILE", token.toString()));

    // then
    assertThat(reader.integer("PORT", 0, 10)).isEqualTo(2);
    assertThat(reader.string("PREFIX")).isEqualTo("file");
    assertThat(reader.secret("TOKEN").value()).isEqualTo("hidden");
    assertThat(reader.secret("TOKEN")).hasToString("***");
  }

  @Test
  void shouldReadTypedValuesAndDefaults() {
    // given
    ConfigReader reader =
        ConfigReader.of(
            Map.of("A", "250ms", "B", "PT2S", "C", "http://host:9090", "D", "x, y", "E", "ACT"));

    // when
    String built = reader.build(() -> "built");

    // then
    assertThat(built).isEqualTo("built");
    assertThat(reader.duration("A", Duration.ZERO, Duration.ofDays(1)))
        .isEqualTo(Duration.ofMillis(250));
    assertThat(reader.duration("B", Duration.ZERO, Duration.ofDays(1)))
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(reader.uri("C")).isEqualTo(URI.create("http://host:9090"));
    assertThat(reader.list("D")).isEqualTo(List.of("x", "y"));
    assertThat(reader.choice("E", Mode.class, Mode.OBSERVE)).isEqualTo(Mode.ACT);
    assertThat(reader.integer("F", 1, 9, 5)).isEqualTo(5);
  }

  @Test
  void shouldNameTheMissingCredential() {
    // given
    Credentials credentials = Credentials.of(Map.of("shop.fencer.user", "f"));

    // when
    ConfigException refused =
        Objects.requireNonNull(
            catchThrowableOfType(ConfigException.class, () -> credentials.of("shop", "fencer")));

    // then
    assertThat(refused).hasMessageContaining("Expected shop.fencer.password");
  }
}
