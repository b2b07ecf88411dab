package dev.cutover.dns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsCommand.RestoreTtl;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsCommand.VerifySplit;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.DnsReply.SplitVerified;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.DnsReply.TtlRestored;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.SplitJudge;
import dev.cutover.dns.elb.Caller;
import dev.cutover.dns.haproxy.HaProxyProcess;
import dev.cutover.dns.haproxy.NamedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the port promises, kept at a listener and at a rule of another one. What the double of AWS's
 * API has stored is what two real HAProxies share users' requests out by.
 */
class ElbSwitchIT extends ElbSwitchFixture {
  /** A sound balancer is told so once in a thousand million counts. */
  private static final double UNLIKELY = 1e-9;

  @TempDir private static Path directory;
  private static NamedServer blue;
  private static NamedServer green;
  private static HaProxyProcess listener;
  private static HaProxyProcess rule;

  ElbSwitchIT() throws IOException {}

  @BeforeAll
  static void startBalancers() throws IOException {
    blue = new NamedServer("blue");
    green = new NamedServer("green");
    String backend = "backend web\n  balance roundrobin\n" + blue.line("") + green.line("");
    listener = new HaProxyProcess(directory, backend);
    rule = new HaProxyProcess(directory, backend);
  }

  @AfterAll
  static void stopBalancers() {
    listener.close();
    rule.close();
    blue.close();
    green.close();
  }

