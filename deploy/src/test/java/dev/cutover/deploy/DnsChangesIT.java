package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.Authorities;
import dev.cutover.dns.BindAuthorities;
import dev.cutover.dns.ForeignWriter;
import dev.cutover.dns.ReplyDroppingProxy;
import dev.cutover.dns.UnboundResolver;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A single change of traffic as a new user makes it, on real servers. */
final class DnsChangesIT {
  private static final AtomicInteger NEXT_NAME = new AtomicInteger(20);

  private static BindAuthorities authorities;
  private static UnboundResolver resolver;
  private static Path config;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String name;

  @TempDir private Path directory;

  @BeforeAll
  static void start(@TempDir Path servers) throws Exception {
    authorities = new BindAuthorities(servers);
    resolver = new UnboundResolver(servers, authorities, 0);
    Path credentials =
        Files.writeString(
            servers.resolve("dns.credentials"),
            """
            good.tsig.user=%s
            good.tsig.password=%s
            weak.tsig.user=%s
            weak.tsig.password=%s
            """
                .formatted(
                    Authorities.KEY_NAME,
                    Authorities.KEY_SECRET,
                    Authorities.WEAK_KEY_NAME,
                    Authorities.KEY_SECRET));
    config =
        Files.writeString(
            servers.resolve("dns.properties"),
            """
            CUTOVER_DNS_CREDENTIALS=%s
            CUTOVER_DNS_ALLOWED_ZONES=shop.example
            CUTOVER_DNS_ALLOWED_SERVERS=127.0.0.1
            """
                .formatted(credentials));
  }

  @AfterAll
  static void stop() {
    if (resolver != null) {
      resolver.close();
    }
    if (authorities != null) {
      authorities.close();
    }
  }

  @BeforeEach
  void take() {
    name = "n%d.shop.example.".formatted(NEXT_NAME.getAndIncrement());
  }

  // ---- errors first

  @Test
  void shouldRefuseWhenSomebodyHasChangedRecordsSince() throws Exception {
    // given
    planned();
    write("10.9.9.9");
    // when
    int exit = run("apply", change(), "--yes");
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("Expected what was there when it was planned, " + name + " 300 A [10.0.0.1")
        .contains("but found " + name + " 300 A [10.9.9.9]")
        .contains("somebody has changed it since; nothing was written, plan again");
    assertThat(served()).containsExactly("10.9.9.9");
    assertThat(mark()).isEmpty();
  }

