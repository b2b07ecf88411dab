package dev.cutover.orchestrator.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.OutboundCommand.WriteBundle;
import dev.cutover.contract.OutboundReply.BundleWritten;
import dev.cutover.contract.StepRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleFilesTest {
  @TempDir private Path directory;

  @Test
  void shouldReplaceTheLastBundleAsAWhole() throws Exception {
    // given
    BundleFiles files = new BundleFiles(Optional.of(directory.resolve("made")));
    files.write(order(1, Map.of("case.md", "old", "gone.sql", "old")));
    // when
    BundleWritten written = files.write(order(2, Map.of("case.md", "new é")));
    // then
    Path place = Path.of(written.directory());
    assertThat(place).isEqualTo(directory.resolve("made").resolve("shop").toAbsolutePath());
    assertThat(place).isDirectoryNotContaining("glob:**gone.sql");
    assertThat(place.resolve("case.md")).hasContent("new é");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(place.resolve("case.md"))))
        .isEqualTo("rw-------");
    assertThat(written.sha256()).containsExactly(Map.entry("case.md", sha256("new é")));
    assertThat(directory.resolve("made").toFile().list()).containsExactly("shop");
  }

  @Test
  void shouldSayWhatToSetWhenThereIsNoDirectory() {
    assertThatThrownBy(() -> new BundleFiles(Optional.empty()).write(order(1, Map.of())))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("Expected BREAK_GLASS_DIRECTORY");
  }

  @Test
  void shouldSayWhyWhenItCannotBeWritten() throws Exception {
    // given
    Path file = Files.writeString(directory.resolve("file"), "not a directory");
    // when, then
    assertThatThrownBy(
            () -> new BundleFiles(Optional.of(file)).write(order(1, Map.of("case.md", "x"))))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("BREAK_GLASS_DIRECTORY")
        .hasMessageContaining(file.toString());
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static WriteBundle order(int attempt, Map<String, String> files) {
    return new WriteBundle(
        new CommandHeader(
            new StepRef(new CutoverId("shop"), "write-bundle", attempt), 20, Instant.EPOCH),
        files);
  }
}