  @Override
  void served(String arn, Map<String, Integer> weights) {
    if (!arn.equals(HTTP) && !arn.equals(RULE)) {
      return;
    }
    try {
      (arn.equals(HTTP) ? listener : rule)
          .command(
              "set weight web/blue %d; set weight web/green %d"
                  .formatted(weights.getOrDefault(BLUE, 0), weights.getOrDefault(GREEN, 0)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- the way there

  @Test
  void shouldStageWithoutChangingAnAction() throws Exception {
    // given
    JsonNode actions = server.actions(RULE);
    // when
    Reply captured = handle(new CaptureRecords(header(9), spec));
    Reply staged = handle(new StageSwitch(header(10), spec, spec.at(0)));
    Reply again = handle(new StageSwitch(header(10), spec, spec.at(0)));
    Reply read = handle(new ReadSwitch(header(12), spec));
    // then
    assertThat(captured)
        .isInstanceOfSatisfying(
            RecordsCaptured.class,
            c -> {
              assertThat(c.records()).isEqualTo(spec.at(0));
              assertThat(c.ttlSeconds()).isZero();
            });
    assertThat(staged).isInstanceOf(SwitchStaged.class).isEqualTo(again);
    assertThat(((SwitchStaged) staged).forward()).contains(HTTP, RULE, "epoch=<of the shift>");
    assertThat(server.actions(RULE)).isEqualTo(actions);
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE);
    assertThat(read)
        .isInstanceOfSatisfying(
            SwitchRead.class,
            r -> {
              assertThat(r.stagedRevertValid()).as(r.detail()).isTrue();
              assertThat(r.served()).isEqualTo(ServedSide.SOURCE);
              assertThat(r.servers()).hasSize(1).allMatch(s -> s.error().isEmpty());
              assertThat(r.marks())
                  .hasSize(2)
                  .allMatch(mark -> mark.text().equals("\"epoch=10 cutover=balanced\""));
            });
    assertThat(listener.requests(20)).containsOnlyKeys("blue");
  }

  @Test
  void shouldPutTheTargetThereAtWeightZeroOnceAndTouchNothingElse() throws Exception {
    // given
    stage();
    JsonNode properties = server.properties(RULE).deepCopy();
    // when
    Reply lowered = handle(new LowerTtl(header(11), spec, spec.at(0)));
    int made = server.accepted();
    Reply again = handle(new LowerTtl(header(11), spec, spec.at(0)));
    // then
    assertThat(lowered)
        .isInstanceOfSatisfying(
            TtlLowered.class, l -> assertThat(l.ttlSeconds() + l.oldTtlSeconds()).isZero());
    assertThat(again).isInstanceOf(TtlLowered.class);
    assertThat(server.accepted()).isEqualTo(made);
    assertUntouched();
    assertThat(server.properties(RULE)).isEqualTo(properties);
    assertThat(rule.requests(20)).containsOnlyKeys("blue");
  }

  @Test
  void shouldKeepAuthenticationItsSecretAndTheOrderOfActions() {
    // given
    ObjectNode oidc =
        (ObjectNode) json(AUTHENTICATED.formatted(BLUE)).path(0).path("AuthenticateOidcConfig");
    prepared();
    // when
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    JsonNode shifted = server.actions(RULE);
    handle(new RevertTraffic(header(30), spec));
    JsonNode reverted = server.actions(RULE);
    // then
    for (JsonNode actions : List.of(shifted, reverted)) {
      assertThat(actions).hasSize(2);
      assertThat(actions.path(0).path("Type").asText()).isEqualTo("authenticate-oidc");
      assertThat(actions.path(0).path("AuthenticateOidcConfig")).isEqualTo(oidc);
      assertThat(actions.path(1).path("Order").asText()).isEqualTo("2");
    }
  }

  @Test
  void shouldShareOutByEachWeightAndProveIt() throws Exception {
    // given
    prepared();
    long epoch = 10;
    for (int percent : List.of(10, 25, 50)) {
      // when
      Reply shifted = handle(new ShiftTraffic(header(epoch + 10), spec, epoch, percent));
      Reply again = handle(new ShiftTraffic(header(epoch + 10), spec, epoch, percent));
      Reply proven = handle(new VerifySplit(header(epoch + 11), spec, percent));
      // then
      assertThat(shifted).isInstanceOf(TrafficShifted.class);
      assertThat(again).isInstanceOf(TrafficShifted.class);
      assertThat(proven)
          .isInstanceOfSatisfying(
              SplitVerified.class, split -> assertThat(split.counts()).hasSize(2));
      for (HaProxyProcess front : List.of(listener, rule)) {
        Map<String, Integer> answered = front.requests(400);
        assertThat(SplitJudge.chanceOf(400, answered.getOrDefault("green", 0), percent / 100.0))
            .as("%s at %d %%", answered, percent)
            .isGreaterThan(UNLIKELY);
      }
      epoch += 10;
    }
  }

  @Test
  void shouldNotTakeAnotherShareForTheOneAskedFor() {
    // given
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    server.write(HTTP, forward(200, 1));
    // when
    Reply reply = handle(new VerifySplit(header(21, Duration.ofSeconds(3)), spec, 25));
    // then
    assertFailed(reply, FailureKind.TIMED_OUT, BLUE + " weight=200");
  }

  @Test
  void shouldTakeWeightsOfTheSameRatioForTheSame() {
    // given what somebody has written in other numbers, as high as they may be
    server.write(HTTP, forward(999, 0));
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    server.write(HTTP, forward(750, 250));
    // when, then
    assertThat(handle(new VerifySplit(header(21), spec, 25))).isInstanceOf(SplitVerified.class);
  }

  @Test
  void shouldMoveAllAndEnd() throws Exception {
    // given
    prepared();
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 100));
    Reply verified = handle(new VerifyTraffic(header(21), spec, Side.TARGET));
    Reply ended = handle(new RestoreTtl(header(40), spec, spec.at(0)));
    Reply again = handle(new RestoreTtl(header(40), spec, spec.at(0)));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(verified).isInstanceOf(TrafficVerified.class);
    assertThat(ended).isInstanceOf(TtlRestored.class).isEqualTo(again);
    assertThat(listener.requests(50)).containsOnlyKeys("green");
    assertThat(rule.requests(50)).containsOnlyKeys("green");
    assertThat(server.weights(HTTP)).isEqualTo("blue=0 green=1").isEqualTo(server.weights(RULE));
    assertThat(server.mark(RULE)).isEqualTo("epoch=40 cutover=balanced ended");
  }

  // ---- the way back

  @Test
  void shouldGoBackToAGoodShareAndThenToTheSource() throws Exception {
    // given
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    // when
    Reply less = handle(new ShiftTraffic(header(30), spec, 20, 10));
    String weights = server.weights(RULE);
    Reply reverted = handle(new RevertTraffic(header(40), spec));
    Reply again = handle(new RevertTraffic(header(40), spec));
    Reply verified = handle(new VerifyTraffic(header(41), spec, Side.SOURCE));
    // then
    assertThat(less).isInstanceOf(TrafficShifted.class);
    assertThat(weights).isEqualTo("blue=9 green=1");
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(again)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isFalse());
    assertThat(verified).isInstanceOf(TrafficVerified.class);
    assertThat(rule.requests(20)).containsOnlyKeys("blue");
  }

