package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Reply;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.dns.adapter.Route53Accounts;
import dev.cutover.dns.adapter.Route53Settings;
import dev.cutover.dns.adapter.Route53Switch;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.dns.route53.HostedZone;
import dev.cutover.dns.route53.Route53Server;
import dev.cutover.dns.route53.Route53Server.Fault;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * The contract over the real SDK and a strict double of Route 53's API; what that calls INSYNC is
 * served by real name servers. Each kind of record has a subclass.
 */
abstract class Route53SwitchContract extends TrafficSwitchContract {
  static final String HOSTED_ZONE = "Z1TEST";
  private static final String SECRET = "c2VjcmV0LW9mLWEtdGVzdA";

  private @Nullable Route53Server started;
  private @Nullable Route53Accounts accounts;

  final Route53Server server() {
    return Objects.requireNonNull(started);
  }

  @Override
  protected Authorities start(Path directory) throws IOException {
    BindAuthorities authorities = new BindAuthorities(directory);
    ZoneMirror mirror =
        new ZoneMirror(
            Authorities.ZONE, authorities.primary(), Authorities.KEY_NAME, Authorities.KEY_SECRET);
    started =
        new Route53Server(
            HOSTED_ZONE, Authorities.ZONE, HostedZone.initial(), HostedZone.served(mirror));
    return authorities;
  }

  @Override
  protected TrafficSwitch trafficSwitch() {
    Map<String, String> entries = new HashMap<>();
    Map.of("good", "GOOD", "fresh", "GOOD", "weak", "WEAK", "nobody", "NOBODY")
        .forEach(
            (profile, key) -> {
              entries.put(profile + ".route53.user", key);
              entries.put(profile + ".route53.password", SECRET);
            });
    Route53Accounts opened =
        new Route53Accounts(
            Credentials.of(entries),
            new Route53Settings(
                Optional.of(server().endpoint()),
                Route53Settings.REGION,
                1000,
                Optional.of(server().endpoint())));
    accounts = opened;
    return new Route53Switch(opened, Pace.MACHINE);
  }

  @AfterAll
  void stopServer() {
    if (accounts != null) {
      accounts.close();
    }
    if (started != null) {
      started.close();
    }
  }

  @Override
  protected SwitchProvider provider(String key) {
    return new Route53(HOSTED_ZONE, key);
  }

  @Override
  protected String rightMissing() {
    return "Grant route53:ChangeResourceRecordSets";
  }

  @Override
  protected String probeDenied() {
    return "AccessDenied";
  }

  @Override
  protected long version() {
    return server().accepted();
  }

  @Override
  protected String traced() {
    return "CloudTrail could not be asked";
  }

  @Override
  protected void overwrite(RecordSet set) {
    server().write(HostedZone.upsert(set));
  }

  @Override
  protected Switched meetingWriter(Switched name, RecordSet set) {
    server().raceNext(HostedZone.upsert(set));
    return name;
  }

  final long changesSent() {
    return server().requests().stream().filter(request -> request.startsWith("POST")).count();
  }

  @Test
  void shouldSucceedWhenTheReplyIsLost() {
    // given
    Switched name = lowered();
    long changes = changesSent();
    // when
    server().failNext(Fault.LOST_REPLY);
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    long sent = changesSent() - changes;
    server().failNext(Fault.LOST_REPLY);
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(sent).as("requests that changed, none of them by itself").isEqualTo(1);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldRevertByTheStagedTextAloneWhenNothingElseRuns() {
    // given
    Switched name = lowered();
    SwitchStaged staged =
        (SwitchStaged) handle(new StageSwitch(header(12), name.spec(), name.captured()));
    handle(new ShiftTraffic(header(20), name.spec(), 12, 100));
    // when
    server().write(HostedZone.batch(staged.revert()));
    List<RecordSet> reverted = name.served();
    List<String> mark = name.mark();
    server().write(HostedZone.batch(staged.liftMark()));
    // then
    assertThat(reverted).hasSameElementsAs(name.spec().names().getFirst().source());
    assertThat(mark).containsExactly("\"manual\"");
    assertThat(name.mark()).isEmpty();
  }
}
