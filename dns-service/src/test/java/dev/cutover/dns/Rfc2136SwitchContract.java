package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.RestoreTtl;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.Rfc2136Switch;
import dev.cutover.dns.adapter.TsigKeys;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What servers that take updates by RFC 2136 must do beside that: keys, zones, secondaries. */
public abstract class Rfc2136SwitchContract extends TrafficSwitchContract {
  private static final Map<String, String> KEYS =
      Map.of(
          "good", Authorities.KEY_NAME + " " + Authorities.KEY_SECRET,
          "weak", Authorities.WEAK_KEY_NAME + " " + Authorities.KEY_SECRET,
          "badsig", Authorities.KEY_NAME + " d3Jvbmcgc2VjcmV0IHdyb25nIHNlY3JldA==",
          "badkey", "no-such-key " + Authorities.KEY_SECRET,
          "badalgorithm", "hmac-sha512:" + Authorities.KEY_NAME + " " + Authorities.KEY_SECRET);

  private final List<ReplyDroppingProxy> proxies = new ArrayList<>();

  @Override
  protected TrafficSwitch trafficSwitch() {
    Map<String, String> entries = new HashMap<>();
    KEYS.forEach(
        (name, key) -> {
          entries.put(name + ".tsig.user", key.split(" ")[0]);
          entries.put(name + ".tsig.password", key.split(" ")[1]);
        });
    return new Rfc2136Switch(new TsigKeys(Credentials.of(entries)));
  }

  @Override
  protected SwitchProvider provider(String key) {
    return new Rfc2136(authorities().primary(), key);
  }

  @Override
  protected String rightMissing() {
    return "grant key weak the right";
  }

  @Override
  protected String probeDenied() {
    return "REFUSED";
  }

  /** What the provider's answer says of a secret that is not its own. */
  protected String wrongSecret() {
    return "NOTAUTH(BADSIG)";
  }

  /** What the provider's answer says of a key that it does not know. */
  protected String unknownKey() {
    return "NOTAUTH(BADKEY)";
  }

  @Override
  protected long version() {
    return authorities().serial();
  }

  @Override
  protected String traced() {
    return "and tells no client who writes";
  }

  @Override
  protected void overwrite(RecordSet set) {
    ForeignWriter.replace(Authorities.ZONE, authorities().primary(), set);
  }

  /** There and back with servers that give the key just the rights that the documents name. */
  protected final void assertWholeLadder(Switched given, Authorities servers) {
    Switched name =
        given
            .withProvider(new Rfc2136(servers.primary(), "good"))
            .withAuthorities(servers.primary(), servers.secondary());
    List<RecordSet> captured = name.captured();
    for (DnsCommand order :
        List.of(
            new CaptureRecords(header(1), name.spec()),
            new StageSwitch(header(10), name.spec(), captured),
            new LowerTtl(header(11), name.spec(), captured),
            new ShiftTraffic(header(20), name.spec(), 10, 100),
            new VerifyTraffic(header(21), name.spec(), Side.TARGET),
            new RevertTraffic(header(30), name.spec()),
            new VerifyTraffic(header(31), name.spec(), Side.SOURCE),
            new RestoreTtl(header(40), name.spec(), captured))) {
      assertThat(handle(order)).isNotInstanceOf(StepFailed.class);
    }
  }

  @Override
  protected Switched meetingWriter(Switched name, RecordSet set) throws IOException {
    ReplyDroppingProxy proxy = new ReplyDroppingProxy(authorities().primary());
    proxies.add(proxy);
    proxy.beforeNextUpdate(() -> overwrite(set));
    return name.withProvider(new Rfc2136(proxy.address(), "good"));
  }

  @AfterEach
  void closeProxies() throws IOException {
    for (ReplyDroppingProxy proxy : proxies) {
      proxy.close();
    }
    proxies.clear();
  }

  @Test
  void shouldSayBadSignatureWhenSecretIsWrong() {
    assertStageRefused("badsig", wrongSecret());
  }