  @Test
  void shouldGoBackToASourceThatIsUnhealthy() {
    // given
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    server.group(BLUE, "HTTP", "unhealthy Target.FailedHealthChecks");
    // when
    Reply reply = handle(new RevertTraffic(header(30), spec));
    // then
    assertThat(reply).isInstanceOf(TrafficReverted.class);
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE);
  }

  @Test
  void shouldGoBackOverWhateverIsThere() {
    // given a page in place of the service, and stickiness that holds users on the target
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    server.write(
        RULE,
        json(
            "[{\"Type\": \"fixed-response\", \"FixedResponseConfig\": {\"StatusCode\": \"503\"}}]"));
    server.write(HTTP, sticky(0, 1));
    // when
    Reply reply = handle(new RevertTraffic(header(30), spec));
    // then
    assertThat(reply).isInstanceOf(TrafficReverted.class);
    assertThat(server.weights(RULE)).isEqualTo(SOURCE);
    assertThat(server.weights(HTTP)).as("no group that a cookie could hold to").isEqualTo("blue=1");
  }

  @Test
  void shouldRevertByTheStagedTextAlone() throws Exception {
    // given
    SwitchStaged staged = prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    // when
    String said = run(staged.revert());
    // then
    assertThat(said).contains(HTTP, RULE, BLUE + "\t1", GREEN + "\t0", "the weights are written");
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE).isEqualTo(server.weights(RULE));
    assertThat(
            server
                .actions(RULE)
                .path(0)
                .path("AuthenticateOidcConfig")
                .path("ClientSecret")
                .asText())
        .isEqualTo("never-told");
    assertThat(server.actions(RULE).path(1).path("Order").asText()).isEqualTo("2");
    assertThat(listener.requests(20)).containsOnlyKeys("blue");
    assertFailed(
        handle(new ShiftTraffic(header(30), spec, 20, 50)), FailureKind.MANUAL, "a person");
    // and the mark of a person is lifted, and no other
    server.mark(RULE, "epoch=31 cutover=balanced");
    assertThat(run(staged.liftMark())).contains(HTTP + ": lifted", RULE + ": left alone");
    assertThat(server.mark(HTTP)).isEmpty();
    assertThat(server.mark(RULE)).isEqualTo("epoch=31 cutover=balanced");
    assertThat(handle(new RevertTraffic(header(40), spec))).isInstanceOf(TrafficReverted.class);
  }

  @Test
  void shouldRevertByHandWhomItReachesWhateverIsThere() throws Exception {
    // given
    SwitchStaged staged = prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    server.write(HTTP, sticky(0, 1));
    server.delete(RULE);
    Path script =
        Files.writeString(Files.createTempFile(directory, "revert", ".sh"), staged.revert());
    // when
    Process process = start(script);
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    // then
    assertThat(process.waitFor()).as(said).isEqualTo(1);
    assertThat(said).contains("RuleNotFound", "1 of them could not be changed");
    assertThat(server.weights(HTTP)).isEqualTo("blue=1");
    assertThat(server.mark(HTTP)).isEqualTo("manual");
  }

  private String run(String script) throws Exception {
    Path file = Files.writeString(Files.createTempFile(directory, "script", ".sh"), script);
    Process process = start(file);
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  private Process start(Path script) throws IOException {
    Installed.require("aws", "awscli");
    Installed.require("jq", "jq");
    ProcessBuilder bash = new ProcessBuilder("bash", script.toString()).redirectErrorStream(true);
    bash.environment()
        .putAll(
            Map.of(
                "ELB_ENDPOINT",
                server.endpoint().toString(),
                "AWS_ACCESS_KEY_ID",
                Caller.GOOD,
                "AWS_SECRET_ACCESS_KEY",
                SECRET));
    return bash.start();
  }

  // ---- watching

  @Test
  void shouldSeeThatSomebodyElseHasWritten() {
    // given
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    handle(new WatchRecords(header(21), spec, 20, spec.served(25), List.of()));
    RecordsObserved before = awaitSeen(Verdict.AS_EXPECTED, 20);
    // when
    server.write(HTTP, forward(1, 1));
    RecordsObserved drifted = awaitSeen(Verdict.DRIFTED, 20);
    // then
    assertThat(before.stagedRevertValid()).as(before.detail()).isTrue();
    assertThat(drifted.drifts()).hasSize(1);
    assertThat(drifted.drifts().getFirst().found().values())
        .containsExactly(BLUE + " weight=1", GREEN + " weight=1");
  }

  @Test
  void shouldSeeThatSomebodyHasRemovedTheMarkAndRevertAllTheSame() {
    // given
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    server.mark(RULE, "");
    // when
    Reply read = handle(new ReadSwitch(header(21), spec));
    Reply shifted = handle(new ShiftTraffic(header(30), spec, 20, 25));
    Reply reverted = handle(new RevertTraffic(header(40), spec));
    // then
    assertThat(((SwitchRead) read).stagedRevertValid()).isFalse();
    assertFailed(shifted, FailureKind.CONFLICT, "somebody has removed tag cutover:mark");
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertThat(server.mark(RULE)).isEqualTo("epoch=40 cutover=balanced");
  }

  // ---- a Network Load Balancer

  @Test
  void shouldMoveTheConnectionsOfANetworkLoadBalancer() {
    // given
    SwitchSpec network = spec("good", List.of(NETWORK));
    server.group(BLUE, "TCP", "healthy");
    server.group(GREEN, "TCP", "healthy");
    server.forward(
        NETWORK,
        "TCP",
        object("{\"Port\": \"443\"}"),
        json("[{\"Type\": \"forward\", \"TargetGroupArn\": \"%s\"}]".formatted(BLUE)));
    // when
    handle(new StageSwitch(header(10), network, network.at(0)));
    handle(new LowerTtl(header(11), network, network.at(0)));
    Reply shifted = handle(new ShiftTraffic(header(20), network, 10, 10));
    String weights = server.weights(NETWORK);
    Reply reverted = handle(new RevertTraffic(header(30), network));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(weights).isEqualTo("blue=9 green=1");
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertThat(server.weights(NETWORK)).isEqualTo(SOURCE);
  }
}
