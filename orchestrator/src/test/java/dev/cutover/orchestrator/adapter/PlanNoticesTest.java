package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.NoticeKind;
import dev.cutover.orchestrator.domain.NoticeTexts;
import dev.cutover.orchestrator.domain.Notices;
import dev.cutover.orchestrator.domain.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlanNoticesTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

  private static final String PLAN =
      """
      cutover: shop
      approvers: [ana, bo]
      traffic:
        zone: example.com.
        primary: 192.0.2.53:53
        tsigKey: key
        names:
          - name: shop.example.com.
            source: [{type: A, values: [192.0.2.10]}]
            target: [{type: A, values: [198.51.100.10]}]
      notices:
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "channels: [{name: a, kind: mail, credential: c}]|Expected email, slack, statuspage, pagerduty or webhook for notices.channels[0].kind, but found 'mail'",
        "channels: [{name: a, kind: email, to: []}]|Expected at least one address in to, but found none",
        "channels: [{name: a, kind: email, to: ['ana']}]|Expected an address such as ana@example.com, but found 'ana'",
        "channels: [{name: a, kind: slack}]|Expected the name of a credential in the orchestrator's own file for notices.channels[0].credential, but it is missing",
        "channels: [{name: a, kind: slack, credential: 'https://hooks.slack.com/T/B/x'}]|Expected the name of a credential",
        "channels: [{name: a, kind: slack, credential: c}, {name: a, kind: slack, credential: c}]|Expected each channel once, but 'a' is there twice",
        "channels: [{name: a/b, kind: slack, credential: c}]|Expected a name of at most 60 characters without a slash",
        "channels: [{name: a, kind: slack, credential: c, tells: [startd]}]|but found 'startd': did you mean 'started'?",
        "channels: [{name: a, kind: webhook, url: 'ftp://a', credential: c}]|Expected an HTTP address",
        "channels: [{name: a, kind: statuspage, credential: c}]|Expected the id of a page",
        "texts: {started: {text: '${reasn}'}}|but found '${reasn}': did you mean 'reason'?",
        "texts: {begun: {text: 'a'}}|but found 'begun'",
        "timeline: {week: 7}|Expected a duration of 1s",
        "warRoom: {zoom: a}|but found 'zoom'"
      })
  void shouldSayWhatIsWrong(String notices, String fault) {
    assertThat(PlanYaml.read(PLAN + "  " + notices + "\n", NOW))
        .isInstanceOfSatisfying(
            PlanYaml.Reading.Faulty.class,
            faulty -> assertThat(faulty.faults()).anyMatch(found -> found.contains(fault)));
  }

  @Test
  void shouldFillInWhatThePlanDoesNotSay() {
    Notices notices = read("  channels: [{name: a, kind: slack, credential: c}]\n");

    assertThat(notices.rollCall()).containsExactly("ana", "bo");
    assertThat(notices.timeline().week()).isEqualTo(Duration.ofDays(7));
    assertThat(notices.texts().keySet()).containsExactly(NoticeKind.values());
    assertThat(notices.channels().getFirst().kinds()).containsExactly(NoticeKind.values());
  }

  @Test
  void shouldTakeThePlansOwnWords() {
    Notices notices = read("  texts: {held: {subject: 'Stopped: ${reason}'}}\n  rollCall: [eve]\n");

    assertThat(notices.texts())
        .hasEntrySatisfying(
            NoticeKind.HELD,
            words -> {
              assertThat(words.subject()).isEqualTo("Stopped: ${reason}");
              assertThat(words.text()).isEqualTo(NoticeTexts.of(NoticeKind.HELD).text());
            });
    assertThat(notices.rollCall()).isEqualTo(List.of("eve"));
  }

  private static Notices read(String notices) {
    PlanYaml.Reading reading = PlanYaml.read(PLAN + notices, NOW);
    assertThat(reading).isInstanceOf(PlanYaml.Reading.Accepted.class);
    Plan plan = ((PlanYaml.Reading.Accepted) reading).plan();
    return plan.notices();
  }
}
