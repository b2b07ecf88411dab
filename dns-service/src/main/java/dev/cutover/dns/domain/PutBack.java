package dev.cutover.dns.domain;

import dev.cutover.contract.DnsCommand.PutBackRecords;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an order to put records back is about, in one zone: what the last shift left there, and what
 * somebody else has made of it. Pure.
 *
 * @param wanted as the shift left them
 * @param drifted as the order expects to find them
 */
public record PutBack(List<RecordSet> wanted, List<RecordSet> drifted) {
  public PutBack {
    wanted = List.copyOf(wanted);
    drifted = List.copyOf(drifted);
  }

  /**
   * The part of one zone.
   *
   * @param spec normal; of that zone alone
   * @param view its view; empty for the switch itself
   */
  public static PutBack of(PutBackRecords order, SwitchSpec spec, String view) {
    List<RecordSet> wanted = RecordSets.normal(spec.served(order.weightPercent()));
    Map<SetKey, RecordSet> found =
        order.driftsOf(view).stream()
            .map(RecordDrift::found)
            .collect(Collectors.toMap(PutBack::key, RecordSets::normalise, (first, _) -> first));
    List<RecordSet> drifted = new ArrayList<>();
    wanted.stream().filter(set -> !found.containsKey(key(set))).forEach(drifted::add);
    found.values().stream().filter(set -> !set.values().isEmpty()).forEach(drifted::add);
    return new PutBack(wanted, drifted);
  }

  private static SetKey key(RecordSet set) {
    return new SetKey(set.name(), set.type());
  }

  /**
   * Puts it back: exactly what was seen becomes what the shift left, and the mark with it.
   *
   * @param expected the mark that the last order of this cutover left
   * @return false if the records were right already, and at most the mark was written
   * @throws SwitchFailure SUPERSEDED if a newer order has been here, MANUAL if a person has;
   *     CONFLICT if neither what was seen nor what is wanted is there
   */
  public boolean carryOut(
      TrafficSwitch trafficSwitch, SwitchSpec spec, EpochMark.Epoch expected, Order order)
      throws SwitchFailure {
    SwitchState found = trafficSwitch.read(spec, order.within());
    SwitchGuard.refuseNewer(spec, found, order);
    boolean right = DriftJudge.same(found.sets(), wanted);
    if (right && found.isMarked(order.mark())) {
      return false; // an earlier try of this order
    }
    // A provider that takes a set at a time may have got no further with an earlier try.
    if (!found.isMarked(expected) && !found.isMarked(order.mark())) {
      throw SwitchGuard.conflict("mark " + expected.describe(), found.describe(spec));
    }
    if (!right && !DriftJudge.same(found.sets(), drifted)) {
      throw SwitchGuard.conflict(
          "what was seen to have drifted, " + RecordSets.describe(drifted),
          RecordSets.describe(found.sets()) + ": it has been changed again since");
    }
    trafficSwitch.change(spec, found, wanted, order, order.mark(), Urgency.ORDINARY);
    return !right;
  }
}
