package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.ServerVerdict.Answer;
import dev.cutover.contract.Side;
import dev.cutover.dns.domain.EdgeAnswer.Told;
import dev.cutover.dns.domain.EdgeAnswer.Untold;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EdgeAnswerTest {
  private static final EdgeProbe BY_HEADER =
      new EdgeProbe(true, 443, "/", Optional.of("x-side"), "blue", "blueish");
  private static final EdgeProbe BY_BODY =
      new EdgeProbe(true, 443, "/", Optional.empty(), "blue", "green");
  private static final ServerAddress EDGE = new ServerAddress("104.16.0.1", 443);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // status, header, cache, what it tells
        "200, blue,    -,       SOURCE",
        "200, ' blue', DYNAMIC, SOURCE",
        "404, blueish, MISS,    TARGET",
        "200, Blue,    -,       neither word",
        "200, -,       BYPASS,  neither word",
        "503, blue,    -,       status 503",
        "522, -,       -,       status 522",
        "200, blue,    HIT,     cache answered (HIT)",
        "200, blue,    stale,   cache answered (stale)",
      })
  void shouldTellASideByTheWholeHeaderOfALiveAnswer(
      int status, String header, String cache, String told) {
    assertTold(
        EdgeAnswer.of(
            BY_HEADER,
            status,
            Optional.ofNullable(header),
            Optional.ofNullable(cache),
            "blue and blueish"),
        told);
  }

  @ParameterizedTest
  @CsvSource({
    "served by blue, SOURCE",
    "served by green, TARGET",
    "blue and green, the words of both sides",
    "red, neither word",
  })
  void shouldTellASideByTheBodyWhereThereIsNoHeader(String body, String told) {
    assertTold(EdgeAnswer.of(BY_BODY, 200, Optional.of("ignored"), Optional.empty(), body), told);
  }

  private static void assertTold(EdgeAnswer answer, String told) {
    switch (answer) {
      case Told(Side side) -> assertThat(side.name()).isEqualTo(told);
      case Untold(String reason) -> assertThat(reason).contains(told);
    }
  }

  @Test
  void shouldJudgeAnAddressByAllItsAnswers() {
    Told blue = new Told(Side.SOURCE);
    Told green = new Told(Side.TARGET);
    assertThat(judge(green, green)).isEqualTo(Answer.WANTED);
    assertThat(judge(blue, blue)).isEqualTo(Answer.OTHER_SIDE);
    assertThat(judge(green, blue, green)).isEqualTo(Answer.MIXED);
    assertThat(judge(green, new Untold("status 522"))).isEqualTo(Answer.UNREACHABLE);
    assertThat(judge()).isEqualTo(Answer.UNREACHABLE);
  }

  @Test
  void shouldNotBeThereUnlessAddressesAreKnownAndAllOfThemAre() {
    ServerVerdict there = new ServerVerdict(EDGE, true, Answer.WANTED, 0, "a");
    ServerVerdict mixed = new ServerVerdict(EDGE, true, Answer.MIXED, 0, "b");
    assertThat(EdgeJudge.propagation(List.of())).isInstanceOf(Propagation.NotYet.class);
    assertThat(EdgeJudge.propagation(List.of(there))).isInstanceOf(Propagation.Propagated.class);
    assertThat(EdgeJudge.propagation(List.of(there, mixed)))
        .isEqualTo(new Propagation.NotYet("104.16.0.1:443 MIXED (b)", List.of(there, mixed)));
  }

  private static Answer judge(EdgeAnswer... answers) {
    return EdgeJudge.judge(EDGE, "https://a/", List.of(answers), Side.TARGET).answer();
  }
}
