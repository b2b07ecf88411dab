package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.orchestrator.Main.Running;
import dev.cutover.runtime.Topics;
import dev.cutover.testkit.KafkaBroker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a real orchestrator, over TLS; nobody carries its orders out. */
final class CommandLineIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "password";

  @TempDir private static Path directory;
  private static Running orchestrator;
  private static String api;

  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeAll
  static void start() throws Exception {
    makeCertificate();
    Path people = directory.resolve("people.properties");
    for (Map.Entry<String, String> token :
        LocalKeys.addTokens(people, Map.of("ada", "operator,approver", "eve", "viewer"))
            .entrySet()) {
      Files.writeString(directory.resolve(token.getKey()), token.getValue() + "\n");
    }
    Topics topics = KAFKA.topics(2);
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BOOTSTRAP_SERVERS", KAFKA.bootstrapServers());
    environment.put("TOPICS_PREFIX", topics.prefix());
    environment.put("TOPICS_PARTITIONS", "2");
    environment.put("TOPICS_REPLICAS", "1");
    environment.put("TOPICS_CHANGE_SLOTS", "2");
    environment.put("API_PORT", "0");
    environment.put("API_TOKENS", people.toString());
    environment.put("API_TLS_CERTIFICATE", directory.resolve("certificate.pem").toString());
    environment.put("API_TLS_KEY", directory.resolve("key.pem").toString());
    orchestrator = dev.cutover.orchestrator.Main.start(environment);
    api = "https://127.0.0.1:" + orchestrator.apiPort();
    Awaitility.await("ready").until(() -> orchestrator.runtime().ready());
  }

  @AfterAll
  static void stop() {
    orchestrator.close();
  }

  @BeforeEach
  void forget() {
    out = new StringWriter();
    err = new StringWriter();
  }

  @Test
  void shouldCarryACutoverThroughItsCommands() throws Exception {
    // given
    Path plan = directory.resolve("shop.yaml");
    Files.writeString(plan, plan("shop"));

    // when, then: it starts, once
    assertThat(as("ada", "start", plan.toString())).as(err.toString()).isZero();
    assertThat(printed()).startsWith("shop: accepted, cutover-planned").contains("watch shop");
    assertThat(as("ada", "start", plan.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("shop is").contains("already");

    // when, then: it is seen
    assertThat(as("eve", "watch", "shop", "--until", "running")).as(err.toString()).isZero();
    forget();
    assertThat(as("eve", "list", "--state", "running")).isZero();
    assertThat(printed()).startsWith("cutover").contains("shop");
    assertThat(as("eve", "list", "--state", "held", "--json")).isZero();
    assertThat(JSON.readTree(printed())).isEmpty();
    assertThat(as("eve", "status", "shop")).isZero();
    assertThat(printed()).startsWith("shop: running").contains("serving       SOURCE");

    // when, then: what is missing before go, and whether pipelines may deploy
    forget();
    assertThat(as("eve", "readiness", "shop")).isEqualTo(1);
    assertThat(printed()).startsWith("shop: not ready").contains("ttl-lowered", "critical");
    assertThat(as("eve", "freeze", "check", "--name", "other.example.com")).isZero();
    forget();

    // when, then: it is held, by whoever may, with a reason
    assertThat(as("eve", "hold", "shop", "--reason", "no")).isEqualTo(1);
    assertThat(err.toString()).contains("Expected one of the roles").contains("eve has [viewer]");
    assertThat(as("ada", "hold", "shop")).isEqualTo(2);
    assertThat(err.toString()).contains("--reason");
    assertThat(as("ada", "hold", "shop", "--reason", "look first")).isZero();
    forget();
    assertThat(as("eve", "watch", "shop", "--until", "held", "--json")).isZero();
    assertThat(JSON.readTree(printed()).findValuesAsText("state")).contains("held");

    // when, then: the journal has it
    assertThat(as("eve", "journal", "shop")).isZero();
    assertThat(printed()).contains("cutover-planned", "ada");
    assertThat(as("eve", "journal", "shop", "--after", "1", "--json")).isZero();
    List<JsonNode> entries = new ArrayList<>();
    for (String line : printed().lines().toList()) {
      entries.add(JSON.readTree(line));
    }
    assertThat(entries.getFirst().path("sequence").asInt()).isEqualTo(2);

    // when, then: it is predicted, drilled, rehearsed and reported as far as its plan goes
    forget();
    assertThat(as("eve", "predict", plan.toString())).as(err.toString()).isZero();
    assertThat(printed()).contains("write outage: none", "DNS revert", "is not known");
    assertThat(as("ada", "drill", "fence", plan.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("Expected databases in 'data' to fence");
    assertThat(as("ada", "rehearse", plan.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("Expected a section 'rehearsal'");
    assertThat(as("ada", "credit", "shop", "--rehearsal", "shop")).isEqualTo(1);
    assertThat(err.toString()).contains("touched nothing of production");
    assertThat(as("eve", "report", "shop")).isZero();
    assertThat(printed()).startsWith("shop: held").contains("look first", "Journal of");
    Path page = directory.resolve("report.html");
    assertThat(as("eve", "report", "shop", "--html", page.toString())).isZero();
    assertThat(page).content().startsWith("<!doctype html>").contains("look first");
  }

  @Test
  void shouldSayEveryFaultOfAPlan() throws IOException {
    // given
    Path plan = directory.resolve("faulty.yaml");
    Files.writeString(plan, "cutover: Faulty\napprovers: [ana]\n");
    // when, then
    assertThat(as("ada", "start", plan.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains("Expected a plan that can be carried out")
        .contains("\n  line 1, column 10: Expected a name");
  }

  @Test
  void shouldSayWhatIsWrongInTheWordsOfTheApi() throws IOException {
    assertThat(as("eve", "status", "missing")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("Expected a cutover named missing, but there is none");
    forget();
    assertThat(as("eve", "watch", "missing")).isEqualTo(1);
    assertThat(err.toString()).contains("Expected a cutover named missing");
    forget();
    Files.writeString(directory.resolve("stranger"), "not-known");
    assertThat(as("stranger", "list")).isEqualTo(1);
    assertThat(err.toString()).contains("Expected a known bearer token");
  }

  @Test
  void shouldNotBelieveACertificateThatNobodyVouchesFor() {
    // when
    int exit = run("list", "--api", api, "--token-file", directory.resolve("eve").toString());
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("Expected the API at " + api).contains("certif");
  }

  @Test
  void shouldNotSendATokenInTheClear() {
    // when
    int exit =
        run(
            "list",
            "--api",
            "http://cutover.example.com",
            "--token-file",
            directory.resolve("eve").toString());
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("Expected https, since your token would travel in the clear");
  }

  private int as(String person, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(
        List.of(
            "--api",
            api,
            "--token-file",
            directory.resolve(person).toString(),
            "--ca",
            directory.resolve("certificate.pem").toString()));
    return run(all.toArray(String[]::new));
  }

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  /** What was printed since it was last asked. */
  private String printed() {
    String text = out.toString();
    forget();
    return text;
  }

  private static String plan(String cutover) {
    return """
    cutover: %s
    approvers: [ada, bo]
    traffic:
      zone: example.com.
      primary: 192.0.2.53:53
      tsigKey: key
      names:
        - name: shop.example.com.
          source: [{type: A, values: [192.0.2.10]}]
          target: [{type: A, values: [198.51.100.10]}]
    """
        .formatted(cutover);
  }

  private static void makeCertificate()
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = directory.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "api",
                "-keyalg",
                "EC",
                "-dname",
                "CN=api",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    pem("CERTIFICATE", keys.getCertificate("api").getEncoded(), "certificate.pem");
    pem("PRIVATE KEY", keys.getKey("api", PASSWORD.toCharArray()).getEncoded(), "key.pem");
  }

  private static void pem(String kind, byte[] content, String file) throws IOException {
    Files.writeString(
        directory.resolve(file),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                kind,
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                    .encodeToString(content),
                kind));
  }
}
