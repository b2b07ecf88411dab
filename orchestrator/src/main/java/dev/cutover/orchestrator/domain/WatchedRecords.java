package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.DnsCommand.PutBackRecords;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsCommand.WatchedView;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.ViewRecords;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the records of a switch and of its views are by now, as far as answers say. Pure. */
final class WatchedRecords {
  private static final int ANY_SHARE_PERCENT = 50;

  private WatchedRecords() {}

  /** The order to watch, with what the last answered order of this cutover left, and replaced. */
  static WatchRecords order(CommandHeader header, SwitchSpec spec, Ledger ledger) {
    long mark =
        Math.max(
            Math.max(
                answeredEpoch(ledger, Action.SHIFT_TRAFFIC),
                answeredEpoch(ledger, Action.REVERT_TRAFFIC)),
            Math.max(
                Math.max(
                    answeredEpoch(ledger, Action.STAGE_SWITCH),
                    answeredEpoch(ledger, Action.PUT_BACK_RECORDS)),
                0));
    WatchedView itself = watched("", spec, Commands.captured(ledger), ledger);
    List<WatchedView> views =
        spec.everyView().stream()
            .map(
                view ->
                    watched(
                        view.name(),
                        view.spec(),
                        ViewRecords.of(Views.captured(ledger), view.name()),
                        ledger))
            .toList();
    return new WatchRecords(
        header,
        spec,
        mark,
        itself.expected(),
        itself.before(),
        views.isEmpty() ? Optional.empty() : Optional.of(views));
  }

  private static WatchedView watched(
      String part, SwitchSpec spec, List<RecordSet> captured, Ledger ledger) {
    boolean isLowered = ledger.done(Action.LOWER_TTL);
    List<RecordSet> prepared = isLowered ? spec.lowered(captured) : captured;
    long shifted = answeredEpoch(ledger, Action.SHIFT_TRAFFIC);
    // Nothing to change after a shift means that an earlier attempt did it, and its answer was
    // lost.
    boolean reverted =
        ledger
            .reply(Action.REVERT_TRAFFIC, TrafficReverted.class)
            .filter(reply -> reply.changed() || shifted >= 0)
            .isPresent();
    List<RecordSet> target =
        spec.weighted() ? spec.served(shiftedPercent(ledger)) : spec.served(Side.TARGET);
    // Whichever share came before, both sides' values were answered.
    List<RecordSet> replaced =
        spec.weighted() && shifted >= 0 ? spec.served(ANY_SHARE_PERCENT) : prepared;
    if (reverted && answeredEpoch(ledger, Action.REVERT_TRAFFIC) > shifted) {
      return new WatchedView(part, spec.served(Side.SOURCE), target);
    }
    boolean putBack = shifted >= 0 && answeredEpoch(ledger, Action.PUT_BACK_RECORDS) > shifted;
    if (putBack) {
      return new WatchedView(part, target, drifted(part, target, ledger));
    }
    return shifted >= 0
        ? new WatchedView(part, target, replaced)
        : new WatchedView(part, prepared, isLowered ? captured : List.of());
  }

  /** What was put back: secondaries may still serve it. */
  private static List<RecordSet> drifted(String part, List<RecordSet> target, Ledger ledger) {
    List<RecordSet> found =
        ledger
            .step(Action.PUT_BACK_RECORDS)
            .map(StepRecord::command)
            .filter(PutBackRecords.class::isInstance)
            .map(order -> ((PutBackRecords) order).driftsOf(part))
            .orElse(List.of())
            .stream()
            .map(RecordDrift::found)
            .toList();
    return Stream.concat(
            target.stream()
                .filter(
                    set ->
                        found.stream()
                            .noneMatch(
                                other ->
                                    other.name().equals(set.name()) && other.type() == set.type())),
            found.stream().filter(set -> !set.values().isEmpty()))
        .toList();
  }

  /** How much of the traffic the target has by the last shift. */
  static int shiftedPercent(Ledger ledger) {
    return ledger
        .step(Action.SHIFT_TRAFFIC)
        .map(StepRecord::command)
        .map(order -> order instanceof ShiftTraffic shift ? shift.weightPercent() : 100)
        .orElse(100);
  }

  private static long answeredEpoch(Ledger ledger, Action action) {
    return ledger
        .step(action)
        .filter(record -> record.status() == StepRecord.Status.DONE)
        .map(StepRecord::epoch)
        .orElse(-1L);
  }
}