  @Test
  void shouldSayBadKeyWhenServerDoesNotKnowIt() {
    assertStageRefused("badkey", unknownKey());
    assertStageRefused("badalgorithm", unknownKey());
  }

  @Test
  void shouldSayNotAuthoritativeWhenZoneIsAnothers() {
    // given
    Switched name = switched();
    SwitchSpec spec = elsewhere();
    // when
    Reply captured = handle(new CaptureRecords(header(10), spec));
    Reply shifted = handle(new ShiftTraffic(header(11), spec, 10, 100));
    // then
    assertFailed(captured, FailureKind.REFUSED, "is it the primary of other.example.");
    assertFailed(shifted, FailureKind.REFUSED, "NOTAUTH");
    assertThat(name.served()).isEqualTo(name.spec().names().getFirst().source());
  }

  @Test
  void shouldSayWhyWhenUpdateGoesToTheSecondary() {
    // given
    Switched name = switched().withProvider(new Rfc2136(authorities().secondary(), "good"));
    // when
    Reply reply = handle(new StageSwitch(header(10), name.spec(), name.captured()));
    // then
    assertFailed(reply, FailureKind.REFUSED, "or the server is a secondary");
  }

  @Test
  void shouldBeRetryableWhenPrimaryIsUnreachable() throws IOException {
    // given
    Switched name =
        switched()
            .withProvider(new Rfc2136(new ServerAddress("127.0.0.1", FreePort.next()), "good"));
    // when
    Reply reply = handle(new RevertTraffic(header(10), name.spec()));
    // then
    assertFailed(reply, FailureKind.UNREACHABLE, "Expected a connection to 127.0.0.1");
    assertThat(((StepFailed) reply).failure().retryable()).isTrue();
  }

  @Test
  void shouldRefuseStageWhenRecordsComeFromWildcard() {
    // given
    String wild = "any.wild." + Authorities.ZONE;
    Switched name =
        switched()
            .withNames(
                new SwitchedName(
                    wild,
                    List.of(set(wild, RecordType.A, "10.0.0.1")),
                    List.of(set(wild, RecordType.A, "10.1.0.1"))));
    // when
    Reply reply =
        handle(
            new StageSwitch(header(10), name.spec(), List.of(set(wild, RecordType.A, "10.0.0.1"))));
    // then
    assertFailed(reply, FailureKind.CONFLICT, "wildcard");
  }

  /** Servers that ignore such an alias would leave the name without any record. */
  @Test
  void shouldMoveNothingWhenAnAliasWouldMeetAnothersRecord() {
    // given
    Switched addresses = switched();
    Switched name =
        addresses.withNames(
            new SwitchedName(
                addresses.name(),
                addresses.spec().names().getFirst().source(),
                List.of(set(addresses.name(), RecordType.CNAME, "lb.provider.example."))));
    stage(name, 10);
    overwrite(set(name.name(), RecordType.TXT, "\"owner=another-team\""));
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    Reply staged = handle(new StageSwitch(header(30), name.spec(), name.captured()));
    // then
    assertFailed(shifted, FailureKind.CONFLICT, "a CNAME must stand alone");
    assertFailed(staged, FailureKind.CONFLICT, "a CNAME must stand alone");
    assertThat(name.servedWithTtl()).hasSameElementsAs(name.captured());
    assertThat(name.mark()).containsExactly(epoch(10));
  }

  @Test
  void shouldSucceedWhenTheReplyIsLost() throws IOException {
    try (ReplyDroppingProxy proxy = new ReplyDroppingProxy(authorities().primary())) {
      // given
      Switched name = lowered().withProvider(new Rfc2136(proxy.address(), "good"));
      // when
      proxy.dropNextUpdateReply();
      Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
      proxy.dropNextUpdateReply();
      Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
      // then
      assertThat(shifted).isInstanceOf(TrafficShifted.class);
      assertThat(reverted)
          .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
      assertThat(name.mark()).containsExactly(epoch(30));
    }
  }
}
