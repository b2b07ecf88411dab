package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Reply;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** PowerDNS answers REFUSED without a signature to what it can't verify, whatever the reason. */
class PowerDnsTrafficSwitchIT extends Rfc2136SwitchContract {
  private static final String NO_HTTPS =
      "function updatepolicy(request) return request:getQType() ~= 65 end\n";

  @Override
  protected Authorities start(Path directory) throws IOException {
    return new PowerDnsAuthorities(directory, Optional.empty());
  }

  /** It gives a key the whole zone or nothing, so the first update without effect says it. */
  @Override
  protected String rightMissing() {
    return "answered REFUSED: the key lacks the right";
  }

  @Override
  protected String wrongSecret() {
    return "it may know no key of that name, algorithm and secret";
  }

  @Override
  protected String unknownKey() {
    return "it may know no key of that name, algorithm and secret";
  }

  /** So neither a stage nor a trial can prove a right there: what was made is read back. */
  @Test
  void shouldTellWhatIsMissingWhenAPolicySkipsAPartOfTheChange() throws Exception {
    Path place = Files.createDirectories(directory.resolve("policy"));
    try (PowerDnsAuthorities skipping = new PowerDnsAuthorities(place, Optional.of(NO_HTTPS))) {
      // given
      Switched name =
          switched()
              .withProvider(new Rfc2136(skipping.primary(), "good"))
              .withAuthorities(skipping.primary(), skipping.secondary());
      stage(name, 10);
      // when
      Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
      RecordSet moved = read(skipping.primary(), name.name(), RecordType.A);
      Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
      RecordSet movedBack = read(skipping.primary(), name.name(), RecordType.A);
      // then
      assertFailed(shifted, FailureKind.CONFLICT, "Expected the accepted change to be there");
      assertFailed(shifted, FailureKind.CONFLICT, "HTTPS [1 . alpn=h2]");
      assertThat(moved.values()).containsExactly("10.1.0.1");
      assertThat(reverted).isInstanceOf(TrafficReverted.class);
      assertThat(movedBack.values()).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
    }
  }
}
