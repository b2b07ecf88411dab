package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Alias;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.AliasAnswers.Addresses;
import dev.cutover.dns.domain.Aliases.Target;
import dev.cutover.dns.domain.DnsQueries.Answer;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import dev.cutover.dns.domain.PropagationJudge.Question;
import dev.cutover.dns.domain.PropagationJudge.Seen;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AliasAnswersTest {
  private static final String NAME = "api.shop.example.";
  private static final Alias OLD = new Alias("old.elb.example.", "Z0LB", false);
  private static final Alias NEW = new Alias("new.elb.example.", "Z0LB", true);
  private static final RecordSet OLD_SET = set(OLD.text());
  private static final RecordSet NEW_SET = set(NEW.text());
  private static final RecordSet PLAIN = set("10.0.0.1");
  private static final ServerAddress SERVER = new ServerAddress("10.0.0.53", 53);

  // ---- what is no proof

  @Test
  void shouldLeaveAddressesUnreadThatTheTargetDoesNotHave() {
    // given
    AliasAnswers known =
        known(OLD_SET, NEW_SET, List.of("10.0.1.1"), List.of("10.0.2.1", "10.0.2.2"));
    Answer foreign = answer("10.0.2.1", "10.9.9.9");
    // when
    Answer read = known.read(foreign, List.of(NEW_SET));
    // then
    assertThat(read).isEqualTo(foreign);
    assertThat(known.leavesUnread(List.of(read))).isTrue();
    assertThat(verdict(read)).isEqualTo(ServerVerdict.Answer.MIXED);
  }

  @Test
  void shouldReadNothingWhereNobodySaidWhatTheTargetHas() {
    // given
    AliasAnswers known = known(OLD_SET, NEW_SET, List.of("10.0.1.1"), List.of());
    Unanswered silent = new Unanswered(NAME, RecordType.A, "SERVFAIL");
    // when, then
    assertThat(known.missing()).contains("new.elb.example. A");
    assertThat(known.read(answer("10.0.2.1"), List.of(NEW_SET))).isEqualTo(answer("10.0.2.1"));
    assertThat(known.read(answer(), List.of(NEW_SET))).isEqualTo(answer());
    assertThat(known.read(silent, List.of(NEW_SET))).isEqualTo(silent);
    assertThat(verdict(answer())).isEqualTo(ServerVerdict.Answer.NEGATIVE);
  }

  @Test
  void shouldNotTellSidesApartThatHaveTheSameAddresses() {
    // given two distributions at one edge
    AliasAnswers known = known(OLD_SET, NEW_SET, List.of("10.0.1.1"), List.of("10.0.1.1"));
    // when, then it is taken for what is looked for, and for nothing where nothing is
    assertThat(held(known.read(answer("10.0.1.1"), List.of(NEW_SET)))).containsExactly(NEW.text());
    assertThat(held(known.read(answer("10.0.1.1"), List.of(OLD_SET)))).containsExactly(OLD.text());
    assertThat(held(known.read(answer("10.0.1.1"), List.of()))).containsExactly("10.0.1.1");
  }

  @Test
  void shouldNotTakeTheOtherSidesRecordForAnAliasOfTheSameAddress() {
    // given
    AliasAnswers known = known(PLAIN, NEW_SET, List.of(), List.of("10.0.0.1", "10.0.0.2"));
    // when, then
    assertThat(held(known.read(answer("10.0.0.1"), List.of(PLAIN)))).containsExactly("10.0.0.1");
    assertThat(held(known.read(answer("10.0.0.1"), List.of(NEW_SET)))).containsExactly(NEW.text());
  }

  // ---- what is

  @Test
  void shouldReadAPartOfABalancersAddressesAsTheAliasAndKeepWhatWasSaid() {
    // given
    AliasAnswers known =
        known(OLD_SET, NEW_SET, List.of("10.0.1.1"), List.of("10.0.2.1", "10.0.2.2"));
    // when
    Answer read = known.read(answer("10.0.2.2"), List.of(NEW_SET));
    // then
    assertThat(held(read)).containsExactly(NEW.text());
    assertThat(((Answered) read).given()).contains(set("10.0.2.2").withTtlSeconds(60));
    assertThat(known.leavesUnread(List.of(read))).isFalse();
    assertThat(verdict(read)).isEqualTo(ServerVerdict.Answer.WANTED);
    assertThat(verdict(known.read(answer("10.0.1.1"), List.of(NEW_SET))))
        .isEqualTo(ServerVerdict.Answer.OTHER_SIDE);
  }

  @Test
  void shouldReadWhatHasChangedBetweenTwoLooks() {
    // given
    AliasAnswers before = known(OLD_SET, NEW_SET, List.of("10.0.1.1"), List.of("10.0.2.1"));
    AliasAnswers after = known(OLD_SET, NEW_SET, List.of("10.0.1.1"), List.of("10.0.2.9"));
    Answer answer = answer("10.0.2.9");
    // when, then
    assertThat(before.leavesUnread(List.of(before.read(answer, List.of(NEW_SET))))).isTrue();
    assertThat(held(before.and(after).read(answer, List.of(NEW_SET)))).containsExactly(NEW.text());
  }

  // ---- what Route 53 would not take

  @Test
  void shouldSayWhatAnAliasCannotBe() {
    assertThat(unsuitable("alias of lb.shop.example. in Z0LB")).contains("has this zone's own id");
    assertThat(unsuitable("alias of lb.example. in Z1")).contains("has this zone's own id");
    assertThat(unsuitable("alias of api.shop.example. in Z1")).contains("it is its own");
    assertThat(unsuitable("alias of lb.example. in Z0LB", "10.0.0.1")).contains("all that an A");
    assertThat(unsuitable("alias of lb.example. in Z0LB")).isEmpty();
  }

  private static String unsuitable(String... values) {
    return Aliases.unsuitable(spec(PLAIN, set(values))).orElse("");
  }

  private static ServerVerdict.Answer verdict(Answer read) {
    return PropagationJudge.judge(
            new Question(List.of(NEW_SET), List.of(OLD_SET), 30),
            List.of(new Seen(SERVER, true, List.of(read))),
            Optional.empty(),
            Instant.EPOCH)
        .servers()
        .getFirst()
        .answer();
  }

  private static List<String> held(Answer answer) {
    return ((Answered) answer).set().values();
  }

  private static Answer answer(String... addresses) {
    return new Answered(set(addresses).withTtlSeconds(60), true);
  }

  private static AliasAnswers known(
      RecordSet source, RecordSet target, List<String> old, List<String> fresh) {
    Map<Target, Addresses> targets = new HashMap<>();
    if (!old.isEmpty()) {
      targets.put(new Target(OLD, RecordType.A), new Addresses(Set.copyOf(old), 60));
    }
    if (!fresh.isEmpty()) {
      targets.put(new Target(NEW, RecordType.A), new Addresses(Set.copyOf(fresh), 60));
    }
    return new AliasAnswers(Aliases.of(spec(source, target)), targets);
  }

  private static SwitchSpec spec(RecordSet source, RecordSet target) {
    SwitchProvider zone = new Route53("Z1", "default");
    return new SwitchSpec(
        "shop.example.",
        zone,
        List.of(new SwitchedName(NAME, List.of(source), List.of(target))),
        List.of(SERVER),
        List.of(),
        30);
  }

  private static RecordSet set(String... values) {
    return new RecordSet(NAME, RecordType.A, 30, List.of(values));
  }
}
