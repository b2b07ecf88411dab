package dev.cutover.dns.domain.proof;

import static dev.cutover.dns.domain.proof.Replies.WWW;
import static dev.cutover.dns.domain.proof.Replies.a;
import static dev.cutover.dns.domain.proof.Replies.authoritative;
import static dev.cutover.dns.domain.proof.Replies.authority;
import static dev.cutover.dns.domain.proof.Replies.signed;
import static dev.cutover.dns.domain.proof.Replies.udp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Signature;
import dev.cutover.dns.domain.proof.SignatureJudge.Dnssec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignatureJudgeTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant LATER = NOW.plus(Duration.ofDays(10));

  @Test
  void shouldSayWhenTheFirstSignatureEnds() {
    // given: of two of one set the later counts; of two servers the earlier
    Reply one = signed(a(5, "10.0.0.1"), signature(NOW, 3), signature(LATER.plusSeconds(9), 3));
    Reply two = signed(a(5, "10.0.0.1"), signature(LATER, 3));
    // when
    Dnssec dnssec = judge(Duration.ofDays(1), one, two);
    // then
    assertThat(dnssec)
        .isEqualTo(new Dnssec(true, true, Optional.of(LATER), Optional.empty(), List.of()));
    assertThat(dnssec.sentence()).contains("ends at 2026-12-02T12:00:00Z");
  }

  @Test
  void shouldWarnWhenSignaturesEndWithinTheWindow() {
    // when
    Dnssec dnssec = judge(Duration.ofDays(10), signed(a(5, "10.0.0.1"), signature(LATER, 3)));
    // then
    assertThat(dnssec.warnings())
        .containsExactly(
            "The signatures expire within the window of 240 h: at 2026-12-02T12:00:00Z");
  }

  @Test
  void shouldWarnWhenSignaturesAreOver() {
    // when
    Dnssec dnssec = judge(Duration.ofDays(1), signed(a(5, "10.0.0.1"), signature(NOW, 3)));
    // then
    assertThat(dnssec.warnings()).singleElement().asString().contains("expired at");
  }

  @Test
  void shouldNameTheAuthorityWithoutSignatures() {
    // when
    Dnssec dnssec =
        judge(
            Duration.ofDays(1),
            signed(a(5, "10.0.0.1"), signature(LATER, 3)),
            authoritative(a(5, "10.0.0.1")));
    // then
    assertThat(dnssec.warnings())
        .containsExactly(
            "Expected signatures from every authority, but there are none from 192.0.2.2"
                + " ns2.shop.example.");
  }

  @Test
  void shouldNotCallSignedWhatIsNot() {
    // given: a signature of another type does not count
    Reply other =
        signed(
            a(5, "10.0.0.1"),
            new Signature(WWW, Optional.of(QueryType.AAAA), LATER, 3),
            new Signature(WWW, Optional.empty(), LATER, 3));
    // when
    Dnssec dnssec = judge(Duration.ofDays(1), other, authoritative());
    // then
    assertThat(dnssec.signed()).isFalse();
    assertThat(dnssec.warnings()).isEmpty();
    assertThat(dnssec.sentence()).isEqualTo("these records are not signed");
    assertThat(judge(Duration.ofDays(1), Replies.TIMEOUT, authoritative()).sentence())
        .isEqualTo("not known, since no authority gave the records");
  }

  @Test
  void shouldTellTheWildcardThatWasSigned() {
    // when: www.shop.example has three labels, and two were signed
    Dnssec dnssec = judge(Duration.ofDays(1), signed(a(5, "10.0.0.1"), signature(LATER, 2)));
    // then
    assertThat(dnssec.wildcard()).contains("*.shop.example.");
  }

  private static Signature signature(Instant expiresAt, int labels) {
    return new Signature(WWW, Optional.of(QueryType.A), expiresAt, labels);
  }

  private static Dnssec judge(Duration window, Reply... replies) {
    List<Reading> readings = new java.util.ArrayList<>();
    for (Reply reply : replies) {
      readings.add(udp(authority(readings.size() + 1), RecordType.A, reply));
    }
    return SignatureJudge.judge(readings, NOW, window);
  }
}
