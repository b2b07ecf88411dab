package dev.cutover.orchestrator.outbound;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Event;
import dev.cutover.contract.Failure;
import dev.cutover.contract.HttpCall;
import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeChannel;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.OutboundCommand;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.runtime.Work;
import dev.cutover.testkit.InMemoryLog;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Servers outside, the service, and orders to it. */
final class Outside implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-12-01T01:00:00Z");
  static final CutoverId SHOP = new CutoverId("shop");
  static final String SECRET = "s3cr3t-value";

  final WireMockServer server =
      new WireMockServer(WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());
  final Vertx vertx = Vertx.vertx();
  final Topics topics = new Topics("test", 1, 1, 1);
  final InMemoryLog log =
      new InMemoryLog(topics, () -> NOW, new Random(1), InMemoryLog.Faults.NONE);
  private final OutboundService service;

  Outside() {
    this(Optional.empty());
  }

  Outside(Optional<OutboundConfig.Mail> mail) {
    server.start();
    Map<String, String> credentials =
        Map.of(
            "ticket.http.user", "cutover",
            "ticket.http.password", SECRET,
            "token.http.user", "bearer",
            "token.http.password", SECRET,
            "hook.webhook.password", SECRET,
            "team.slack.password", url() + "/services/" + SECRET,
            "page.statuspage.password", SECRET,
            "duty.pagerduty.password", SECRET,
            "relay.smtp.user", "cutover",
            "relay.smtp.password", SECRET);
    service =
        new OutboundService(
            new OutboundConfig(
                new AllowedHosts(List.of("127.0.0.1:" + server.port())),
                Set.of("team.workers"),
                Credentials.of(credentials),
                mail,
                Optional.empty()),
            vertx,
            new Wire(topics),
            log.join("outbound"));
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  Event handle(OutboundCommand command) throws InterruptedException {
    return service.handle(
        command,
        new Work() {
          @Override
          public void publish(Event event) {
            throw new AssertionError("nothing is said beside the answer");
          }

          @Override
          public boolean rehearsal() {
            return false;
          }

          @Override
          public InstantSource clock() {
            return () -> NOW;
          }
        });
  }

  Failure failure(OutboundCommand command) throws InterruptedException {
    Event answer = handle(command);
    if (answer instanceof StepFailed failed) {
      return failed.failure();
    }
    throw new AssertionError("Expected a failure, but got " + answer);
  }

  static CommandHeader header(int attempt, Duration left) {
    return new CommandHeader(new StepRef(SHOP, "ticket", attempt), 40, NOW.plus(left));
  }

  static OutboundCommand.CallHttp call(HttpCall call, int attempt) {
    return new OutboundCommand.CallHttp(
        header(attempt, Duration.ofSeconds(30)), "ticket", call, false);
  }

  static OutboundCommand.DeliverNotice order(Notice notice, NoticeChannel channel) {
    return new OutboundCommand.DeliverNotice(header(1, Duration.ofSeconds(30)), notice, channel);
  }

  static Notice notice(NoticeKind kind, String occasion) {
    return new Notice(
        "shop/%s/stakeholders".formatted(occasion),
        "shop/1/stakeholders",
        kind,
        "Shop moves: " + occasion,
        "First line with <b> & \"quotes\".\nSecond line.\n\nStatus: https://status.example.com/x.\n",
        Optional.of(NOW.plusSeconds(3600)),
        Optional.of(NOW.plusSeconds(7200)),
        false);
  }

  @Override
  public void close() {
    service.close();
    server.stop();
    vertx.close();
  }
}
