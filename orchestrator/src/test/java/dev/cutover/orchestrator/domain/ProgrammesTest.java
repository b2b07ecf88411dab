package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.MemberProgressed;
import dev.cutover.contract.ProgrammeStatus;
import dev.cutover.contract.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ProgrammesTest {
  private static final CutoverId ID = new CutoverId("services");

  private final Instant now = Instant.parse("2026-12-01T02:00:00Z");
  private final List<Request> asked = new ArrayList<>();
  private final List<SagaEvent> journal = new ArrayList<>();
  private Cutover programme = Cutover.named(ID);
  private int requests;

  @Test
  void shouldStartMembersInOrderAndNoMoreAtOnceThanThePlanWants() {
    // when
    start(2, true, member("a"), member("b"), member("c"), member("d", "a"));

    // then
    assertThat(started()).containsExactly("a", "b");
    told("b", 9, "finished", "COMPLETED");
    assertThat(started()).containsExactly("a", "b", "c");
    told("c", 9, "finished", "COMPLETED");
    assertThat(started()).as("d waits for a").containsExactly("a", "b", "c");
    told("a", 9, "finished", "COMPLETED");
    told("d", 9, "finished", "COMPLETED");
    assertThat(started()).containsExactly("a", "b", "c", "d");
    assertThat(view().outcome()).contains("COMPLETED");
  }

  @Test
  void shouldStopWhenAMemberWentBackAndGoOnWhenAPersonSaysSo() {
    // given
    start(1, true, member("a"), member("b"));

    // when
    told("a", 9, "prepared", "ROLLED_BACK");

    // then
    assertThat(started()).containsExactly("a");
    assertThat(view().state()).isEqualTo("held");
    assertThat(view().reason()).contains("a: because");

    // and when it is tried again and works
    told("a", 11, "running", "");
    told("a", 20, "finished", "COMPLETED");
    assertThat(started()).containsExactly("a");
    ask(new Request.Resume(ID, next(), "ana", "mended"));

    // then
    assertThat(started()).containsExactly("a", "b");
  }

  @Test
  void shouldGoOnWithWhatDoesNotDependOnAFailedMemberWhenThePlanSaysSo() {
    // given
    start(1, false, member("a"), member("b", "a"), member("c"));

    // when
    told("a", 9, "prepared", "ROLLED_BACK");
    told("c", 9, "finished", "COMPLETED");

    // then
    assertThat(started()).containsExactly("a", "c");
    assertThat(view().outcome()).contains("INCOMPLETE");
  }

  @Test
  void shouldHoldWhenAMemberCouldNotBeStarted() {
    // given
    start(1, true, member("a"), member("b"));

    // when
    told("a", 1, "refused", "REFUSED");

    // then
    assertThat(view().state()).isEqualTo("held");
    assertThat(started()).containsExactly("a");
  }

  @Test
  void shouldTellMembersUnderWayToGoBackWhenItIsAborted() {
    // given
    start(2, true, member("a"), member("b"), member("c"));
    told("a", 9, "finished", "COMPLETED");

    // when
    ask(new Request.Abort(ID, next(), "ana", "enough"));

    // then
    assertThat(asked)
        .filteredOn(Request.Abort.class::isInstance)
        .extracting(request -> request.cutover().value())
        .containsExactly("b", "c");
    told("b", 9, "prepared", "ROLLED_BACK");
    told("c", 9, "prepared", "ROLLED_BACK");
    assertThat(view().outcome()).contains("ABORTED");
  }

  @Test
  void shouldRefuseWhatAProgrammeCannotDo() {
    // given
    start(1, true, member("a"));

    // when
    ask(new Request.Approve(ID, next(), "ana", "go", "", ""));
    ask(new Request.Resume(ID, next(), "ana", ""));
    start(1, true, member("a"));

    // then
    assertThat(journal).filteredOn(SagaEvent.RequestRefused.class::isInstance).hasSize(3);
    assertThat(started()).containsExactly("a");
  }

  @Test
  void shouldEndAlikeWhateverTheOrderAndHoweverOftenReportsAreRead() {
    for (long seed = 1; seed <= 200; seed++) {
      // given
      programme = Cutover.named(ID);
      journal.clear();
      asked.clear();
      Random random = new Random(seed);
      start(1 + random.nextInt(3), false, member("a"), member("b", "a"), member("c"), member("d"));
      Map<String, Long> said = new HashMap<>();
      List<MemberProgressed> underWay = new ArrayList<>();

      // when members say where they stand, and the log reads some of it again and late
      for (int turn = 0; turn < 400; turn++) {
        List<String> running = started();
        String member = running.get(random.nextInt(running.size()));
        long sequence = said.merge(member, 1L, Long::sum);
        if (sequence <= 3) {
          MemberProgressed report =
              report(
                  member,
                  sequence,
                  sequence == 3 ? "finished" : "s" + sequence,
                  sequence == 3 ? "COMPLETED" : "");
          underWay.addAll(Collections.nCopies(1 + random.nextInt(2), report));
        }
        if (!underWay.isEmpty()) {
          tell(underWay.remove(random.nextInt(underWay.size())));
        }
      }
      underWay.forEach(this::tell);

      // then
      assertThat(started()).as("seed %d", seed).containsExactlyInAnyOrder("a", "b", "c", "d");
      assertThat(view().outcome()).as("seed %d", seed).contains("COMPLETED");
      Cutover folded = Cutover.named(ID);
      for (SagaEvent event : journal) {
        folded = Evolution.evolve(folded, event);
      }
      assertThat(folded).isEqualTo(programme);
    }
  }

  private static ProgrammePlan.Member member(String name, String... after) {
    return new ProgrammePlan.Member(
        new CutoverId(name), "cutover: " + name, Arrays.stream(after).map(CutoverId::new).toList());
  }

  private void start(int atOnce, boolean stopOnFailure, ProgrammePlan.Member... members) {
    decide(
        new SagaInput.ProgrammeAsked(
            new Request.StartProgramme(ID, next(), "ana", ""),
            new ProgrammePlan(ID, List.of(members), atOnce, stopOnFailure)));
  }

  private void told(String member, long sequence, String state, String outcome) {
    tell(report(member, sequence, state, outcome));
  }

  private MemberProgressed report(String member, long sequence, String state, String outcome) {
    return new MemberProgressed(
        ID,
        new CutoverId(member),
        sequence,
        state,
        outcome.isEmpty() ? Optional.empty() : Optional.of(outcome),
        "because",
        now);
  }

  private void tell(MemberProgressed report) {
    decide(new SagaInput.Told(report, now, false));
    decide(new SagaInput.Told(report, now, false)); // read again: nothing changes
  }

  private void ask(Request request) {
    decide(new SagaInput.Asked(request));
    decide(new SagaInput.Asked(request));
  }

  private String next() {
    return "r" + requests++;
  }

  private void decide(SagaInput input) {
    Decision decision = Saga.decide(programme, input, now);
    programme = decision.after();
    journal.addAll(decision.events());
    asked.addAll(decision.requests());
  }

  private List<String> started() {
    return asked.stream()
        .filter(Request.StartCutover.class::isInstance)
        .map(request -> request.cutover().value())
        .collect(Collectors.toList());
  }

  private ProgrammeStatus view() {
    return Programmes.view(programme, programme.programme().orElseThrow(), "", now);
  }
}
