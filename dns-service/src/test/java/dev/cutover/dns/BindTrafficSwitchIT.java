package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.dns.domain.NsupdateText;
import dev.cutover.dns.domain.RecordChangePlanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