  @Test
  void shouldPlanOneZoneOfAPlanWithViews() throws Exception {
    // given
    String plan = viewed();
    // when, then
    assertThat(run("plan", plan)).isEqualTo(1);
    assertThat(err.toString()).contains("but the plan has some: change each zone by itself");
    assertThat(run("plan", plan, "--view", "inside")).isEqualTo(2);
    assertThat(err.toString()).contains("Expected --view of the plan, which has [private]");
    assertThat(run("plan", plan, "--view", "-")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("10.1.0.1").doesNotContain("10.8.0.1");
    assertThat(run("plan", plan, "--view", "private", "--out", change()))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("10.8.0.1", "plan " + plan + " --view private --to source");
    assertThat(run("apply", change(), "--yes")).as(err.toString()).isZero();
    assertThat(served()).containsExactly("10.8.0.1");
  }

  /** The view is the same zone, as far as a change goes. */
  private String viewed() throws IOException {
    Path plan = Path.of(plan());
    Files.writeString(
        plan,
        Files.readString(plan)
            + """
                views:
                  - name: private
                    vantage: corporate
                    zone: shop.example
                    primary: %s
                    tsigKey: good
                    authorities: ["%s", "%s"]
                    loweredTtl: 2s
                    names:
                      - name: %s
                        source:
                          - {type: A, values: [10.0.0.1, 10.0.0.2]}
                          - {type: AAAA, values: ["2001:db8::1"]}
                          - {type: HTTPS, values: ["1 . alpn=h2"]}
                        target:
                          - {type: A, values: [10.8.0.1]}
              """
                .formatted(
                    authorities.primary(), authorities.primary(), authorities.secondary(), name));
    return plan.toString();
  }

  @Test
  void shouldRefuseWhenOnlyATtlHasChangedSince() throws Exception {
    // given
    planned();
    ForeignWriter.replace(
        Authorities.ZONE,
        authorities.primary(),
        new RecordSet(name, RecordType.A, 60, List.of("10.0.0.1", "10.0.0.2")));
    // when
    int exit = run("apply", change(), "--yes");
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("but found " + name + " 300 AAAA").contains("60 A");
    assertThat(mark()).isEmpty();
  }

  @Test
  void shouldRefuseAFileThatWasEdited() throws Exception {
    // given
    planned();
    Path file = Path.of(change());
    Files.writeString(file, Files.readString(file).replace("10.1.0.1", "10.1.0.66"));
    // when
    int exit = run("apply", change(), "--yes");
    // then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("change.json: hash: Expected the content to have the hash");
    assertThat(served()).containsExactly("10.0.0.1", "10.0.0.2");
  }

  @Test
  void shouldRefuseAFileThatIsTooOld() throws Exception {
    // given
    planned();
    // when
    int exit = run("apply", change(), "--yes", "--max-age", "0s");
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("Expected a change that was planned within 0s, but");
    assertThat(mark()).isEmpty();
  }

  @Test
  void shouldAskNobodyWhereThereIsNoTerminal() throws Exception {
    // given
    planned();
    // when
    int exit = run("apply", change());
    // then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("Expected --yes, since there is no terminal");
    assertThat(mark()).isEmpty();
  }

  @Test
  void shouldRefuseWhileACutoverHoldsTheName() throws Exception {
    // given
    planned();
    String held = "\"epoch=7 cutover=big-move\"";
    markedBy(held);
    // when
    int exit = run("apply", change(), "--yes");
    int again = run("plan", plan());
    // then
    assertThat(List.of(exit, again)).containsExactly(1, 1);
    assertThat(err.toString().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("cutover big-move holds this name: finish"));
    assertThat(mark()).containsExactly(held);
    assertThat(served()).containsExactly("10.0.0.1", "10.0.0.2");
  }

  @Test
  void shouldSayThatAKeyHasNoRight() throws Exception {
    // given
    assertThat(run("plan", plan(authorities.primary(), "weak"), "--out", change())).isZero();
    // when
    int exit = run("apply", change(), "--yes");
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("answered REFUSED: the key lacks the right");
    assertThat(served()).containsExactly("10.0.0.1", "10.0.0.2");
  }

  @Test
  void shouldSayWhoPutsItBackAndWriteItOutForThatTool() throws Exception {
    // given
    ForeignWriter.replace(
        Authorities.ZONE,
        authorities.primary(),
        new RecordSet(
            "a-" + name,
            RecordType.TXT,
            300,
            List.of(
                "\"heritage=external-dns,external-dns/owner=prod,external-dns/resource=ingress/a/b\"")));
    // when
    int planned = run("plan", plan());
    String shown = out.toString();
    out.getBuffer().setLength(0);
    int written = run("plan", plan(), "--as", "external-dns");
    // then
    assertThat(List.of(planned, written)).containsExactly(0, 0);
    assertThat(shown)
        .contains(
            "a-%s TXT says that external-dns keeps %s (owner 'prod') for ingress/a/b: it puts back what is changed."
                .formatted(name, name))
        .contains("has to say what --as external-dns prints.");
    assertThat(out.toString())
        .startsWith("# A DNSEndpoint, where the source is crd:\n")
        .contains("    recordTTL: 300\n    targets:\n    - \"10.1.0.1\"\n")
        .contains("# Or annotations of ingress/a/b;")
        .endsWith("# external-dns keeps no HTTPS records: they stay as the cutover left them.\n");
  }

  @Test
  void shouldSayWhoKeepsARecordByThePlansWord() throws Exception {
    // given
    Path file = Path.of(plan());
    Files.writeString(
        file,
        Files.readString(file)
            .replace(
                "      source:",
                "      managedBy: {tool: terraform, pausedBy: lock-workspace}\n      source:"));
    // when
    int planned = run("plan", file.toString());
    int unknown = run("plan", file.toString(), "--as", "puppet");
    // then
    assertThat(planned).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("The plan says that terraform keeps " + name + ": it puts back what is changed.");
    assertThat(unknown).isEqualTo(2);
    assertThat(err.toString())
        .contains("Expected --as external-dns, octodns or terraform, but got puppet");
  }

  @Test
  void shouldRefuseWeightsWhereThereAreNone() throws Exception {
    // when
    int exit = run("plan", plan(), "--weight", "25");
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("Expected a weight of 100 %");
  }

  @Test
  void shouldSayThatAWildcardIsNoRecordOfItsOwn() throws Exception {
    // given
    name = "any.wild.shop.example.";
    Path plan = Path.of(plan());
    Files.writeString(
        plan,
        Files.readString(plan)
            .replace("[10.0.0.1, 10.0.0.2]", "[10.0.0.1]")
            .replaceAll("(?m)^.*(2001:db8::1|alpn=h2).*$", ""));
    assertThat(run("plan", plan.toString(), "--out", change())).as(err.toString()).isZero();
    // when
    int exit = run("apply", change(), "--yes");
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("records may come from a wildcard");
    assertThat(mark()).isEmpty();
  }

  @Test
  void shouldNotWriteOverAChangeThatMayBeWantedForGoingBack() throws Exception {
    // given
    planned();
    String before = Files.readString(Path.of(change()));
    // when
    int exit = run("plan", plan(), "--out", change());
    // then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("Expected a new file for --out, but ");
    assertThat(Path.of(change())).hasContent(before);
  }

  @Test
  void shouldSayHowAPersonsMarkGoesAway() throws Exception {
    // given
    markedBy("\"manual\"");
    // when
    int exit = run("plan", plan());
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("a person has taken over").contains("dns-lift-mark");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plan PLAN --to middle          | Invalid value for option '--to'",
        "plan PLAN --to source --weight 5 | Expected either --to or --weight, but got both",
        "plan PLAN --weight 101         | Expected --weight of 0 to 100, but got 101",
        "plan PLAN --ttl 0s             | Expected --ttl of 1s to 168h",
        "plan PLAN --ttl 2d             | Expected a duration such as 500ms, 2s, 10m or 48h",
        "plan nowhere.yaml              | Expected a readable plan, but nowhere.yaml gave",
        "apply nowhere.json --yes       | Expected a file that 'dns plan --out' has written, but",
        "apply PLAN --yes               | line 1, column 1: Expected a change in JSON",
        "revert PLAN --yes              | Expected a change in JSON",
        "apply CHANGE --max-age 1y      | Expected a duration",
      })
  void shouldSayWhatItCanNotUnderstand(String command, String sentence) throws Exception {
    // given
    String[] arguments = command.replace("PLAN", plan()).replace("CHANGE", change()).split(" ");
    // when
    int exit = run(arguments);
    // then
    assertThat(exit).as(out.toString()).isEqualTo(2);
    assertThat(err.toString()).contains(sentence);
  }

