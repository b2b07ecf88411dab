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
import dev.cutover.dns.UnboundResolver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands for DNS as a new user runs them, on real servers. */
final class DnsCommandsIT {
  private static BindAuthorities authorities;
  private static UnboundResolver honest;
  private static UnboundResolver clamping;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    authorities = new BindAuthorities(directory);
    honest = new UnboundResolver(directory, authorities, 0);
    clamping = new UnboundResolver(directory, authorities, 60);
  }

  @AfterAll
  static void stop() {
    if (clamping != null) {
      clamping.close();
    }
    if (honest != null) {
      honest.close();
    }
    if (authorities != null) {
      authorities.close();
    }
  }

  @Test
  void shouldShowATableAndASentence() {
    // when
    int exit = run("check", "n0.shop.example", "--no-public");
    // then
    assertThat(exit).as(out + "\n" + err).isZero();
    assertThat(out.toString())
        .startsWith("n0.shop.example.  zone shop.example., served by ns1.shop.example.\n")
        .containsPattern("server +class +by +type +verdict +TTL +values +serial +because\n")
        .containsPattern(
            authorities.primary()
                + " +authority +udp\\+tcp +A +agrees +300 +10.0.0.1 10.0.0.2 +[0-9]+\n")
        .containsPattern(authorities.secondary() + " +authority +udp\\+tcp +AAAA .* 2001:db8::1 ")
        .containsPattern(honest.address() + " +own +udp +HTTPS +agrees +[0-9]+ +1 . alpn=h2\n")
        .contains("DNSSEC: these records are not signed.")
        .endsWith("Everything agrees: 2 of 2 authorities, 1 of 1 own resolver.\n")
        .doesNotContain("\033");
  }

  @Test
  void shouldSayWhoDoesNotAgree() {
    // when
    int exit =
        run(
            "check",
            "n1.shop.example",
            "--no-public",
            "--expect",
            "A=10.1.0.1",
            "--old",
            "A=10.0.0.1,10.0.0.2",
            "--type",
            "a");
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern(authorities.primary() + " +authority +udp\\+tcp +A +old +300 ")
        .contains("Note: No resolver was asked")
        .contains("Not everything agrees: 0 of 2 authorities; ")
        .contains(authorities.primary() + ": old");
  }

  @Test
  void shouldGiveAllOfItAsJson() throws Exception {
    // when
    int exit = run("check", "n0.shop.example", "--no-public", "--json");
    // then
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(exit).isZero();
    assertThat(report.path("agrees").asBoolean()).isTrue();
    assertThat(report.path("links").path(0).path("zone").asText()).isEqualTo("shop.example.");
    assertThat(report.path("authorities")).hasSize(6);
    assertThat(report.path("authorities").path(0).path("verdict").asText()).isEqualTo("AGREES");
    assertThat(report.path("authorities").path(0).path("serial").isNumber()).isTrue();
    assertThat(report.path("resolvers").findValuesAsText("group")).containsOnly("own");
  }

  @Test
  void shouldWatchAChangeUntilAllHaveIt() {
    // given
    write("n2.shop.example.", "10.0.0.1");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(run("check", "n2.shop.example", "--no-public")).isZero());
    out.getBuffer().setLength(0);
    // when
    CompletableFuture<Integer> watch =
        CompletableFuture.supplyAsync(
            () ->
                run(
                    "watch",
                    "n2.shop.example",
                    "--no-public",
                    "--type",
                    "A",
                    "--expect",
                    "A=10.1.0.1",
                    "--resolver",
                    "office=" + clamping.address(),
                    "--quorum",
                    "office=1%",
                    "--for",
                    "60s",
                    "--every",
                    "300ms"));
    await().atMost(Duration.ofSeconds(20)).until(() -> out.toString().contains("  old "));
    write("n2.shop.example.", "10.1.0.1");
    // then
    assertThat(watch.join()).as(out + "\n" + err).isZero();
    assertThat(out.toString())
        .containsPattern(
            "Z  "
                + authorities.primary()
                + " \\(authority, udp\\+tcp\\)  A  old -> new 10.1.0.1 TTL 3\n")
        .contains("Z  0 of 2 authorities; no end is known before the last authority has it\n")
        .containsPattern(
            "Z  2 of 2 authorities, .*[01] of 1 own resolver.*; over at 20.*Z, TTL included\n")
        .containsPattern(
            "\n"
                + "Everything agrees: 2 of 2 authorities, 1 of 1 office resolver \\(quorum 1 %\\),"
                + " 1 of 1 own resolver.\n")
        .doesNotContain("\033");
  }

  @Test
  void shouldEndAWatchInTime() {
    // when
    int exit =
        run(
            "watch",
            "n3.shop.example",
            "--no-public",
            "--type",
            "A",
            "--expect",
            "A=10.1.0.1",
            "--for",
            "500ms",
            "--every",
            "200ms");
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(out.toString()).contains("Not everything agrees: 0 of 2 authorities");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "check www                                  | Expected a whole name with a dot, such as"
            + " www.example.com, but got 'www'",
        "check www.                                 | Expected a whole name with a dot",
        "check a..b                                 | Expected a DNS name, but got 'a..b.'",
        "check n0.shop.example --expect 10.1.0.1    | Expected --expect TYPE=VALUE[,VALUE], such as"
            + " A=192.0.2.1, but got '10.1.0.1'",
        "check n0.shop.example --expect A=          | Expected --expect TYPE=VALUE[,VALUE]",
        "check n0.shop.example --expect A=10.1      | Expected an address for a record of type A,"
            + " but got '10.1'",
        "check n0.shop.example --expect A=1.2.3.4,  | Expected an address for a record of type A,"
            + " but got ''",
        "check n0.shop.example --expect MX=a        | Expected --expect with one of [A, AAAA,"
            + " CNAME, HTTPS, TXT], but got the type 'MX'",
        "check n0.shop.example --expect A=1.2.3.4 --expect A=1.2.3.5 | Expected --expect once for"
            + " each type",
        "check n0.shop.example --old AAAA=1.2.3.4   | Expected an address for a record of type"
            + " AAAA",
        "check n0.shop.example --quorum public=101% | Expected a quorum such as public=75%",
        "check n0.shop.example --resolver A_b=::1   | Expected --resolver [CLASS=]HOST[:PORT]",
        "check n0.shop.example --resolver 10.0.0.1:0 | Expected --resolver HOST[:PORT]",
        "check n0.shop.example --resolver 10.0.0.1:x | Expected --resolver HOST[:PORT]",
        "check n0.shop.example --window 2d          | Expected a duration such as 500ms, 2s, 10m or"
            + " 48h, but got '2d'",
        "check n0.shop.example --type MX            | Expected --type with one of [A, AAAA,"
            + " CNAME, HTTPS, TXT], but got the type 'MX'",
        "check n0.shop.example --type SERVER        | Expected --type with one of [A, AAAA,"
            + " CNAME, HTTPS, TXT], but got the type 'SERVER'",
        "watch n0.shop.example                      | Expected --expect TYPE=VALUE with what shall"
            + " be served in the end",
        "watch n0.shop.example --expect A=1.2.3.4 --every 1ms | Expected --every of 200ms or more",
      })
  void shouldSayWhatItCanNotUnderstand(String command, String sentence) {
    // when
    int exit = run(command.split(" "));
    // then
    assertThat(exit).as(out.toString()).isEqualTo(2);
    assertThat(err.toString()).contains(sentence);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void shouldSayThatANameIsUnknown() {
    // when
    int exit = run("check", "nothing.shop.example", "--no-public");
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(out.toString())
        .endsWith(
            "Expected records of nothing.shop.example., but its authorities have none of type A,"
                + " AAAA, HTTPS: the name does not exist.\n");
  }

  @Test
  void shouldSayThatAnAuthorityCanNotBeReached() throws Exception {
    // given
    ServerAddress nobody;
    try (var socket = new java.net.ServerSocket(0)) {
      nobody = new ServerAddress("127.0.0.1", socket.getLocalPort());
    }
    // when
    int exit = runBare("check", "n0.shop.example", "--authority", nobody.toString());
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "Expected an authority of n0.shop.example. to answer, but none of those named did: %s: nothing listens there"
                .formatted(nobody));
  }

  private static void write(String name, String address) {
    ForeignWriter.replace(
        Authorities.ZONE,
        authorities.primary(),
        new RecordSet(name, RecordType.A, 3, List.of(address)));
  }

  /** With the servers of this test. */
  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(
        List.of(
            "--authority",
            authorities.primary().toString(),
            "--authority",
            authorities.secondary().toString(),
            "--resolver",
            honest.address().toString()));
    return runBare(all.toArray(String[]::new));
  }

  private int runBare(String... arguments) {
    List<String> all = new ArrayList<>(List.of("dns"));
    all.addAll(List.of(arguments));
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }
}
