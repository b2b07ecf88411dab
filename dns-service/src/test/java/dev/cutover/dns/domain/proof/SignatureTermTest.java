package dev.cutover.dns.domain.proof;

import static dev.cutover.dns.domain.proof.Replies.WWW;
import static dev.cutover.dns.domain.proof.Replies.a;
import static dev.cutover.dns.domain.proof.Replies.authoritative;
import static dev.cutover.dns.domain.proof.Replies.authority;
import static dev.cutover.dns.domain.proof.Replies.cached;
import static dev.cutover.dns.domain.proof.Replies.signed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.dns.domain.proof.DnsProbe.Query;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Signature;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import dev.cutover.dns.domain.proof.SignatureTerm.Asked;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignatureTermTest {
  private static final String ZONE = "shop.example.";
  private static final Instant END = Instant.parse("2026-12-02T12:00:00Z");

  @Test
  void shouldEndWithTheFirstSignatureOfAnyServer() {
    // given: of two of one set the later counts; of two servers the earlier
    SignatureTerm term =
        term(
            signed(a(5, "10.0.0.1"), signature(END.minusSeconds(9)), signature(END.plusSeconds(9))),
            signed(a(5, "10.0.0.1"), signature(END)));
    // when, then
    assertThat(term.fault(ZONE, END))
        .contains(
            "Expected signatures of shop.example. that last until 2026-12-02T12:00:00Z, but RRSIG of www.shop.example. A ends at 2026-12-02T12:00:00Z (192.0.2.2:53): have the zone signed for longer, plan less time, or say traffic.proof.signatures: observed where a signer renews them");
    assertThat(term.fault(ZONE, END.minusSeconds(1))).isEmpty();
    assertThat(term.sentence())
        .isEqualTo(
            "the first signature to end is RRSIG of www.shop.example. A at 2026-12-02T12:00:00Z");
  }

  @Test
  void shouldTellWhoGivesNoneAndWhoWasNotSeen() {
    // when: that this machine has no IPv6 says nothing of the last one
    SignatureTerm term =
        term(
            signed(a(5, "10.0.0.1"), signature(END)),
            authoritative(a(5, "10.0.0.1")),
            Replies.TIMEOUT,
            cached(a(5, "10.0.0.1")),
            Replies.NO_ROUTE);
    // then
    assertThat(term.unsigned()).containsExactly("192.0.2.2:53");
    assertThat(term.silent())
        .containsExactly("192.0.2.3:53: no answer in time", "192.0.2.4:53: not authoritative");
    assertThat(term.fault(ZONE, END.minus(Duration.ofDays(1)))).isEmpty();
    assertThat(term.sentence())
        .contains("; there are none from 192.0.2.2:53", "; those of some were not seen: 192.0.2.3");
  }

  @Test
  void shouldNotCallUnsignedWhatIsNotThere() {
    assertThat(term(authoritative()).unsigned()).isEmpty();
  }

  private static Signature signature(Instant expiresAt) {
    return new Signature(WWW, Optional.of(QueryType.A), expiresAt, 3);
  }

  private static SignatureTerm term(Reply... replies) {
    List<Asked> asked = new ArrayList<>();
    for (Reply reply : replies) {
      asked.add(
          new Asked(
              new Query(
                  authority(asked.size() + 1).address(),
                  Transport.UDP,
                  false,
                  WWW,
                  QueryType.A,
                  Duration.ofSeconds(1)),
              reply));
    }
    return SignatureTerm.of(asked);
  }
}