  @Test
  void shouldSayEveryFaultOfThePlanWithItsPlace() throws Exception {
    // given
    Path plan = Path.of(plan());
    Files.writeString(
        plan, Files.readString(plan).replace("zone: shop.example", "zon: shop.example"));
    // when
    int exit = run("plan", plan.toString());
    // then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .contains("plan.yaml: line 3, column 3: Expected a zone")
        .contains("did you mean 'zone'?");
  }

  @Test
  void shouldSayWhatIsMissingInTheConfiguration() throws Exception {
    // given
    Path empty = Files.writeString(directory.resolve("empty.properties"), "");
    // when
    int exit =
        Main.commandLine()
            .setErr(new PrintWriter(err, true))
            .execute("dns", "plan", plan(), "--config", empty.toString());
    // then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .contains("CUTOVER_DNS_CREDENTIALS", "CUTOVER_DNS_ALLOWED_ZONES")
        .doesNotContain("KAFKA");
  }

  @Test
  void shouldTouchOnlyWhatTheServiceMay() throws Exception {
    // given
    Path plan = Path.of(plan());
    Files.writeString(plan, Files.readString(plan).replace("shop.example", "other.example"));
    // when
    int exit = run("plan", plan.toString());
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("add it to CUTOVER_DNS_ALLOWED_ZONES");
  }

  @Test
  void shouldRefuseWhatThePlanDoesNotKnow() throws Exception {
    // given
    write("10.7.7.7");
    // when
    int exit = run("plan", plan());
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("Expected the source's records")
        .contains("but found " + name + " 300 A [10.7.7.7]");
  }

