package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Reply;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.CloudflareSwitch;
import dev.cutover.dns.adapter.CloudflareTokens;
import dev.cutover.dns.cloudflare.CloudflareEdge;
import dev.cutover.dns.cloudflare.CloudflareServer;
import dev.cutover.dns.cloudflare.CloudflareZone;
import dev.cutover.dns.cloudflare.StoredRecord;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Pace;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The contract over records that Cloudflare proxies. */
class CloudflareProxiedSwitchIT extends EdgeSwitchContract {
  @Override
  TrafficSwitch trafficSwitch(CloudflareTokens tokens) {
    return new CloudflareSwitch(tokens, InstantSource.system(), Pace.MACHINE);
  }

  @Override
  void create(String host) {
    server.write(
        CloudflareZone.post(
            CloudflareZone.record(host, "A", 1, CloudflareEdge.SOURCE)
                .put("proxied", true)
                .put("comment", "ask Ana")));
  }

  @Override
  SwitchSpec spec(String host, String token, Optional<String> second, EdgeProbe probe) {
    return spec(host, token, second, probe, RecordType.A, CloudflareEdge.TARGET);
  }

  private SwitchSpec spec(
      String host,
      String token,
      Optional<String> second,
      EdgeProbe probe,
      RecordType type,
      String target) {
    String name = host + ".";
    return new SwitchSpec(
        Authorities.ZONE,
        new Cloudflare(ZONE_ID, token, second, Optional.of(probe)),
        List.of(
            new SwitchedName(
                name,
                List.of(new RecordSet(name, RecordType.A, 0, List.of(CloudflareEdge.SOURCE))),
                List.of(new RecordSet(name, type, 0, List.of(target))))),
        nameServers(),
        List.of(),
        0);
  }

  @Override
  String mark(String host) {
    return server.stored("_cutover." + host).stream()
        .map(record -> record.content().replace("\"", ""))
        .findFirst()
        .orElse("");
  }

  @Override
  void mark(String host, String text) {
    server.write(
        CloudflareZone.patch(
            server.stored("_cutover." + host).getFirst(),
            JsonNodeFactory.instance.objectNode().put("content", "\"%s\"".formatted(text))));
  }

  @Override
  void elsewhere(CloudflareServer at, String host) {
    at.write(
        CloudflareZone.patch(
            at.stored(host).getFirst(),
            JsonNodeFactory.instance.objectNode().put("content", "127.0.72.9")));
  }

  @Override
  String rightMissing() {
    return "Authentication error";
  }

  @Override
  String elsewhereShown() {
    return "127.0.72.9";
  }

  @Override
  String revertedSaid() {
    return "the source's records are written";
  }

  @Test
  void shouldPatchTheSameRecordAndLeaveWhatElseItHolds() {
    // given
    Switched name = lowered();
    StoredRecord before = server.stored(name.host()).getFirst();
    // when
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    StoredRecord shifted = server.stored(name.host()).getFirst();
    handle(new RevertTraffic(header(30), name.spec()));
    StoredRecord reverted = server.stored(name.host()).getFirst();
    // then
    assertThat(shifted.content()).isEqualTo(CloudflareEdge.TARGET);
    assertThat(List.of(shifted, reverted))
        .allSatisfy(
            record -> {
              assertThat(record.id()).isEqualTo(before.id());
              assertThat(record.comment()).isEqualTo("ask Ana");
              assertThat(record.proxied()).isTrue();
              assertThat(record.ttl()).isEqualTo(1);
            });
    assertThat(reverted.content()).isEqualTo(CloudflareEdge.SOURCE);
  }

  @Test
  void shouldStayProxiedWhenTheTypeChanges() {
    // given
    Switched plain = switched();
    SwitchSpec spec =
        spec(plain.host(), "good", Optional.empty(), probe(), RecordType.CNAME, "lb.shop.example.");
    Switched name = new Switched(plain.host(), spec);
    stage(name, 10);
    // when
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    StoredRecord alias = server.stored(name.host()).getFirst();
    handle(new RevertTraffic(header(30), spec));
    // then
    assertThat(alias.type()).isEqualTo("CNAME");
    assertThat(alias.proxied()).isTrue();
    assertThat(server.stored(name.host()))
        .singleElement()
        .satisfies(record -> assertThat(record.proxied()).isTrue())
        .satisfies(record -> assertThat(record.content()).isEqualTo(CloudflareEdge.SOURCE));
  }

  @Test
  void shouldRefuseARecordThatIsNotProxied() {
    // given
    Switched name = switched();
    server.write(
        CloudflareZone.patch(
            server.stored(name.host()).getFirst(),
            JsonNodeFactory.instance.objectNode().put("proxied", false)));
    // when
    Reply reply = handle(new CaptureRecords(header(1), name.spec()));
    // then
    assertFailed(reply, FailureKind.MISMATCH, CloudflareEdge.SOURCE + " (not proxied)");
  }

  @Test
  void shouldRefuseTypesThatAreNeverProxied() {
    // given
    Switched name = switched();
    SwitchSpec spec = spec(name.host(), "good", Optional.empty(), probe(), RecordType.TXT, "\"a\"");
    // when
    Reply reply = handle(new CaptureRecords(header(1), spec));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "A, AAAA and CNAME");
  }

  // ---- what proves nothing

  @Test
  void shouldFindOutBeforehandThatTheProbeTellsNothing() {
    // given
    Switched name = switched();
    Switched wordless = name.by(new EdgeProbe(false, edge.port(), "/", word(), "red", "black"));
    stage(wordless, 10);
    // when
    Reply reply = handle(new LowerTtl(header(11, SOON), wordless.spec(), wordless.spec().at(0)));
    // then
    assertFailed(reply, FailureKind.TIMED_OUT, "with neither word of 'red' and 'black'");
  }
}
