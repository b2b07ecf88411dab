package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsReply.ClassCount;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchProof.ResolverClass;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.NsupdateText;
import dev.cutover.dns.domain.RecordChangePlanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BindTrafficSwitchIT extends Rfc2136SwitchContract {
  @Override
  protected Authorities start(Path directory) throws IOException {
    return new BindAuthorities(directory);
  }

  @Test
  void shouldGoThereAndBackWithTheLeastRights() throws Exception {
    // given
    Switched name = switched();
    String grants =
        "grant %1$s name %2$s A AAAA CNAME HTTPS; grant %1$s name _cutover.%2$s TXT;"
            .formatted(Authorities.KEY_NAME, name.name());
    // when, then
    Path place = Files.createDirectories(directory.resolve("least"));
    try (BindAuthorities servers = new BindAuthorities(place, Authorities.ZONE_FILE, grants)) {
      assertWholeLadder(name, servers);
    }
  }

  @Test
  void shouldRevertByTheStagedTextAloneWhenNothingElseRuns() throws Exception {
    // given
    String nsupdate = Installed.require("nsupdate", "bind9-dnsutils");
    Switched name = switched();
    Path script = directory.resolve("revert.txt");
    Files.writeString(
        script, NsupdateText.of(name.spec(), RecordChangePlanner.breakGlass(name.spec())));
    String key = "hmac-sha256:%s:%s".formatted(Authorities.KEY_NAME, Authorities.KEY_SECRET);
    // when
    Daemon.run(directory, List.of(nsupdate, "-y", key, script.toString()));
    // then
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
    assertThat(name.mark()).containsExactly("\"manual\"");

    // and when people hand it back
    Path lift = directory.resolve("lift.txt");
    Files.writeString(
        lift, NsupdateText.of(name.spec(), RecordChangePlanner.liftMark(name.spec())));
    Daemon.run(directory, List.of(nsupdate, "-y", key, lift.toString()));
    // then
    assertThat(name.mark()).isEmpty();
  }

  @Test
  void shouldRefuseToCaptureWhenThePlanLeavesAnAuthorityOut() throws Exception {
    // given
    Path place = Files.createDirectories(directory.resolve("third"));
    String zone = Authorities.ZONE_FILE + "@ IN NS ns3\nns3 IN A 127.0.0.9\n";
    try (BindAuthorities servers = new BindAuthorities(place, zone, BindAuthorities.GRANTS)) {
      Switched name =
          switched()
              .withProvider(new Rfc2136(servers.primary(), "good"))
              .withAuthorities(servers.primary(), servers.secondary());
      // when, then
      assertFailed(
          handle(new CaptureRecords(header(1), name.spec())),
          FailureKind.MISMATCH,
          "its NS records name ns3.shop.example. (127.0.0.9), too");
    }
  }

  /** One honest resolver, one that knows better than the authorities, one that is not there. */
  @Test
  void shouldProveTrafficOnlyWithTheQuorumOfEachClass() throws Exception {
    Switched name = switched();
    try (UnboundResolver honest = new UnboundResolver(directory, authorities(), 0);
        UnboundResolver astray =
            new UnboundResolver(
                directory,
                authorities(),
                0,
                "server:",
                "local-zone: \"%s\" redirect".formatted(name.name()),
                "local-data: \"%s 60 A 10.9.9.9\"".formatted(name.name()))) {
      // given
      ServerAddress silent = new ServerAddress("127.0.0.1", Daemon.freePort());
      SwitchSpec spec = name.spec().withLoweredTtlSeconds(CAPTURED_TTL_SECONDS);
      ResolverClass half = new ResolverClass("public", List.of(honest.address(), silent), 50);
      ResolverClass all =
          new ResolverClass("corporate", List.of(honest.address(), astray.address()), 100);
      // when: the source is served, and nothing was changed
      Reply proven = handle(new VerifyTraffic(header(1), proof(spec, half), Side.SOURCE));
      Reply lacking =
          handle(
              new VerifyTraffic(
                  header(2, Duration.ofSeconds(3)), proof(spec, half, all), Side.SOURCE));
      // then
      assertThat(proven)
          .isInstanceOfSatisfying(
              TrafficVerified.class,
              verified ->
                  assertThat(verified.classes().orElseThrow())
                      .containsExactly(new ClassCount("public", 1, 2, 0, 50)));
      assertFailed(
          lacking,
          FailureKind.TIMED_OUT,
          "but 1 of 2 corporate resolvers: %s MIXED (".formatted(astray.address()));
    }
  }

  private static SwitchSpec proof(SwitchSpec spec, ResolverClass... classes) {
    return spec.withProof(new SwitchProof(List.of(classes), false, List.of()));
  }
}