  // ---- the way there and back

  @Test
  void shouldSayWhatAChangeWouldDoAndDoNothing() throws Exception {
    // when
    int exit = run("plan", plan(), "--out", change());
    int detailed = run("plan", plan(), "--detailed-exitcode");
    // then
    assertThat(exit).as(err.toString()).isZero();
    assertThat(detailed).isEqualTo(3);
    assertThat(out.toString())
        .containsPattern(name + " +A +10.0.0.1 10.0.0.2 +300 +10.1.0.1 +300 +replaced\n")
        .containsPattern(name + " +HTTPS +1 . alpn=h2 +300 +none +deleted\n")
        .containsPattern(
            "_cutover."
                + name
                + " +TXT +no mark +\"epoch=1 cutover=dns-[0-9a-f]{12} ended\" +mark\n")
        .contains("Promised: it takes effect only if records and marks are exactly these")
        .contains("Reaches everybody 302 s after the last of 2 authorities")
        .contains(
            "Lowering the TTL to 2 s first would help: done now, this would take 4 s instead of 302 s")
        .contains(" --to source --ttl 2s --out lower.json")
        .contains("Next: ./cutover dns apply ");
    assertThat(mark()).isEmpty();
    assertThat(Files.readString(Path.of(change()))).doesNotContain(Authorities.KEY_SECRET);
  }

  @Test
  void shouldMakeAChangeOnceAndTakeItBack() throws Exception {
    // given
    planned();
    // when
    int applied = run("apply", change(), "--yes");
    // then
    assertThat(applied).as(err.toString()).isZero();
    assertThat(served()).containsExactly("10.1.0.1");
    assertThat(mark().getFirst()).matches("\"epoch=1 cutover=dns-[0-9a-f]{12} ended\"");
    assertThat(out.toString())
        .contains("was made, read back at " + authorities.primary())
        .containsPattern(authorities.secondary() + " \\(authority\\)  has it")
        .containsPattern(
            "Every authority serves it: 2 of 2, the last since [0-9T:Z-]+. All resolvers that keep to TTLs follow by ");
    // when
    out.getBuffer().setLength(0);
    int again = run("apply", change(), "--yes");
    // then
    assertThat(again).isZero();
    assertThat(out.toString()).contains("Nothing to do: dns-").contains("was made before");
    // when
    out.getBuffer().setLength(0);
    int back = run("revert", change(), "--yes");
    // then
    assertThat(back).as(err.toString()).isZero();
    assertThat(served()).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(stored(RecordType.HTTPS).ttlSeconds()).isEqualTo(300);
    assertThat(mark().getFirst()).startsWith("\"epoch=2 cutover=dns-");
    assertThat(out.toString()).contains("was taken back, read back at");
    // and what was taken back is not made again
    assertThat(run("revert", change(), "--yes")).isZero();
    assertThat(out.toString()).contains("was taken back before");
    assertThat(run("apply", change(), "--yes")).isEqualTo(1);
    assertThat(err.toString()).contains("was made and taken back: plan it again");
  }

  @Test
  void shouldLeaveTheNameToTheNextChange() throws Exception {
    // given
    planned();
    run("apply", change(), "--yes");
    // when
    String next = directory.resolve("next.json").toString();
    int source = run("plan", plan(), "--to", "source", "--out", next);
    int applied = run("apply", next, "--yes");
    // then
    assertThat(List.of(source, applied)).as(err.toString()).containsExactly(0, 0);
    assertThat(served()).containsExactly("10.0.0.1", "10.0.0.2");
  }

