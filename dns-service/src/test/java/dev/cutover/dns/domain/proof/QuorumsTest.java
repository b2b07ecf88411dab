package dev.cutover.dns.domain.proof;

import static dev.cutover.dns.domain.proof.Replies.WWW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.proof.Quorums.Tally;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuorumsTest {
  @Test
  void shouldCountServersByClass() {
    // given: four public resolvers, of which one has only half of its types right
    List<Finding> findings =
        List.of(
            finding("public", 1, RecordType.A, Verdict.NEW),
            finding("public", 1, RecordType.AAAA, Verdict.OLD),
            finding("public", 2, RecordType.A, Verdict.NEW),
            finding("public", 3, RecordType.A, Verdict.NEW),
            finding("public", 4, RecordType.A, Verdict.NEW),
            finding("public", 5, RecordType.A, Verdict.UNTESTED),
            finding("own", 6, RecordType.A, Verdict.NEW));
    // when, then
    assertThat(Quorums.parse(List.of("public=75%")).tally(findings))
        .containsExactly(
            new Tally("public", 3, 4, 1, 75, true), new Tally("own", 1, 1, 0, 100, true));
    assertThat(Quorums.parse(List.of("public=76")).tally(findings).getFirst().met()).isFalse();
    assertThat(Quorums.parse(List.of()).tally(findings).getFirst().met()).isFalse();
  }

  @Test
  void shouldProveNothingWhenNobodyOfAClassCouldBeAsked() {
    // when
    List<Tally> tallies =
        Quorums.parse(List.of()).tally(List.of(finding("own", 1, RecordType.A, Verdict.UNTESTED)));
    // then
    assertThat(tallies).containsExactly(new Tally("own", 0, 0, 1, 100, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"public", "public=", "public=0", "public=101%", "=75%", "public=75%%"})
  void shouldSayWhatAQuorumIs(String text) {
    assertThatThrownBy(() -> Quorums.parse(List.of(text)))
        .hasMessageContaining("Expected a quorum such as public=75%")
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void shouldNeverBeContentWithSomeAuthorities() {
    assertThatThrownBy(() -> Quorums.parse(List.of("authority=50%")))
        .hasMessageContaining("authorities must always all agree");
  }

  private static Finding finding(String group, int number, RecordType type, Verdict verdict) {
    return new Finding(
        Replies.resolver(group, number),
        "udp",
        WWW,
        type,
        verdict,
        verdict == Verdict.NEW,
        5,
        List.of("10.0.0.1"),
        Optional.empty(),
        "");
  }
}
