package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.runtime.MessageSigner;
import dev.cutover.runtime.MessageSigner.Trust;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RollbackRequestCommandTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldSignWhatTheKeyThatItMadeIsBelievedFor() throws Exception {
    // given
    Path key = directory.resolve("pager.key");
    assertThat(run("rollback-request", "key", "--sender", "pager", "--key", key.toString()))
        .isZero();
    String printed = out.toString();
    out.getBuffer().setLength(0);
    // when
    int exit = sign(key, "8 % of checkouts fail");
    // then
    assertThat(exit).as(err.toString()).isZero();
    Map<String, String> headers = new HashMap<>();
    Map<String, String> parts = new HashMap<>();
    for (String line : out.toString().split("\n")) {
      String[] words = line.split(" ", 2);
      if (words[0].equals("header")) {
        headers.put(words[1].replaceAll("=.*", ""), words[1].replaceAll("^[^=]*=", ""));
      } else {
        parts.put(words[0], words[1]);
      }
    }
    MessageSigner reader =
        MessageSigner.believing(
            List.of(
                new Trust("pager", publicKey(printed), List.of("outsider.rollback-request.v1"))));
    assertThat(
            reader.refuses(
                "cutover.rollback-requests",
                "shop",
                headers,
                String.valueOf(parts.get("value")).getBytes(StandardCharsets.UTF_8)))
        .isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
  }

  @Test
  void shouldSayWhatIsWrongWhenItCannotSign() throws Exception {
    Path key = Files.writeString(directory.resolve("bad.key"), "no key");

    assertThat(sign(key, "fails")).isEqualTo(1);
    assertThat(err.toString()).contains("Expected an Ed25519 key in " + key);
    assertThat(sign(key, "two\nlines")).isEqualTo(1);
    assertThat(err.toString()).contains("Expected a reason of one line");
    assertThat(run("rollback-request", "key", "--sender", "pager", "--key", key.toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains("is there already");
  }

  private int sign(Path key, String sentence) {
    return run(
        "rollback-request",
        "sign",
        "--print",
        "--sender",
        "pager",
        "--key",
        key.toString(),
        "--cutover",
        "shop",
        "--kind",
        "error_rate",
        "--sentence",
        sentence);
  }

  private static PublicKey publicKey(String printed) throws Exception {
    String text =
        printed
            .lines()
            .filter(line -> line.startsWith("pager.key="))
            .findFirst()
            .orElseThrow()
            .substring("pager.key=".length());
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
  }

  private int run(String... arguments) {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