  @Test
  void shouldLowerTtlsAloneAndWaitForResolvers() throws Exception {
    // given
    assertThat(run("plan", plan(), "--to", "source", "--ttl", "1s", "--out", change())).isZero();
    // when
    int lowered = run("apply", change(), "--yes");
    // then
    assertThat(lowered).as(err.toString()).isZero();
    assertThat(stored(RecordType.AAAA).ttlSeconds()).isEqualTo(1);
    assertThat(served()).containsExactly("10.0.0.1", "10.0.0.2");
    // and a resolver that has just fetched it follows the next change
    new DnsjavaQueries().ask(resolver.address(), true, name, RecordType.A, Duration.ofSeconds(2));
    String next = directory.resolve("next.json").toString();
    assertThat(run("plan", plan(), "--ttl", "5m", "--out", next)).isZero();
    out.getBuffer().setLength(0);
    assertThat(run("apply", next, "--yes", "--wait")).as(out + "\n" + err).isZero();
    assertThat(out.toString())
        .contains(resolver.address() + " (resolver)  has it")
        .contains("Every resolver of the plan follows: 1 of 1");
    assertThat(stored(RecordType.A).ttlSeconds()).isEqualTo(300);
  }

  @Test
  void shouldFindNothingToChange() throws Exception {
    // given
    assertThat(run("plan", plan(), "--to", "source", "--out", change(), "--detailed-exitcode"))
        .isZero();
    // when
    int exit = run("apply", change(), "--yes");
    // then
    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("Nothing to change: what is served is what is wanted.")
        .contains("Nothing to do: what is served is what is wanted");
    assertThat(mark()).isEmpty();
  }

  @Test
  void shouldNotTakeBackWhatIsNotItsOwn() throws Exception {
    // given
    planned();
    run("apply", change(), "--yes");
    write("10.9.9.9");
    // when
    int exit = run("revert", change(), "--yes");
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("Expected what this change has made, " + name + " 300 A [10.1.0.1]")
        .contains("but found " + name + " 300 A [10.9.9.9]")
        .contains("--by-hand dns-by-hand && cd dns-by-hand")
        .contains("nsupdate -y \"$TSIG\" dns-revert.nsupdate")
        .contains("`TSIG` is key 'good' of the dns-service");
    assertThat(served()).containsExactly("10.9.9.9");
    // and the way by hand is there
    Path byHand = directory.resolve("by-hand");
    assertThat(run("revert", change(), "--by-hand", byHand.toString())).isZero();
    assertThat(Files.readString(byHand.resolve("dns-revert.nsupdate")))
        .contains("update add " + name + " 300 IN A 10.0.0.1")
        .contains("_cutover." + name + " 5 IN TXT \"manual\"");
    assertThat(byHand.resolve("dns-lift-mark.nsupdate")).exists();
  }

  @Test
  void shouldSayThatNothingWasMadeWhenItIsTakenBackTooEarly() throws Exception {
    // given
    planned();
    // when
    int exit = run("revert", change(), "--yes");
    // then
    assertThat(exit).isZero();
    assertThat(out.toString()).contains("was never made");
    assertThat(mark()).isEmpty();
  }

  @Test
  void shouldGiveAllOfItAsJson() throws Exception {
    // given
    planned();
    out.getBuffer().setLength(0);
    // when
    int exit = run("apply", change(), "--yes", "--json");
    // then
    JsonNode told = new ObjectMapper().readTree(out.toString());
    assertThat(exit).isZero();
    assertThat(told.path("acted").asBoolean()).isTrue();
    assertThat(told.path("proven").asBoolean()).isTrue();
    assertThat(told.path("standing").asText()).isEqualTo("BEFORE");
    assertThat(told.path("servers").findValuesAsText("answer")).containsExactly("WANTED", "WANTED");
    assertThat(told.path("followedAt").asText())
        .isGreaterThan(told.path("lastAuthorityAt").asText());
  }

  // ---- what goes wrong in between

  @Test
  void shouldBelieveWhatIsReadBackWhenAnAnswerIsLost() throws Exception {
    // given
    try (ReplyDroppingProxy proxy = new ReplyDroppingProxy(authorities.primary())) {
      assertThat(run("plan", plan(proxy.address(), "good"), "--out", change())).isZero();
      proxy.dropNextUpdateReply();
      // when
      int exit = run("apply", change(), "--yes");
      // then
      assertThat(exit).as(err.toString()).isZero();
      assertThat(served()).containsExactly("10.1.0.1");
    }
  }

