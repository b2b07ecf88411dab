package dev.cutover.deploy.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Over a recording of {@code ./cutover demo --act errors}: what was decided then is decided now. A
 * change of the rules that decides it otherwise fails here; whoever means it records anew.
 */
class JudgeCommandTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path recording;

  @BeforeEach
  void unpack() throws IOException {
    recording = directory.resolve("errors.jsonl");
    try (InputStream packed =
        new GZIPInputStream(
            Objects.requireNonNull(
                JudgeCommandTest.class.getResourceAsStream("/recordings/errors.jsonl.gz")))) {
      Files.copy(packed, recording);
    }
  }

  private int judge(Path file, String... more) {
    String[] words = new String[more.length + 1];
    words[0] = file.toString();
    System.arraycopy(more, 0, words, 1, more.length);
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return new CommandLine(new JudgeCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words);
  }

  @Test
  void shouldDecideAsItWasDecided() {
    assertThat(judge(recording)).as("%s%s", out, err).isZero();
    assertThat(out.toString())
        .contains("demo-errors, epoch 138", "Rollback decided after 8.5 s", "error-rate  340  106")
        .contains("Judged again: the same, 19 times.");
  }

  @Test
  void shouldSayWhatOtherLimitsWouldHaveDecided() {
    assertThat(judge(recording, "--error-rate-max", "0.5")).isZero();
    assertThat(out.toString()).contains("It was rolled back, and would not have been.");
    assertThat(judge(recording, "--no-warm-up", "--error-rate-max", "0.01")).isZero();
    assertThat(out.toString()).containsPattern("Decided .* s earlier\\.");
  }

  @Test
  void shouldSayWhereARecordingWasChanged() throws IOException {
    // given
    String lines = Files.readString(recording);
    Files.writeString(recording, lines.replaceFirst("\"HEALTHY\"", "\"INCONCLUSIVE\""));

    // then
    assertThat(judge(recording)).isOne();
    assertThat(out.toString()).contains("NOT the same at 1 of 19 times");
  }

  @Test
  void shouldJudgeWhatAKilledProcessLeft() throws IOException {
    // given
    byte[] whole = Files.readAllBytes(recording);
    Files.writeString(recording, new String(whole, 0, whole.length - 100, StandardCharsets.UTF_8));

    // then
    assertThat(judge(recording)).isZero();
    assertThat(out.toString()).contains("the recording ends in the middle of a line");
  }

  @Test
  void shouldRefuseWhatIsNoRecordingAndLimitsThatCannotBe() throws IOException {
    Path plan = Files.writeString(directory.resolve("plan.yaml"), "id: shop\n");
    assertThat(judge(plan)).isEqualTo(2);
    assertThat(err.toString()).contains("line 1 is not a line of one");
    assertThat(judge(directory.resolve("none"))).isEqualTo(2);
    assertThat(err.toString()).contains("Expected a recording, but");
    assertThat(judge(recording, "--error-rate-max", "7")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("Expected --error-rate-max between 0 and 1, but got 7.0");
  }

  @Test
  void shouldTellEverythingAsJson() {
    assertThat(judge(recording, "--json")).isZero();
    assertThat(out.toString()).contains("\"differing\" : 0", "\"whole\" : true", "\"threshold\"");
  }
}
