package dev.cutover.dns.domain.proof;

import static dev.cutover.dns.domain.proof.Replies.WWW;
import static dev.cutover.dns.domain.proof.Replies.a;
import static dev.cutover.dns.domain.proof.Replies.authoritative;
import static dev.cutover.dns.domain.proof.Replies.authority;
import static dev.cutover.dns.domain.proof.Replies.udp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.NameReport.Link;
import dev.cutover.dns.domain.proof.SignatureJudge.Dnssec;
import dev.cutover.dns.domain.proof.WatchMemory.Change;
import dev.cutover.dns.domain.proof.WatchMemory.Copy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchMemoryTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Expected EXPECTED =
      new Expected(Map.of(RecordType.A, List.of("10.1.0.1")), Map.of());
  private static final Reply OLD = authoritative(a(300, "10.0.0.1"));
  private static final Reply NEW = authoritative(a(5, "10.1.0.1"));

  @Test
  void shouldTakeForOldWhatIsThereWhenTheWatchBegins() {
    // when
    WatchMemory memory =
        WatchMemory.empty(true)
            .learn(
                List.of(udp(authority(1), RecordType.A, OLD), udp(authority(2), RecordType.A, NEW)),
                EXPECTED);
    // then
    assertThat(memory.with(EXPECTED).oldOf(RecordType.A)).contains(List.of("10.0.0.1"));
    assertThat(memory.oldTtlSeconds()).isEqualTo(300);
  }

  @Test
  void shouldKeepWhatAPersonSaidWasThere() {
    // given
    Expected said = new Expected(EXPECTED.wanted(), Map.of(RecordType.A, List.of("10.7.7.7")));
    // when
    WatchMemory memory =
        WatchMemory.empty(true).learn(List.of(udp(authority(1), RecordType.A, OLD)), said);
    // then
    assertThat(memory.with(said).oldOf(RecordType.A)).contains(List.of("10.7.7.7"));
  }

  @Test
  void shouldLearnNothingFromASingleLookOrFromSeveralStates() {
    // given
    Reply third = authoritative(a(300, "10.9.9.9"));
    // when, then
    assertThat(
            WatchMemory.empty(false)
                .learn(List.of(udp(authority(1), RecordType.A, OLD)), EXPECTED)
                .old())
        .isEmpty();
    assertThat(
            WatchMemory.empty(true)
                .learn(
                    List.of(
                        udp(authority(1), RecordType.A, OLD),
                        udp(authority(2), RecordType.A, third)),
                    EXPECTED)
                .old())
        .isEmpty();
  }

  @Test
  void shouldCountTheTtlOfBeforeFromTheLastAuthoritysTime() {
    // given
    WatchMemory before =
        WatchMemory.empty(true)
            .learn(List.of(udp(authority(1), RecordType.A, OLD)), EXPECTED)
            .judged(false, NOW);
    // when
    WatchMemory converged =
        before.judged(true, NOW.plusSeconds(4)).judged(true, NOW.plusSeconds(9));
    // then: the first time counts, the TTL of before, and two seconds of rounding
    assertThat(before.overAt(5)).isEmpty();
    assertThat(converged.overAt(5)).contains(NOW.plusSeconds(4 + 300 + 2));
    assertThat(converged.judged(false, NOW).overAt(5)).isEmpty();
    assertThat(WatchMemory.empty(true).judged(true, NOW).overAt(5)).contains(NOW.plusSeconds(7));
  }

  @Test
  void shouldTellChangesButNoCountdown() {
    // given
    WatchMemory memory = WatchMemory.empty(true).after(report(finding(Verdict.OLD, 40)));
    // when, then
    assertThat(WatchMemory.empty(true).changes(report(finding(Verdict.OLD, 40))))
        .containsExactly(new Change(Optional.empty(), finding(Verdict.OLD, 40)));
    assertThat(memory.changes(report(finding(Verdict.OLD, 38)))).isEmpty();
    assertThat(memory.changes(report(finding(Verdict.NEW, 5))))
        .containsExactly(
            new Change(Optional.of(finding(Verdict.OLD, 40)), finding(Verdict.NEW, 5)));
  }

  @Test
  void shouldRememberUntilWhenAResolversCopyMayBeServed() {
    // when
    WatchMemory memory = WatchMemory.empty(true).after(report(finding(Verdict.OLD, 40)));
    // then
    assertThat(memory.copyOf(udp(Replies.resolver("own", 1), RecordType.A, OLD)))
        .contains(new Copy(NOW.plusSeconds(40), List.of("10.0.0.1"), Verdict.OLD));
    assertThat(memory.copyOf(udp(Replies.resolver("own", 2), RecordType.A, OLD))).isEmpty();
  }

  private static Finding finding(Verdict verdict, int ttlSeconds) {
    return new Finding(
        Replies.resolver("own", 1),
        "udp",
        WWW,
        RecordType.A,
        verdict,
        verdict == Verdict.NEW,
        ttlSeconds,
        List.of("10.0.0.1"),
        Optional.empty(),
        "");
  }

  private static NameReport report(Finding resolver) {
    return NameReport.of(
        NOW,
        List.of(new Link(WWW, "shop.example.", List.of(), List.of(), Optional.empty())),
        List.of(),
        List.of(resolver),
        true,
        EXPECTED,
        Quorums.parse(List.of()),
        new Dnssec(true, false, Optional.empty(), Optional.empty(), List.of()),
        List.of());
  }
}
