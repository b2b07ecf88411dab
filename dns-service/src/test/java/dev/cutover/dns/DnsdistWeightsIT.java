package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Runs the example that docs/rfc2136.md describes, {@code examples/dnsdist.conf}, and counts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DnsdistWeightsIT {
  private static final String NAME = "www." + Authorities.ZONE;
  private static final int ANSWERS = 4_000;

  /** A right split is called wrong once in a thousand million runs. */
  private static final double FALSE_ALARM_MAX = 1e-9;

  private final Path example = Path.of("..", "examples", "dnsdist.conf");
  private Daemon source;
  private Daemon target;
  private Daemon dnsdist;
  private ServerAddress front;
  private Path config;

  @BeforeAll
  void startServers(@TempDir Path directory) throws IOException {
    String program = Installed.require("dnsdist", "dnsdist");
    int sourcePort = FreePort.next();
    int targetPort = FreePort.next();
    int frontPort = FreePort.next();
    source = named(directory.resolve("source"), sourcePort, "10.0.0.1");
    target = named(directory.resolve("target"), targetPort, "10.1.0.1");
    front = new ServerAddress("127.0.0.1", frontPort);
    config =
        Files.writeString(
            directory.resolve("dnsdist.conf"),
            Files.readString(example)
                .replace("192.0.2.53:53", "127.0.0.1:" + frontPort)
                .replace("192.0.2.11:53", "127.0.0.1:" + sourcePort)
                .replace("192.0.2.12:53", "127.0.0.1:" + targetPort)
                .replace("127.0.0.1:5199", "127.0.0.1:" + FreePort.next()));
    assertThat(config).content().doesNotContain("192.0.2.");
    awaitAnswer(new ServerAddress("127.0.0.1", sourcePort), source);
    awaitAnswer(new ServerAddress("127.0.0.1", targetPort), target);
    dnsdist =
        Daemon.start(
            directory,
            List.of(program, "--supervised", "--disable-syslog", "-C", config.toString()));
    awaitAnswer(front, dnsdist);
  }

  private static Daemon named(Path place, int port, String address) throws IOException {
    String named = Installed.require("named", "bind9");
    Files.createDirectories(place);
    Files.writeString(
        place.resolve("zone.db"),
        """
        $TTL 5
        @ IN SOA ns1 admin 1 3600 600 86400 5
        @ IN NS ns1
        ns1 IN A 127.0.0.1
        www IN A %s
        other IN A %s
        """
            .formatted(address, address));
    Files.writeString(
        place.resolve("named.conf"),
        """
        options { directory "%s"; pid-file "%s/named.pid"; session-keyfile "%s/session.key";
          listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;
          dnssec-validation no; empty-zones-enable no; };
        controls { };
        zone "%s" { type primary; file "zone.db"; };
        """
            .formatted(place, place, place, port, Authorities.ZONE));
    return Daemon.start(place, BindSecondary.command(named, place));
  }

  private static void awaitAnswer(ServerAddress server, Daemon daemon) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              if (values(server, NAME).isEmpty()) {
                throw new AssertionError(daemon.output());
              }
            });
  }

  private static List<String> values(ServerAddress server, String name) {
    var answer = new DnsjavaQueries().ask(server, false, name, RecordType.A, Duration.ofSeconds(2));
    return answer instanceof Answered(var set, boolean _, var _) ? set.values() : List.of();
  }

  @AfterAll
  void stopServers() {
    for (Daemon daemon : new Daemon[] {dnsdist, target, source}) {
      if (daemon != null) {
        daemon.close();
      }
    }
  }

  @Test
  void shouldSplitAnswersAsWeightsSayAndFollowTheConsole() throws Exception {
    // given the example's weights
    assertSplit(0.10);
    // when
    Daemon.run(
        Objects.requireNonNull(config.getParent()),
        List.of(
            Installed.require("dnsdist", "dnsdist"),
            "-C",
            config.toString(),
            "-c",
            "-e",
            "getServer(0).weight=50 getServer(1).weight=50"));
    // then
    assertSplit(0.50);
  }

  @Test
  void shouldLeaveOtherNamesAtTheSource() {
    for (int i = 0; i < 100; i++) {
      assertThat(values(front, "other." + Authorities.ZONE)).containsExactly("10.0.0.1");
    }
  }

  private void assertSplit(double targetShare) {
    int atTarget = 0;
    for (int i = 0; i < ANSWERS; i++) {
      List<String> answer = values(front, NAME);
      assertThat(answer).hasSize(1);
      atTarget += answer.contains("10.1.0.1") ? 1 : 0;
    }
    assertThat(chanceOfAsFar(atTarget, targetShare))
        .as("chance of %d of %d answers at a share of %s", atTarget, ANSWERS, targetShare)
        .isGreaterThan(FALSE_ALARM_MAX);
  }

  /** How likely a count as far from the expected one, on its side, is: the exact binomial tail. */
  private static double chanceOfAsFar(int count, double share) {
    boolean above = count >= ANSWERS * share;
    double chance = 0;
    double logChoose = 0;
    for (int k = 0; k <= ANSWERS; k++) {
      if (above ? k >= count : k <= count) {
        chance += Math.exp(logChoose + k * Math.log(share) + (ANSWERS - k) * Math.log1p(-share));
      }
      logChoose += Math.log(ANSWERS - k) - Math.log(k + 1.0);
    }
    return 2 * chance;
  }

  @Test
  void shouldCallASplitWrongThatIsMuchOff() {
    assertThat(chanceOfAsFar(ANSWERS / 10, 0.10)).isGreaterThan(0.5);
    assertThat(chanceOfAsFar(ANSWERS * 15 / 100, 0.10)).isLessThan(FALSE_ALARM_MAX);
    assertThat(chanceOfAsFar(ANSWERS * 5 / 100, 0.10)).isLessThan(FALSE_ALARM_MAX);
  }
}
