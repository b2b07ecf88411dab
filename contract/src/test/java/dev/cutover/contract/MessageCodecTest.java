package dev.cutover.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.testkit.SampleMessages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MessageCodecTest {
  private static final MessageType FAILED = MessageType.of(SampleMessages.of(StepFailed.class));

  private final MessageCodec codec = new MessageCodec();

  private byte[] failed(String failure) {
    return "{\"step\":{\"cutover\":\"shop\",\"step\":\"s\",\"attempt\":1},\"failure\":%s}"
        .formatted(failure)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void shouldSayWhichFieldIsMissingUnknownOrOfAnotherKind() {
    assertThatThrownBy(
            () -> codec.message(FAILED, failed("{\"kind\":\"REFUSED\",\"reason\":\"r\"}")))
        .isInstanceOf(UndecodableException.class)
        .hasMessageContaining("Expected a reply.step-failed.v1")
        .hasMessageContaining("retryable");
    assertThatThrownBy(
            () ->
                codec.message(
                    FAILED,
                    failed(
                        "{\"kind\":\"REFUSED\",\"reason\":\"r\",\"retryable\":true,\"more\":1}")))
        .hasMessageContaining("more");
    assertThatThrownBy(
            () ->
                codec.message(
                    FAILED, failed("{\"kind\":\"ODD\",\"reason\":\"r\",\"retryable\":true}")))
        .hasMessageContaining("ODD");
    assertThatThrownBy(
            () ->
                codec.message(
                    FAILED, failed("{\"kind\":\"REFUSED\",\"reason\":null,\"retryable\":true}")))
        .hasMessageContaining("reason");
    assertThatThrownBy(
            () ->
                codec.message(
                    FAILED,
                    failed("{\"kind\":\"REFUSED\",\"reason\":\"r\",\"retryable\":\"yes\"}")))
        .isInstanceOf(UndecodableException.class);
    assertThatThrownBy(() -> codec.message(FAILED, "not json".getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("as JSON");
    assertThatThrownBy(() -> codec.message(FAILED, new byte[0]))
        .isInstanceOf(UndecodableException.class);
    assertThatThrownBy(
            () ->
                codec.message(
                    FAILED,
                    "{\"step\":{\"cutover\":\"Shop!\",\"step\":\"s\",\"attempt\":1}}"
                        .getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("Expected a cutover id");
  }

  @Test
  void shouldReadAndWriteAnOlderMessageToTheByteWhenItLacksALaterField() throws Exception {
    // given
    MonitorCommand.WatchHealth with = SampleMessages.of(MonitorCommand.WatchHealth.class);
    MonitorCommand.WatchHealth without = with.laterBy(Duration.ofDays(1));
    MessageType type = MessageType.of(with);

    // when
    String newer = new String(codec.data(with), StandardCharsets.UTF_8);
    String older = newer.replaceFirst(",\"warmUp\":\\{[^}]*}", "");

    // then
    assertThat(older).isNotEqualTo(newer);
    assertThat(codec.message(type, older.getBytes(StandardCharsets.UTF_8))).isEqualTo(without);
    assertThat(new String(codec.data(without), StandardCharsets.UTF_8)).isEqualTo(older);
    assertThat(codec.message(type, newer.getBytes(StandardCharsets.UTF_8))).isEqualTo(with);
  }

  @Test
  void shouldSayByWhatRowsComeAndHowMuchLogMayBeKeptOnlyWhereAPlanDoes() throws Exception {
    // given
    SyncCommand.RenderSql plain = SampleMessages.of(SyncCommand.RenderSql.class);
    ReplicationSpec spec = plain.spec();
    SyncCommand.RenderSql some =
        new SyncCommand.RenderSql(
            plain.header(),
            new ReplicationSpec(
                spec.name(),
                spec.source(),
                spec.target(),
                spec.tables(),
                spec.endBlockers(),
                spec.sequenceMargin(),
                Optional.empty(),
                Optional.of(ForwardMode.NATIVE),
                Optional.of(1L << 36)));

    // when, then
    assertThat(new String(codec.data(some), StandardCharsets.UTF_8))
        .endsWith(",\"forward\":\"NATIVE\",\"maxRetainedBytes\":68719476736}}");
    assertThat(codec.message(MessageType.of(some), codec.data(some))).isEqualTo(some);
    assertThat(new String(codec.data(plain), StandardCharsets.UTF_8))
        .doesNotContain("forward", "maxRetainedBytes", "external");
  }

  @Test
  void shouldCarryWhatToolBringsTheRowsOnlyWhereThereIsOne() throws Exception {
    // given
    SyncCommand.RenderSql plain = SampleMessages.of(SyncCommand.RenderSql.class);
    SyncCommand.RenderSql some =
        new SyncCommand.RenderSql(
            plain.header(),
            plain
                .spec()
                .by(
                    new ExternalForward(
                        "pgcopydb",
                        new ExternalForward.CaughtUp(Side.TARGET, "SELECT true", "t"))));

    // when, then
    assertThat(new String(codec.data(some), StandardCharsets.UTF_8))
        .endsWith(
            ",\"forward\":\"EXTERNAL\",\"external\":{\"origin\":\"pgcopydb\",\"caughtUp\":{\"side\":\"TARGET\",\"query\":\"SELECT true\",\"expect\":\"t\"}}}}");
    assertThat(codec.message(MessageType.of(some), codec.data(some))).isEqualTo(some);
  }

  @Test
  void shouldNameWhomAFenceDoesNotReachOnlyWhereThereIsSomebody() throws Exception {
    // given
    SyncReply.ReplicationPrepared all = SampleMessages.of(SyncReply.ReplicationPrepared.class);
    SyncReply.ReplicationPrepared some =
        new SyncReply.ReplicationPrepared(
            all.step(),
            all.warnings(),
            all.refetchedColumns(),
            Optional.of(new FenceLimits(List.of("shop"), List.of())));
    SyncReply.TargetFenced reached = SampleMessages.of(SyncReply.TargetFenced.class);
    SyncReply.TargetFenced unreached =
        new SyncReply.TargetFenced(
            reached.step(),
            reached.fencedAt(),
            reached.fenceMs(),
            reached.marker(),
            Optional.of(List.of("shop")));

    // when, then
    assertThat(new String(codec.data(some), StandardCharsets.UTF_8))
        .endsWith(",\"limits\":{\"source\":[\"shop\"],\"target\":[]}}");
    assertThat(codec.message(MessageType.of(some), codec.data(some))).isEqualTo(some);
    assertThat(new String(codec.data(unreached), StandardCharsets.UTF_8))
        .endsWith(",\"unreached\":[\"shop\"]}");
    assertThat(codec.message(MessageType.of(unreached), codec.data(unreached)))
        .isEqualTo(unreached);
  }

  @Test
  void shouldLeaveOutWhoKeepsARecordWhereNobodyElseDoes() throws Exception {
    // given
    CaptureRecords without = SampleMessages.of(CaptureRecords.class);
    SwitchedName name = without.spec().names().getFirst();
    CaptureRecords with =
        new CaptureRecords(
            without.header(),
            without
                .spec()
                .withNames(
                    List.of(
                        new SwitchedName(
                            name.name(),
                            name.source(),
                            name.target(),
                            Optional.of(ManagedBy.paused(Keeper.OCTODNS, "pause-octodns"))))),
            Optional.of(Instant.parse("2026-12-05T10:00:00Z")));
    RecordsCaptured unmarked = SampleMessages.of(RecordsCaptured.class);
    RecordsCaptured marked =
        new RecordsCaptured(
            unmarked.step(),
            unmarked.records(),
            unmarked.ttlSeconds(),
            Optional.of(marked()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    // when, then
    for (Message message : List.of(with, without, marked, unmarked)) {
      assertThat(codec.message(MessageType.of(message), codec.data(message))).isEqualTo(message);
    }
    assertThat(new String(codec.data(with), StandardCharsets.UTF_8))
        .contains(",\"managedBy\":{\"tool\":\"OCTODNS\",\"pausedBy\":\"pause-octodns\"}");
    assertThat(new String(codec.data(without), StandardCharsets.UTF_8))
        .doesNotContain("managedBy", "signedUntil");
    assertThat(new String(codec.data(unmarked), StandardCharsets.UTF_8)).doesNotContain("keepers");
  }

  private static List<KeeperMark> marked() {
    return List.of(new KeeperMark("a.b.", Keeper.OCTODNS, "octodns-meta.b.", "", "", true));
  }

  @Test
  void shouldLeaveOutWhatAProofAsksForWhereAuthoritiesSuffice() throws Exception {
    // given
    CaptureRecords without = SampleMessages.of(CaptureRecords.class);
    ServerAddress resolver = new ServerAddress("10.0.0.53", 53);
    CaptureRecords with =
        new CaptureRecords(
            without.header(),
            without
                .spec()
                .withProof(
                    new SwitchProof(
                        List.of(new SwitchProof.ResolverClass("corporate", List.of(resolver), 75)),
                        true,
                        List.of()))
                .withViews(List.of(new SwitchView("private", "corporate", without.spec()))));
    CaptureRecords renewed =
        new CaptureRecords(
            without.header(),
            without
                .spec()
                .withProof(new SwitchProof(List.of(), false, List.of(), Optional.of(false))));
    TrafficVerified plain = SampleMessages.of(TrafficVerified.class);
    TrafficVerified counted =
        new TrafficVerified(
            plain.step(),
            plain.side(),
            plain.lastAuthorityAt(),
            plain.ttlSeconds(),
            plain.servers(),
            Optional.of(List.of(new DnsReply.ClassCount("corporate", 3, 4, 1, 75))));
    RecordsCaptured captured = SampleMessages.of(RecordsCaptured.class);
    RecordsCaptured delegated =
        new RecordsCaptured(
            captured.step(),
            captured.records(),
            captured.ttlSeconds(),
            Optional.empty(),
            Optional.of(new DnsReply.Delegation(DnsReply.Delegation.Standing.UNSEEN, "no parent")),
            Optional.of(List.of(new ViewRecords("private", captured.records()))),
            Optional.of(
                List.of(
                    new ViewLook(
                        "private", marked(), Optional.empty(), Optional.of("not signed")))),
            Optional.of("signed"));

    DnsCommand.WatchRecords watch = SampleMessages.of(DnsCommand.WatchRecords.class);
    DnsCommand.WatchRecords viewed =
        new DnsCommand.WatchRecords(
            watch.header(),
            watch.spec(),
            watch.markEpoch(),
            watch.expected(),
            watch.before(),
            Optional.of(
                List.of(new DnsCommand.WatchedView("private", watch.expected(), watch.before()))));
    DnsReply.SwitchRead read = SampleMessages.of(DnsReply.SwitchRead.class);
    DnsReply.SwitchRead readViews =
        new DnsReply.SwitchRead(
            read.step(),
            read.servers(),
            read.marks(),
            read.served(),
            read.stagedRevertValid(),
            read.detail(),
            Optional.of(
                List.of(
                    new ViewRead(
                        "private", read.servers(), read.marks(), read.served(), true, ""))));

    RecordsObserved observed = SampleMessages.of(RecordsObserved.class);
    RecordsObserved traced =
        new RecordsObserved(
                observed.cutover(),
                observed.epoch(),
                observed.observedAt(),
                observed.verdict(),
                observed.markEpoch(),
                observed.served(),
                observed.drifts().stream()
                    .map(drift -> drift.ofView("private").holding(Optional.of(Side.SOURCE)))
                    .toList(),
                observed.unreachable(),
                true,
                "")
            .with(
                List.of(
                    new RecordsObserved.ChangedBy(
                        "shop.example.org.",
                        Optional.of("private"),
                        Optional.of("zoe"),
                        Optional.empty(),
                        Optional.empty(),
                        "audit log")));

    // when, then
    for (Message message :
        List.of(
            with, without, renewed, plain, counted, captured, delegated, watch, viewed, read,
            readViews, observed, traced)) {
      assertThat(codec.message(MessageType.of(message), codec.data(message))).isEqualTo(message);
    }
    assertThat(new String(codec.data(with), StandardCharsets.UTF_8))
        .contains(
            ",\"proof\":{\"classes\":[{\"name\":\"corporate\",\"servers\":[{\"host\":\"10.0.0.53\",\"port\":53}],\"quorumPercent\":75}],\"parentRequired\":true,\"parents\":[]},\"views\":[{\"name\":\"private\",\"vantage\":\"corporate\",\"spec\":{\"zone\":");
    for (Message message : List.of(without, plain, captured, watch, read)) {
      assertThat(new String(codec.data(message), StandardCharsets.UTF_8))
          .doesNotContain("proof", "classes", "delegation", "views", "looks");
    }
  }

  @Test
  void shouldStayStrictWhereALaterFieldMayBeMissing() {
    // given
    MonitorCommand.WatchHealth message = SampleMessages.of(MonitorCommand.WatchHealth.class);
    MessageType type = MessageType.of(message);
    String newer = new String(codec.data(message), StandardCharsets.UTF_8);

    // when, then
    for (String change :
        List.of(
            "\"warmUp\" -> \"warmup\"",
            "\"span\":\"PT30S\", -> ",
            "\"PT30S\" -> \"PT0S\"",
            "\"PT30S\" -> null",
            "\"tickMs\":200, -> ")) {
      String[] parts = change.split(" -> ", 2);
      String broken = newer.replace(parts[0], parts[1]);
      assertThat(broken).isNotEqualTo(newer);
      assertThatThrownBy(() -> codec.message(type, broken.getBytes(StandardCharsets.UTF_8)))
          .as(change)
          .isInstanceOf(UndecodableException.class);
    }
  }

  @Test
  void shouldSayWhichHeaderIsMissingOrUnknown() {
    // given
    StepFailed message = SampleMessages.of(StepFailed.class);
    Map<String, String> headers =
        new HashMap<>(
            codec.headers(new Envelope<>("1", "/s", Instant.EPOCH, "", 1, false, message)));

    // when
    headers.put("ce_type", "dns.teleport.v1");

    // then
    assertThatThrownBy(() -> codec.envelope(headers, codec.data(message)))
        .hasMessage("Expected a known ce_type, but it is 'dns.teleport.v1'");
    headers.remove("ce_type");
    assertThatThrownBy(() -> codec.envelope(headers, codec.data(message)))
        .hasMessage("Expected the header ce_type, but it is missing");
  }

  @Test
  void shouldReadBackWhatItWrote() throws UndecodableException {
    // given
    Envelope<StepFailed> envelope =
        new Envelope<>(
            "id-1",
            "/cutover/dns-service",
            Instant.parse("2026-11-22T10:00:00Z"),
            "cause-1",
            7,
            true,
            SampleMessages.of(StepFailed.class));

    // when
    Map<String, String> headers = codec.headers(envelope);

    // then
    assertThat(headers)
        .containsEntry("ce_type", "reply.step-failed.v1")
        .containsEntry("ce_correlationid", "shop")
        .containsEntry("ce_causationid", "cause-1")
        .containsEntry("content-type", "application/json");
    assertThat(codec.envelope(headers, codec.data(envelope.message()))).isEqualTo(envelope);
  }

  @Test
  void shouldReadAndWriteASwitchOfEachProvider() throws Exception {
    // given
    DnsCommand.CaptureRecords rfc2136 = SampleMessages.of(DnsCommand.CaptureRecords.class);
    SwitchSpec spec = rfc2136.spec();
    MessageType type = MessageType.of(rfc2136);
    Map<SwitchProvider, String> others =
        Map.of(
            new SwitchProvider.Route53("Z2FDTNDATAQYW2", "shop"),
            "\"route53\":{\"hostedZone\":\"Z2FDTNDATAQYW2\",\"profile\":\"shop\"},\"names\"",
            new SwitchProvider.Designate("paris", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"),
            "\"designate\":{\"cloud\":\"paris\",\"zoneId\":\"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\"},\"names\"");
    for (Map.Entry<SwitchProvider, String> provider : others.entrySet()) {
      DnsCommand.CaptureRecords other =
          new DnsCommand.CaptureRecords(
              rfc2136.header(),
              new SwitchSpec(
                  spec.zone(),
                  provider.getKey(),
                  spec.names(),
                  spec.authorities(),
                  spec.resolvers(),
                  spec.loweredTtlSeconds()));

      // when
      String text = new String(codec.data(other), StandardCharsets.UTF_8);

      // then
      assertThat(text).contains(provider.getValue()).doesNotContain("primary", "tsigKey");
      assertThat(codec.message(type, codec.data(other))).isEqualTo(other);
    }
    assertThat(new String(codec.data(rfc2136), StandardCharsets.UTF_8))
        .doesNotContain("route53", "designate", "haproxy", "cloudflare", "targetGroups");
  }

  @Test
  void shouldWriteABackendInPlaceOfAZonesProvider() throws Exception {
    // given
    DnsCommand.CaptureRecords plain = SampleMessages.of(DnsCommand.CaptureRecords.class);
    DnsCommand.CaptureRecords haproxy =
        new DnsCommand.CaptureRecords(
            plain.header(),
            SwitchSpec.ofBackend(
                "Web",
                List.of(new ServerAddress("10.0.0.1", 9999), new ServerAddress("10.0.0.2", 9999)),
                List.of("blue1"),
                List.of("green1")));
    MessageType type = MessageType.of(plain);

    // when
    String text = new String(codec.data(haproxy), StandardCharsets.UTF_8);

    // then
    assertThat(text)
        .contains(
            "\"haproxy\":{\"backend\":\"Web\",\"first\":{\"host\":\"10.0.0.1\",\"port\":9999}},\"names\"",
            "{\"name\":\"Web.\",\"type\":\"SERVER\",\"ttlSeconds\":0,\"values\":[\"green1\"]}")
        .doesNotContain("primary", "tsigKey", "route53", "designate");
    assertThat(codec.message(type, codec.data(haproxy))).isEqualTo(haproxy);
  }

  @Test
  void shouldWriteListenersInPlaceOfAZonesProvider() throws Exception {
    // given
    DnsCommand.CaptureRecords plain = SampleMessages.of(DnsCommand.CaptureRecords.class);
    String elb = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";
    DnsCommand.CaptureRecords listeners =
        new DnsCommand.CaptureRecords(
            plain.header(),
            SwitchSpec.ofTargetGroups(
                "shop",
                List.of(
                    elb + "listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2",
                    elb
                        + "listener-rule/app/web/50dc6c495c0c9188/0467ef3c8400ae65/9683b2d02a6cabee"),
                List.of(elb + "targetgroup/blue/73e2d6bc24d8a067"),
                List.of(elb + "targetgroup/green/09966783158cda59")));
    MessageType type = MessageType.of(plain);

    // when
    String text = new String(codec.data(listeners), StandardCharsets.UTF_8);

    // then
    assertThat(text)
        .contains(
            "\"targetGroups\":{\"region\":\"eu-west-1\",\"profile\":\"shop\"},\"names\"",
            "\"name\":\"arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2.\"",
            "{\"host\":\"elbv2.eu-west-1.shop\",\"port\":443}")
        .doesNotContain("primary", "tsigKey", "haproxy");
    assertThat(codec.message(type, codec.data(listeners))).isEqualTo(listeners);
    assertThat(SwitchProvider.TargetGroups.at(listeners.spec().authorities().getFirst()))
        .hasValue((SwitchProvider.TargetGroups) listeners.spec().provider());
    assertThat(SwitchProvider.TargetGroups.at(new ServerAddress("elb.example", 443))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2, listener",
    "listener/net/web/50dc6c495c0c9188/f2f7dc8efc522ab2, listener",
    "listener/gwy/web/50dc6c495c0c9188/f2f7dc8efc522ab2, nothing",
    "listener-rule/app/web/50dc6c495c0c9188/0467ef3c8400ae65/9683b2d02a6cabee, rule",
    "listener-rule/net/web/50dc6c495c0c9188/0467ef3c8400ae65/9683b2d02a6cabee, nothing",
    "targetgroup/blue/73e2d6bc24d8a067, group",
    "targetgroup/blue'; rm/73e2d6bc24d8a067, nothing",
    "loadbalancer/app/web/50dc6c495c0c9188, nothing",
  })
  void shouldTellWhatAnArnIsOf(String resource, String kind) {
    String arn = "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012:" + resource;
    assertThat(SwitchProvider.TargetGroups.isListener(arn)).isEqualTo(kind.equals("listener"));
    assertThat(SwitchProvider.TargetGroups.isRule(arn)).isEqualTo(kind.equals("rule"));
    assertThat(SwitchProvider.TargetGroups.isTargetGroup(arn)).isEqualTo(kind.equals("group"));
    assertThat(SwitchProvider.TargetGroups.placeOf(arn)).isEqualTo("us-gov-west-1/123456789012");
  }

  @Test
  void shouldWriteWeightsOnlyWhereThereAreAny() throws Exception {
    // given
    DnsCommand.CaptureRecords plain = SampleMessages.of(DnsCommand.CaptureRecords.class);
    DnsCommand.CaptureRecords weighted =
        new DnsCommand.CaptureRecords(plain.header(), plain.spec().withWeights());
    MessageType type = MessageType.of(plain);

    // then
    assertThat(new String(codec.data(plain), StandardCharsets.UTF_8)).doesNotContain("weighted");
    assertThat(new String(codec.data(weighted), StandardCharsets.UTF_8))
        .contains("\"weighted\":true");
    assertThat(codec.message(type, codec.data(weighted))).isEqualTo(weighted);
  }

  @Test
  void shouldReadAndWriteAZoneOfCloudflareWithOneTokenOrTwo() throws Exception {
    // given
    DnsCommand.CaptureRecords rfc2136 = SampleMessages.of(DnsCommand.CaptureRecords.class);
    SwitchSpec spec = rfc2136.spec();
    MessageType type = MessageType.of(rfc2136);
    for (Optional<String> second : List.of(Optional.<String>empty(), Optional.of("other"))) {
      DnsCommand.CaptureRecords cloudflare =
          new DnsCommand.CaptureRecords(
              rfc2136.header(),
              new SwitchSpec(
                  spec.zone(),
                  new SwitchProvider.Cloudflare("023e105f4ecef8ad9ca31a8372d0c353", "shop", second),
                  spec.names(),
                  spec.authorities(),
                  spec.resolvers(),
                  spec.loweredTtlSeconds()));
      // when
      String text = new String(codec.data(cloudflare), StandardCharsets.UTF_8);
      // then
      assertThat(text)
          .contains(
              "\"cloudflare\":{\"zoneId\":\"023e105f4ecef8ad9ca31a8372d0c353\",\"token\":\"shop\""
                  + second.map(",\"revertToken\":\"%s\"}"::formatted).orElse("}"))
          .doesNotContain("primary", "tsigKey", "route53");
      assertThat(codec.message(type, codec.data(cloudflare))).isEqualTo(cloudflare);
    }
  }

  @Test
  void shouldReadAndWriteHowAnEdgeIsAsked() throws Exception {
    // given
    DnsCommand.CaptureRecords plain = SampleMessages.of(DnsCommand.CaptureRecords.class);
    SwitchSpec spec = plain.spec();
    String id = "023e105f4ecef8ad9ca31a8372d0c353";
    EdgeProbe byHeader =
        new EdgeProbe(true, 443, "/version", Optional.of("x-side"), "blue", "green");
    EdgeProbe byBody = new EdgeProbe(false, 8080, "/?q", Optional.empty(), "blue", "green");
    SwitchSpec proxied =
        new SwitchSpec(
            spec.zone(),
            new SwitchProvider.Cloudflare(id, "shop", Optional.empty(), Optional.of(byHeader)),
            spec.names(),
            spec.authorities(),
            List.of(),
            0);
    SwitchSpec pools =
        SwitchSpec.ofPools(
            "example.com.",
            new SwitchProvider.CloudflarePools(id, id, "shop", Optional.empty(), byBody),
            List.of("www.example.com."),
            spec.authorities(),
            List.of("a".repeat(32)),
            List.of("b".repeat(32)));
    MessageType type = MessageType.of(plain);
    for (SwitchSpec sent : List.of(proxied, pools)) {
      DnsCommand.CaptureRecords command = new DnsCommand.CaptureRecords(plain.header(), sent);
      // when
      String text = new String(codec.data(command), StandardCharsets.UTF_8);
      // then
      assertThat(text)
          .contains(
              sent.equals(proxied)
                  ? "\"cloudflare\":{\"zoneId\":\"%s\",\"token\":\"shop\",\"edge\":{\"tls\":true,\"port\":443,\"path\":\"/version\",\"header\":\"x-side\",\"source\":\"blue\",\"target\":\"green\"}}"
                      .formatted(id)
                  : "\"cloudflarePools\":{\"zoneId\":\"%s\",\"accountId\":\"%s\",\"token\":\"shop\",\"edge\":{\"tls\":false,\"port\":8080,\"path\":\"/?q\",\"source\":\"blue\",\"target\":\"green\"}}"
                      .formatted(id, id));
      assertThat(codec.message(type, codec.data(command))).isEqualTo(command);
    }
    assertThat(byHeader.url("www.example.com.")).isEqualTo("https://www.example.com/version");
    assertThat(byBody.url("www.example.com.")).isEqualTo("http://www.example.com:8080/?q");
  }

  @Test
  void shouldRefuseAProbeThatTellsNothing() {
    for (String words : List.of("blue,blue", "blue, ", "blue,blueish")) {
      String[] sides = words.split(",");
      assertThatThrownBy(() -> new EdgeProbe(true, 443, "/", Optional.empty(), sides[0], sides[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(new EdgeProbe(true, 443, "/", Optional.of("x-side"), "blue", "blueish").port())
        .isEqualTo(443);
    for (String path : List.of("version", "/a b", "/a#b")) {
      assertThatThrownBy(() -> new EdgeProbe(true, 443, path, Optional.empty(), "a", "b"))
          .hasMessageContaining("Expected a path");
    }
    assertThatThrownBy(() -> new EdgeProbe(true, 443, "/", Optional.of("x side"), "a", "b"))
        .hasMessageContaining("name of a header");
  }

  @Test
  void shouldRefuseASwitchOfNoProviderOrOfTwo() {
    DnsCommand.CaptureRecords command = SampleMessages.of(DnsCommand.CaptureRecords.class);
    MessageType type = MessageType.of(command);
    String text = new String(codec.data(command), StandardCharsets.UTF_8);
    String zone = "\"route53\":{\"hostedZone\":\"Z1\",\"profile\":\"default\"},\"names\"";
    String other =
        "\"cloudflare\":{\"zoneId\":\"%s\",\"token\":\"a\"},\"names\"".formatted("0".repeat(32));
    for (String wrong :
        List.of(
            text.replace("\"tsigKey\":\"tsigKey-é\",", ""),
            text.replace("\"names\"", zone),
            text.replace("\"names\"", other),
            text.replace("\"tsigKey\":\"tsigKey-é\",", "").replace("\"names\"", zone))) {
      assertThat(wrong).isNotEqualTo(text);
      assertThatThrownBy(() -> codec.message(type, wrong.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(UndecodableException.class)
          .hasMessageContaining(
              "Expected primary and tsigKey, or route53, designate, haproxy, cloudflare, cloudflarePools or targetGroups in their place");
    }
    assertThatThrownBy(
            () ->
                codec.message(
                    type, text.replace("\"zone\":", "\"zones\":").getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(UndecodableException.class);
  }
}
