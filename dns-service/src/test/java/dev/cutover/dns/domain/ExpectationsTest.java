package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsCommand.WatchedView;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.DriftJudge.Holding;
import dev.cutover.dns.domain.DriftJudge.Look;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A zone that the public sees and one that people inside see: what each may hold. */
class ExpectationsTest {
  private static final Instant NOW = Instant.parse("2026-12-01T10:00:00Z");
  private static final CutoverId ID = new CutoverId("shop");
  private static final StepRef STEP = new StepRef(ID, "step", 1);
  private static final String NAME = "api.shop.example.";
  private static final String VIEW = "private";
  private static final SwitchSpec INSIDE = zone("10.0.0.54", "10.0.0.1", "10.8.0.1");
  private static final SwitchSpec SPEC =
      zone("192.0.2.53", "192.0.2.1", "198.51.100.1")
          .withViews(List.of(new SwitchView(VIEW, "corporate", INSIDE)));

  private static SwitchSpec zone(String server, String source, String target) {
    ServerAddress primary = new ServerAddress(server, 53);
    return new SwitchSpec(
        "shop.example.",
        new Rfc2136(primary, "key"),
        List.of(new SwitchedName(NAME, List.of(a(0, source)), List.of(a(0, target)))),
        List.of(primary, new ServerAddress(server, 54)),
        List.of(),
        60);
  }

  private static RecordSet a(int ttlSeconds, String address) {
    return new RecordSet(NAME, RecordType.A, ttlSeconds, List.of(address));
  }

  /** Where the view's TTL was so low that there was nothing to lower. */
  private static Expectations watched() {
    return Expectations.NONE.told(
        new WatchRecords(
            new CommandHeader(STEP, 4, NOW),
            SPEC,
            0,
            SPEC.served(Side.SOURCE),
            List.of(),
            Optional.of(List.of(new WatchedView(VIEW, List.of(a(30, "10.0.0.1")), List.of())))),
        NOW);
  }

  private static RecordsObserved judged(
      Expectations expected, List<RecordSet> open, List<RecordSet> inside) {
    return judged(expected, open, inside, inside);
  }

  private static RecordsObserved judged(
      Expectations expected,
      List<RecordSet> open,
      List<RecordSet> inside,
      List<RecordSet> insideSecondary) {
    SequencedMap<String, RecordsObserved> parts = new LinkedHashMap<>();
    SPEC.parts()
        .forEach(
            (part, of) ->
                parts.put(
                    part,
                    DriftJudge.judge(
                        ID,
                        4,
                        of,
                        Objects.requireNonNull(expected.parts().get(part)),
                        part.isEmpty() ? look(of, open, open) : look(of, inside, insideSecondary),
                        NOW)));
    return DriftJudge.together(parts);
  }

  private static Look look(SwitchSpec spec, List<RecordSet> primary, List<RecordSet> secondary) {
    return new Look(
        new Holding(spec.authorities().getFirst(), primary, ""),
        4,
        List.of(new Holding(spec.authorities().getLast(), secondary, "")),
        "");
  }

  private static StepFailed failed(FailureKind kind) {
    return new StepFailed(STEP, new Failure(kind, "View 'private': no", false));
  }

  @Test
  void shouldTellDriftWithTheNameOfItsView() {
    // when
    RecordsObserved observed =
        judged(watched(), SPEC.served(Side.SOURCE), List.of(a(30, "10.9.9.9")));
    // then
    assertThat(observed.verdict()).isEqualTo(Verdict.DRIFTED);
    assertThat(observed.drifts())
        .hasSize(2)
        .allMatch(drift -> drift.view().equals(Optional.of(VIEW)));
    assertThat(observed.detail()).contains("View 'private': Somebody else has changed records");
  }

  @Test
  void shouldBeAsExpectedOnlyWhenEveryViewIs() {
    assertThat(judged(watched(), SPEC.served(Side.SOURCE), List.of(a(30, "10.0.0.1"))).verdict())
        .isEqualTo(Verdict.AS_EXPECTED);
    assertThat(judged(watched(), List.of(a(60, "192.0.2.9")), List.of(a(30, "10.0.0.1"))).drifts())
        .allMatch(drift -> drift.view().isEmpty())
        .isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = FailureKind.class,
      names = {"CONFLICT", "MANUAL", "MISMATCH", "UNREACHABLE"})
  void shouldCallAChangeOfItsOwnNoDriftWhenAViewRefusedIt(FailureKind kind) {
    // when
    Expectations after = watched().moving(5, SPEC, 100).after(failed(kind), SPEC, NOW);
    // then
    assertThat(judged(after, SPEC.served(Side.TARGET), List.of(a(30, "10.0.0.1"))).drifts())
        .isEmpty();
  }

  @Test
  void shouldCallTheTargetDriftWhenTheOrderCameTooLate() {
    // when
    Expectations after =
        watched().moving(5, SPEC, 100).after(failed(FailureKind.SUPERSEDED), SPEC, NOW);
    // then
    assertThat(judged(after, SPEC.served(Side.TARGET), List.of(a(30, "10.0.0.1"))).drifts())
        .isNotEmpty();
  }

  @Test
  void shouldExpectAViewThatARevertFoundAtTheSourceAsItWas() {
    // given: the public's zone was shifted, the view's was not, or its answer was lost
    Expectations shifted =
        watched().moving(5, SPEC, 100).after(failed(FailureKind.UNREACHABLE), SPEC, NOW);
    // when
    Expectations after =
        shifted.moving(6, SPEC, 0).after(new TrafficReverted(STEP, NOW, true, 1), SPEC, NOW);
    // then: left alone, or put back; its secondary may follow a shift that nobody knows of
    List<RecordSet> source = SPEC.served(Side.SOURCE);
    assertThat(judged(after, source, List.of(a(30, "10.0.0.1"))).drifts()).isEmpty();
    assertThat(judged(after, source, INSIDE.served(Side.SOURCE)).drifts()).isEmpty();
    assertThat(
            judged(after, source, INSIDE.served(Side.SOURCE), INSIDE.served(Side.TARGET)).drifts())
        .isEmpty();
    assertThat(judged(after, source, INSIDE.served(Side.TARGET)).drifts()).isNotEmpty();
  }
}
