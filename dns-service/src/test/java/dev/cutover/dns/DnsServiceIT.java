package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.DnsReply.ViewVerified;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Message;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.contract.UndecodableException;
import dev.cutover.dns.cloudflare.CloudflareServer;
import dev.cutover.dns.cloudflare.CloudflareServer.Right;
import dev.cutover.dns.cloudflare.CloudflareZone;
import dev.cutover.dns.cloudflare.ZoneRules;
import dev.cutover.dns.elb.ElbServer;
import dev.cutover.dns.route53.HostedZone;
import dev.cutover.dns.route53.Route53Server;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.ServiceRuntime;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.KafkaBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The service as it runs in production: orders come and answers go through Kafka only. */
class DnsServiceIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final String ZONE_ID = "1".repeat(32);
  private static final String ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";
  private static final String LISTENER = ELB + "listener/app/web/0/1";
  private static final String GROUP = ELB + "targetgroup/blue/0";

  private final List<Message> events = new CopyOnWriteArrayList<>();

  @Test
  void shouldAnswerOrdersThroughKafka(@TempDir Path directory) throws Exception {
    // given
    Topics topics = KAFKA.topics(2);
    Wire wire = new Wire(topics);
    Path credentials =
        Files.writeString(
            directory.resolve("dns.properties"),
            """
            good.tsig.user=%s
            good.tsig.password=%s
            good.route53.user=GOOD
            good.route53.password=secret
            good.cloudflare.password=secret
            good.elb.user=GOOD
            good.elb.password=secret
            """
                .formatted(Authorities.KEY_NAME, Authorities.KEY_SECRET));
    Route53Server hosted =
        new Route53Server("Z1TEST", Authorities.ZONE, HostedZone.initial(), (_, _) -> {});
    CloudflareServer cloudflare =
        new CloudflareServer(
            ZONE_ID,
            "shop.example",
            new ZoneRules("shop.example", 60, 3500),
            CloudflareZone.initial(),
            (_, _) -> {});
    cloudflare.token("secret", "ana", Right.DNS_WRITE);
    ElbServer elb = new ElbServer("eu-west-1", (_, _) -> {});
    elb.group(GROUP, "HTTP", "healthy");
    elb.forward(
        LISTENER, "HTTP", new ObjectMapper().createObjectNode(), ElbServer.forwardTo(GROUP));
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("KAFKA_BOOTSTRAP_SERVERS", KAFKA.bootstrapServers()),
            Map.entry("TOPICS_PREFIX", topics.prefix()),
            Map.entry("TOPICS_PARTITIONS", "2"),
            Map.entry("TOPICS_REPLICAS", "1"),
            Map.entry("TOPICS_CHANGE_SLOTS", "2"),
            Map.entry("CUTOVER_DNS_CREDENTIALS", credentials.toString()),
            Map.entry("CUTOVER_DNS_ALLOWED_ZONES", Authorities.ZONE),
            Map.entry("CUTOVER_DNS_ALLOWED_SERVERS", "127.0.0.1"),
            Map.entry("CUTOVER_DNS_ALLOWED_HOSTED_ZONES", "Z1TEST"),
            Map.entry("CUTOVER_DNS_ROUTE53_ENDPOINT", hosted.endpoint().toString()),
            Map.entry("CUTOVER_DNS_ALLOWED_CLOUDFLARE_ZONES", ZONE_ID),
            Map.entry("CUTOVER_DNS_CLOUDFLARE_ENDPOINT", cloudflare.endpoint().toString()),
            Map.entry("CUTOVER_DNS_ALLOWED_LISTENERS", LISTENER),
            Map.entry("CUTOVER_DNS_ELB_ENDPOINT", elb.endpoint().toString()));
    try (hosted;
        cloudflare;
        elb;
        Authorities authorities = new BindAuthorities(directory);
        ServiceRuntime service = Main.start(environment);
        ServiceRuntime corporate = Main.start(at("corporate", environment));
        KafkaLog log = KafkaLog.writer(KAFKA.settings());
        TopicFollower follower =
            TopicFollower.start(
                KAFKA.settings(), List.of(topics.events()), true, r -> seen(wire, r))) {
      // when
      log.publish(wire.outgoing(order(authorities.primary(), "capture"))).join();
      log.publish(wire.outgoing(order(new ServerAddress("10.6.6.6", 53), "elsewhere"))).join();
      log.publish(
              wire.outgoing(
                  order(new Route53("Z1TEST", "good"), authorities.primary(), "capture-route53")))
          .join();
      log.publish(
              wire.outgoing(
                  order(
                      new Cloudflare(ZONE_ID, "good", Optional.empty()),
                      authorities.primary(),
                      "capture-cloudflare")))
          .join();
      log.publish(
              wire.outgoing(
                  order(
                      SwitchSpec.ofTargetGroups(
                          "good",
                          List.of(LISTENER),
                          List.of(GROUP),
                          List.of(GROUP.replace("blue", "green"))),
                      "capture-target-groups")))
          .join();
      log.publish(wire.outgoing(viewed(authorities.primary(), "corporate"))).join();
      log.publish(wire.outgoing(viewed(authorities.primary(), "nowhere"))).join();
      // then
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                assertThat(events)
                    .filteredOn(RecordsCaptured.class::isInstance)
                    .map(event -> (RecordsCaptured) event)
                    .extracting(captured -> captured.step().step() + " " + captured.ttlSeconds())
                    .containsExactlyInAnyOrder(
                        "capture 300",
                        "capture-route53 300",
                        "capture-cloudflare 300",
                        "capture-target-groups 0");
                assertThat(events)
                    .anySatisfy(
                        event ->
                            assertThat(event)
                                .isInstanceOfSatisfying(
                                    StepFailed.class,
                                    f ->
                                        assertThat(f.failure().kind())
                                            .isEqualTo(FailureKind.REFUSED)));
                // each order has one answer: by the instance of that vantage point, or by nobody
                assertThat(events)
                    .filteredOn(ViewVerified.class::isInstance)
                    .map(event -> ((ViewVerified) event).vantage())
                    .containsExactly("corporate");
              });
      assertThat(service.ready()).isTrue();
      assertThat(corporate.ready()).isTrue();
      assertThat(events)
          .filteredOn(StepFailed.class::isInstance)
          .map(event -> ((StepFailed) event).step().step())
          .containsExactly("elsewhere");
      assertThat(follower.caughtUp()).isNotCompletedExceptionally();
    }
  }

  private static Map<String, String> at(String vantage, Map<String, String> environment) {
    Map<String, String> there = new HashMap<>(environment);
    there.put("CUTOVER_DNS_VANTAGE", vantage);
    return there;
  }

  private static Envelope<DnsCommand> viewed(ServerAddress primary, String vantage) {
    DnsCommand.CaptureRecords like =
        (DnsCommand.CaptureRecords) order(primary, "verify-view-" + vantage).message();
    return new Envelope<>(
        vantage,
        "/cutover/test",
        Instant.now(),
        "",
        1,
        false,
        new DnsCommand.VerifyView(
            like.header(),
            like.spec().withLoweredTtlSeconds(300),
            Side.SOURCE,
            "private",
            vantage));
  }

  private void seen(Wire wire, Received received) {
    try {
      events.add(wire.envelope(received).message());
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }

  private static Envelope<DnsCommand> order(ServerAddress primary, String step) {
    return order(new Rfc2136(primary, "good"), primary, step);
  }

  private static Envelope<DnsCommand> order(
      SwitchProvider provider, ServerAddress authority, String step) {
    String name = "n0." + Authorities.ZONE;
    SwitchedName names =
        new SwitchedName(
            name,
            List.of(
                new RecordSet(name, RecordType.A, 0, List.of("10.0.0.1", "10.0.0.2")),
                new RecordSet(name, RecordType.AAAA, 0, List.of("2001:db8::1")),
                new RecordSet(name, RecordType.HTTPS, 0, List.of("1 . alpn=h2"))),
            List.of(new RecordSet(name, RecordType.A, 0, List.of("10.1.0.1"))));
    return order(
        new SwitchSpec(
            Authorities.ZONE, provider, List.of(names), List.of(authority), List.of(), 60),
        step);
  }

  private static Envelope<DnsCommand> order(SwitchSpec spec, String step) {
    CommandHeader header =
        new CommandHeader(
            new StepRef(new CutoverId("over-kafka"), step, 1),
            1,
            Instant.now().plus(Duration.ofSeconds(20)));
    return new Envelope<>(
        step,
        "/cutover/test",
        Instant.now(),
        "",
        1,
        false,
        new DnsCommand.CaptureRecords(header, spec));
  }
}
