package dev.cutover.dns.domain.proof;

import static dev.cutover.dns.domain.proof.Replies.WWW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.proof.NameReport.Link;
import dev.cutover.dns.domain.proof.SignatureJudge.Dnssec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NameReportTest {
  @Test
  void shouldSayThatEverythingAgrees() {
    // when
    NameReport report =
        report(
            Expected.NOTHING,
            List.of(authority(1, Verdict.AGREES, "10.0.0.1", "")),
            List.of(resolver(1, Verdict.AGREES), resolver(2, Verdict.UNTESTED)));
    // then
    assertThat(report.agrees()).isTrue();
    assertThat(report.summary())
        .isEqualTo(
            "Everything agrees: 1 of 1 authority, 1 of 1 own resolver (1 more could not be asked"
                + " from here)");
    assertThat(report.notes()).isEmpty();
  }

  @Test
  void shouldNameThoseThatDoNotAgree() {
    // when
    NameReport report =
        report(
            Expected.NOTHING,
            List.of(
                authority(1, Verdict.AGREES, "10.0.0.1", ""),
                authority(2, Verdict.LAGGING, "10.9.9.9", "")),
            List.of());
    // then
    assertThat(report.agrees()).isFalse();
    assertThat(report.authoritiesAgree()).isFalse();
    assertThat(report.summary())
        .isEqualTo(
            "Not everything agrees: 1 of 2 authorities; 192.0.2.2 ns2.shop.example.: lagging");
    assertThat(report.notes())
        .singleElement()
        .asString()
        .startsWith("No resolver was asked: one that is asked before");
  }

  @Test
  void shouldSayThatANameDoesNotExist() {
    // when
    NameReport report =
        report(
            Expected.NOTHING,
            List.of(authority(1, Verdict.AGREES, "", NameReport.NO_NAME)),
            List.of());
    // then
    assertThat(report.agrees()).isFalse();
    assertThat(report.summary())
        .isEqualTo(
            "Expected records of www.shop.example., but its authorities have none of type A: the"
                + " name does not exist");
  }

  @Test
  void shouldBeContentWithAnAbsenceThatIsExpected() {
    // when
    NameReport report =
        report(
            new Expected(Map.of(RecordType.A, List.of()), Map.of()),
            List.of(authority(1, Verdict.NEW, "", "")),
            List.of());
    // then
    assertThat(report.agrees()).isTrue();
    assertThat(report.notes())
        .containsExactly("No resolver was asked: there is nothing that it should have");
  }

  private static Finding authority(int number, Verdict verdict, String value, String reason) {
    return finding(Replies.authority(number), verdict, value, reason);
  }

  private static Finding resolver(int number, Verdict verdict) {
    return finding(Replies.resolver("own", number), verdict, "10.0.0.1", "");
  }

  private static Finding finding(Server server, Verdict verdict, String value, String reason) {
    return new Finding(
        server,
        "udp",
        WWW,
        RecordType.A,
        verdict,
        verdict == Verdict.NEW || verdict == Verdict.AGREES,
        5,
        value.isEmpty() ? List.of() : List.of(value),
        Optional.empty(),
        reason);
  }

  private static NameReport report(
      Expected expected, List<Finding> authorities, List<Finding> resolvers) {
    return NameReport.of(
        Instant.EPOCH,
        List.of(new Link(WWW, "shop.example.", List.of(), List.of(), Optional.empty())),
        authorities,
        resolvers,
        true,
        expected,
        Quorums.parse(List.of()),
        new Dnssec(true, false, Optional.empty(), Optional.empty(), List.of()),
        List.of());
  }
}
