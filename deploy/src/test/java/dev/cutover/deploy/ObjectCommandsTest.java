package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the commands for buckets say of what they can't understand, before anything is asked. */
class ObjectCommandsTest {
  private final StringWriter err = new StringWriter();

  @Test
  void shouldSayWhatItCannotUnderstand() {
    assertThat(run("copy", "media", "s3://new")).isEqualTo(2);
    assertThat(err.toString()).contains("Expected s3://bucket or s3://bucket/prefix", "'media'");
    assertThat(run("copy", "s3://old", "s3://new", "--workers", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("Expected 1 to 256 workers, but got 0");
    assertThat(run("copy", "s3://old", "s3://new", "--max-bytes-per-second", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("Expected a limit of 1 byte a second");
    assertThat(run("compare", "s3://old", "s3://new", "--source-endpoint", "ftp://x")).isEqualTo(2);
    assertThat(err.toString()).contains("Expected an endpoint such as https://");
  }

  @Test
  void shouldRefuseToCopyABucketIntoItself() {
    assertThat(run("copy", "s3://old/a/", "s3://old")).isEqualTo(2);
    assertThat(err.toString()).contains("Expected two places that don't overlap");
  }

  private int run(String... arguments) {
    List<String> words = new ArrayList<>(List.of("sync", "objects"));
    words.addAll(List.of(arguments));
    CommandLine line = Main.commandLine();
    line.setErr(new PrintWriter(err, true));
    return line.execute(words.toArray(String[]::new));
  }
}
