package dev.cutover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.RollbackRequest;
import dev.cutover.monitor.RequestReader.Reading;
import dev.cutover.monitor.domain.Sender;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of docs/rollback-requests.md, run as it stands there with a kcat that writes down. */
class DocumentedRequestTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "rollback-requests.md");

  @TempDir private Path directory;

  @BeforeEach
  void requireTools() {
    boolean there =
        Files.isExecutable(Path.of("/usr/bin/openssl")) && Files.isExecutable(Path.of("/bin/bash"));
    if (!there && "true".equals(System.getenv("CI"))) {
      Assertions.fail("Expected bash and openssl: apt-get install bash openssl");
    }
    Assumptions.assumeTrue(there, "Expected bash and openssl: apt-get install bash openssl");
  }

  @Test
  void shouldBeUnderstoodWhenItIsSentAsDocumented() throws Exception {
    // given
    run("openssl genpkey -algorithm ed25519 -out pager.pem");
    run("openssl pkey -in pager.pem -pubout -outform DER | base64 -w0 > pager.pub");
    Path kcat =
        Files.writeString(
            directory.resolve("kcat"), "#!/bin/bash\nprintf '%s\\0' \"$@\" > arguments\n");
    assertThat(kcat.toFile().setExecutable(true)).isTrue();
    Matcher script =
        Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(DOCUMENT));
    assertThat(script.find()).isTrue();
    Files.writeString(directory.resolve("send.sh"), script.group(1));
    // when
    run("PATH=$PWD:$PATH KAFKA_BOOTSTRAP_SERVERS=kafka:9092 bash send.sh");
    // then
    PublicKey key =
        KeyFactory.getInstance("Ed25519")
            .generatePublic(
                new X509EncodedKeySpec(
                    Base64.getDecoder().decode(Files.readString(directory.resolve("pager.pub")))));
    Sender pager =
        new Sender("pager", key, List.of("shop"), EnumSet.allOf(RollbackRequest.Kind.class));
    assertThat(new RequestReader(List.of(pager)).read(sent()))
        .isInstanceOfSatisfying(
            Reading.Believed.class,
            readable -> {
              assertThat(readable.request().sender()).isEqualTo(pager);
              assertThat(readable.request().request().sentence())
                  .isEqualTo("8 % of checkouts fail");
            });
  }

  private Received sent() throws IOException {
    List<String> arguments = List.of(Files.readString(directory.resolve("arguments")).split("\0"));
    Map<String, String> headers = new HashMap<>();
    Map<String, String> options = new HashMap<>();
    for (int n = 0; n + 1 < arguments.size(); n++) {
      String next = arguments.get(n + 1);
      if (arguments.get(n).equals("-H")) {
        headers.put(next.replaceAll("=.*", ""), next.replaceAll("^[^=]*=", ""));
      } else {
        options.put(arguments.get(n), next);
      }
    }
    return new Received(
        String.valueOf(options.get("-t")),
        0,
        0,
        Instant.EPOCH,
        Optional.of(String.valueOf(options.get("-k"))),
        Payload.of(Files.readAllBytes(directory.resolve(arguments.getLast()))),
        headers);
  }

  private void run(String line) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("/bin/bash", "-c", line)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(said).isZero();
  }
}
