package dev.cutover.monitor.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.Side;
import dev.cutover.contract.WatchSpec;
import dev.cutover.contract.WatchSpec.WatchedSide;
import dev.cutover.monitor.domain.ProbeResult;
import dev.cutover.monitor.domain.Reading;
import dev.cutover.monitor.domain.Reading.Kind;
import dev.cutover.monitor.domain.Reading.Series;
import dev.cutover.monitor.domain.Recorded;
import dev.cutover.monitor.domain.Recorder;
import dev.cutover.monitor.domain.Replay;
import dev.cutover.monitor.domain.Specs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read again as it was, however the file ends. */
class RecordingFileTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456789Z");

  @TempDir private Path directory;

  private static Recorded.Began began() {
    return new Recorded.Began(
        new CutoverId("shop"),
        12,
        new WatchSpec(
            new WatchedSide("http://127.0.0.1:1/metrics", ""),
            new WatchedSide("http://127.0.0.1:2/metrics", ""),
            List.of(),
            Specs.objectives(1000)),
        Specs.baseline(NOW),
        Duration.ofMinutes(2),
        NOW);
  }

  private static List<Recorded> everyKind() {
    return List.of(
        began(),
        new Recorded.Measured(
            Side.SOURCE,
            new Reading.Sample(
                NOW,
                Map.of(
                    new Series(Kind.REQUESTS, "code=\"200\", path=\"/a b\"", 0),
                    1e15 / 3,
                    new Series(Kind.LATENCY, "", Double.POSITIVE_INFINITY),
                    0.1 + 0.2,
                    new Series(Kind.LATENCY, "", 0.005),
                    4.0)),
            NOW),
        new Recorded.Measured(Side.TARGET, new Reading.Missing("no such counter"), NOW),
        new Recorded.Measured(Side.TARGET, new Reading.Unreadable("got 503"), NOW),
        new Recorded.Walked(
            new ProbeResult(
                "browse",
                Side.TARGET,
                "pinned",
                NOW,
                NOW.plusMillis(3),
                new ProbeResult.Outcome.Passed(Duration.ofNanos(3_000_001)))),
        new Recorded.Walked(
            new ProbeResult(
                "browse",
                Side.SOURCE,
                "pinned",
                NOW,
                NOW.plusMillis(3),
                new ProbeResult.Outcome.Failed("Expected 200, but got \"500\"\n"))),
        new Recorded.Judged(NOW, HealthVerdict.INCONCLUSIVE, "Too little", Optional.empty()));
  }

  private Path written(List<Recorded> lines) throws IOException {
    Recorder recorder =
        RecordingFile.recorders(directory, 1).begin((Recorded.Began) lines.getFirst());
    lines.stream().skip(1).forEach(recorder::add);
    recorder.close();
    await().until(() -> !files().isEmpty() && read(files().getFirst()).isWhole());
    return files().getFirst();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private record Read(List<Recorded> lines, boolean isWhole) {}

  private static Read read(Path file) throws IOException {
    List<Recorded> lines = new ArrayList<>();
    boolean isWhole = new RecordingText().read(file, lines::add);
    return new Read(lines, isWhole && !lines.isEmpty());
  }

  @Test
  void shouldReadWhatWasWrittenToTheLastBit() throws Exception {
    // when
    Path file = written(everyKind());

    // then
    assertThat(file.getFileName()).hasToString("shop-12-20260102T030405.123Z.jsonl.gz");
    assertThat(read(file).lines()).isEqualTo(everyKind());
  }

  @Test
  void shouldReadUpToWhereAKilledProcessLeftIt() throws Exception {
    // given
    List<Recorded> many = new ArrayList<>();
    many.add(began());
    Random random = new Random(7);
    for (int n = 0; n < 2000; n++) {
      many.add(
          new Recorded.Judged(
              NOW.plusSeconds(n),
              HealthVerdict.HEALTHY,
              Long.toString(random.nextLong()),
              Optional.empty()));
    }
    byte[] whole = Files.readAllBytes(written(many));

    for (int length = 20; length < whole.length - 1; length += 997) {
      // when
      Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, length));
      Read read = read(cut);

      // then
      assertThat(read.isWhole()).as("%d of %d bytes", length, whole.length).isFalse();
      assertThat(read.lines()).isEqualTo(many.subList(0, read.lines().size()));
    }
  }

  @Test
  void shouldSayWhichLineIsNoLineOfARecording() throws Exception {
    // given
    RecordingText text = new RecordingText();
    String first = text.line(began());
    Path wrong = Files.writeString(directory.resolve("wrong"), first + "\n{}\n" + first + "\n");
    Path twice = Files.writeString(directory.resolve("twice"), first + "\n" + first + "\n");
    Path headless =
        Files.writeString(directory.resolve("headless"), text.line(everyKind().getLast()));
    Path none = Files.writeString(directory.resolve("none"), "pretty please");

    // then
    assertThatThrownBy(() -> judge(wrong)).hasMessageContaining("line 2 is not a line of one");
    assertThatThrownBy(() -> judge(twice)).hasMessageContaining("line 2: Expected one recording");
    assertThatThrownBy(() -> judge(headless)).hasMessageContaining("line 1: Expected the first");
    assertThatThrownBy(() -> judge(none)).hasMessageContaining("line 1 is not a line of one");
  }

  private static void judge(Path file) throws IOException {
    new RecordingText().read(file, new Replay(limits -> limits)::add);
  }

  @Test
  void shouldEndARecordingThatIsTooLargeAndGoOnWatching() throws Exception {
    // given
    Recorder recorder = RecordingFile.recorders(directory, 1).begin(began());
    Random random = new Random(7);

    // when
    for (int n = 0; n < 60_000; n++) {
      byte[] noise = new byte[64];
      random.nextBytes(noise);
      recorder.add(
          new Recorded.Judged(
              NOW.plusSeconds(n), HealthVerdict.HEALTHY, Arrays.toString(noise), Optional.empty()));
    }
    recorder.close();

    // then
    await().until(() -> !files().isEmpty() && Files.size(files().getFirst()) > 0);
    assertThat(Files.size(files().getFirst())).isLessThan(3 << 20);
    assertThat(read(files().getFirst()).lines()).startsWith(began());
  }

  @Test
  void shouldGoOnWatchingWhereNothingCanBeWritten() throws Exception {
    // given
    Path taken = Files.writeString(directory.resolve("taken"), "a file");

    // when
    Recorder recorder = RecordingFile.recorders(taken, 1).begin(began());
    everyKind().stream().skip(1).forEach(recorder::add);
    recorder.close();

    // then
    assertThat(taken).hasContent("a file");
  }
}
