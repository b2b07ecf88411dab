package dev.cutover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CredentialsTest {
  @TempDir private Path directory;

  @Test
  void shouldSayWhatItReadWhenItIsToldToReadAgain() throws Exception {
    // given
    Path file = Files.writeString(directory.resolve("file"), "a.b.user=u\na.b.password=old\n");
    Credentials credentials = Credentials.load(file);

    // when
    Files.writeString(file, "a.b.user=u\na.b.password=new\n");
    String before = credentials.of("a", "b").password().value();
    credentials.readAgain();

    // then
    assertThat(before).isEqualTo("old");
    assertThat(credentials.of("a", "b").password().value()).isEqualTo("new");
  }

  @Test
  void shouldKeepWhatItHadWhereTheFileIsHalfWrittenOrGone() throws Exception {
    // given
    Path file = Files.writeString(directory.resolve("file"), "a.b.user=u\na.b.password=old\n");
    Credentials credentials = Credentials.load(file);

    // when
    Files.writeString(file, "a.b.user=u\n");
    credentials.readAgain();
    Files.delete(file);
    credentials.readAgain();

    // then
    assertThat(credentials.of("a", "b").password().value()).isEqualTo("old");
    assertThat(credentials.toString()).contains(file.toString()).doesNotContain("old");
    assertThatThrownBy(() -> credentials.of("a", "c"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Expected a.c.user in " + file);
  }
}
