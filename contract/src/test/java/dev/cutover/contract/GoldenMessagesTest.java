package dev.cutover.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.testkit.SampleMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds each published version of each message to the byte. A golden file is never edited: a
 * changed meaning is a new record. Missing files are written with {@code -Dgolden.write=true}.
 */
final class GoldenMessagesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/messages");

  private final MessageCodec codec = new MessageCodec();

  static Stream<MessageType> types() {
    return MessageType.all().stream();
  }

  @ParameterizedTest
  @MethodSource("types")
  void shouldWriteAndReadTheGoldenBytes(MessageType type) throws Exception {
    // given
    Message message = SampleMessages.of(type.record());
    Path file = GOLDEN.resolve(type.name() + ".json");
    if (Boolean.getBoolean("golden.write") && Files.notExists(file)) {
      Files.createDirectories(GOLDEN);
      Files.write(file, codec.data(message));
    }

    // when
    byte[] golden = Files.readAllBytes(file);

    // then
    assertThat(new String(codec.data(message), StandardCharsets.UTF_8))
        .isEqualTo(new String(golden, StandardCharsets.UTF_8));
    assertThat(codec.message(type, golden)).isEqualTo(message);
  }

  @Test
  void shouldHaveAGoldenFileForEachTypeAndNoOther() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertThat(names)
          .isEqualTo(MessageType.all().stream().map(type -> type.name() + ".json").toList());
    }
  }
}