  @Test
  void shouldLoseAgainstAnotherWriterBetweenLookAndChange() throws Exception {
    // given
    try (ReplyDroppingProxy proxy = new ReplyDroppingProxy(authorities.primary())) {
      assertThat(run("plan", plan(proxy.address(), "good"), "--out", change())).isZero();
      proxy.beforeNextUpdate(() -> write("10.9.9.9"));
      // when
      int exit = run("apply", change(), "--yes");
      // then
      assertThat(exit).isEqualTo(1);
      assertThat(err.toString()).contains("10.9.9.9").contains("NXRRSET");
      assertThat(served()).containsExactly("10.9.9.9");
      assertThat(mark()).isEmpty();
    }
  }

  @Test
  void shouldGoOnWhereAKilledOneWas() throws Exception {
    // given
    try (ReplyDroppingProxy proxy = new ReplyDroppingProxy(authorities.primary())) {
      assertThat(run("plan", plan(proxy.address(), "good"), "--out", change())).isZero();
      Process[] killed = new Process[1];
      proxy.beforeNextUpdate(() -> killed[0].destroyForcibly());
      // when
      killed[0] =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Main.class.getName(),
                  "dns",
                  "apply",
                  change(),
                  "--yes",
                  "--config",
                  config.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("killed.txt").toFile())
              .start();
      // then
      assertThat(killed[0].waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(killed[0].exitValue())
          .as(Files.readString(directory.resolve("killed.txt")))
          .isEqualTo(128 + 9);
      await()
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(() -> assertThat(served()).containsExactly("10.1.0.1"));
      assertThat(run("apply", change(), "--yes")).as(err.toString()).isZero();
      assertThat(out.toString()).contains("was made before").contains("2 of 2");
    }
  }

  @Test
  void shouldSayThatAnAuthorityLagsAndGoOnLater() throws Exception {
    // given
    planned();
    authorities.holdSecondary(true);
    int first;
    try {
      // when
      first = run("apply", change(), "--yes", "--within", "1s");
    } finally {
      authorities.holdSecondary(false);
    }
    // then
    assertThat(first).isEqualTo(1);
    assertThat(err.toString())
        .contains("Expected every authority to serve the wanted records within 1000 ms")
        .contains("Run the same again to go on looking");
    assertThat(run("apply", change(), "--yes")).as(err.toString()).isZero();
  }

  // ---- what is needed

  private String change() {
    return directory.resolve("change.json").toString();
  }

  private void planned() throws IOException {
    assertThat(run("plan", plan(), "--out", change())).as(err.toString()).isZero();
  }

  private String plan() throws IOException {
    return plan(authorities.primary(), "good");
  }

  private String plan(ServerAddress primary, String key) throws IOException {
    return Files.writeString(
            directory.resolve("plan.yaml"),
            """
            cutover: not-read
            traffic:
              zone: shop.example
              primary: %s
              tsigKey: %s
              authorities: ["%s", "%s"]
              resolvers: ["%s"]
              loweredTtl: 2s
              names:
                - name: %s
                  source:
                    - {type: A, values: [10.0.0.1, 10.0.0.2]}
                    - {type: AAAA, values: ["2001:db8::1"]}
                    - {type: HTTPS, values: ["1 . alpn=h2"]}
                  target:
                    - {type: A, values: [10.1.0.1]}
                    - {type: AAAA, values: ["2001:db8:1::1"]}
            """
                .formatted(
                    primary,
                    key,
                    authorities.primary(),
                    authorities.secondary(),
                    resolver.address(),
                    name))
        .toString();
  }

  private void write(String address) {
    ForeignWriter.replace(
        Authorities.ZONE,
        authorities.primary(),
        new RecordSet(name, RecordType.A, 300, List.of(address)));
  }

  private void markedBy(String text) {
    ForeignWriter.replace(
        Authorities.ZONE,
        authorities.primary(),
        new RecordSet("_cutover." + name, RecordType.TXT, 5, List.of(text)));
  }

  private List<String> served() {
    return stored(RecordType.A).values();
  }

  private List<String> mark() {
    return stored("_cutover." + name, RecordType.TXT).values();
  }

  private RecordSet stored(RecordType type) {
    return stored(name, type);
  }

  private static RecordSet stored(String of, RecordType type) {
    var answer =
        new DnsjavaQueries().ask(authorities.primary(), false, of, type, Duration.ofSeconds(2));
    assertThat(answer).isInstanceOf(Answered.class);
    return ((Answered) answer).set();
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("dns"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--config", config.toString()));
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }
}
