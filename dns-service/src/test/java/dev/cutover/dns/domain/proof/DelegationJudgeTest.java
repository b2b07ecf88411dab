package dev.cutover.dns.domain.proof;

import static dev.cutover.dns.domain.proof.Replies.WWW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.dns.domain.proof.DelegationJudge.Step;
import dev.cutover.dns.domain.proof.DnsProbe.Entry;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DelegationJudgeTest {
  private static final Entry NS1 =
      new Entry("shop.example.", QueryType.NS, 300, "ns1.shop.example.");
  private static final Entry NS2 = new Entry("shop.example.", QueryType.NS, 300, "ns2.other.test.");
  private static final Entry GLUE = new Entry("ns1.shop.example.", QueryType.A, 300, "192.0.2.1");
  private static final Entry STRANGER = new Entry("ns9.evil.test.", QueryType.A, 300, "192.0.2.9");

  @Test
  void shouldFollowAReferralWithItsGlue() {
    // when
    Step step = DelegationJudge.next("example.", WWW, referral(false, NS1, NS2));
    // then
    assertThat(step)
        .isEqualTo(
            new Step.Referral(
                "shop.example.",
                List.of("ns1.shop.example.", "ns2.other.test."),
                Map.of("ns1.shop.example.", List.of("192.0.2.1"))));
  }

  @Test
  void shouldNotFollowAReferralThatLeadsUpOrAside() {
    // given
    Entry up = new Entry("example.", QueryType.NS, 300, "a.example.");
    Entry aside = new Entry("other.example.", QueryType.NS, 300, "a.example.");
    // when, then
    assertThat(DelegationJudge.next("example.", WWW, referral(false, up)))
        .isInstanceOf(Step.Nothing.class);
    assertThat(DelegationJudge.next("example.", WWW, referral(false, aside)))
        .isInstanceOf(Step.Nothing.class);
  }

  @Test
  void shouldFindTheApexByTheSoaOfAnAuthoritativeAnswer() {
    assertThat(DelegationJudge.next("example.", WWW, Replies.authoritative()))
        .isEqualTo(new Step.Apex("shop.example."));
    assertThat(DelegationJudge.next("example.", WWW, Replies.noName()))
        .isEqualTo(new Step.Apex("shop.example."));
  }

  @Test
  void shouldNotBelieveTheSoaOfAnotherZone() {
    assertThat(DelegationJudge.next(".", "www.other.test.", Replies.authoritative()))
        .isInstanceOf(Step.Nothing.class);
  }

  @Test
  void shouldTellAnAliasThatHidesTheSoa() {
    assertThat(
            DelegationJudge.next(
                "example.", WWW, Replies.authoritative(Replies.alias(WWW, "cdn.test."))))
        .isInstanceOf(Step.Alias.class);
  }

  @Test
  void shouldTellACacheThatAnswersInPlaceOfAnAuthority() {
    assertThat(DelegationJudge.next("example.", WWW, Replies.cached()))
        .isInstanceOf(Step.Cache.class);
  }

  @Test
  void shouldSayWhyThereIsNothing() {
    assertThat(DelegationJudge.next("example.", WWW, Replies.TIMEOUT))
        .isEqualTo(new Step.Nothing("no answer in time"));
    assertThat(DelegationJudge.next("example.", WWW, Replies.notAuthoritative()))
        .isInstanceOf(Step.Nothing.class);
  }

  @Test
  void shouldTellWhatParentAndApexDoNotShare() {
    assertThat(DelegationJudge.differences("shop.example.", List.of("a.", "b."), List.of("b.")))
        .singleElement()
        .asString()
        .contains("its NS records lack a.");
    assertThat(DelegationJudge.differences("shop.example.", List.of("b."), List.of("b.", "c.")))
        .singleElement()
        .asString()
        .contains("the delegation lacks c.");
    assertThat(DelegationJudge.differences("shop.example.", List.of("a."), List.of("b.")))
        .hasSize(2);
    assertThat(DelegationJudge.differences("shop.example.", List.of("a."), List.of("a.")))
        .isEmpty();
    assertThat(DelegationJudge.differences("shop.example.", List.of(), List.of("a."))).isEmpty();
  }

  private static Given referral(boolean recursion, Entry... authority) {
    return new Given(
        true,
        false,
        recursion,
        List.of(),
        List.of(authority),
        List.of(GLUE, STRANGER),
        Optional.empty(),
        List.of());
  }
}
