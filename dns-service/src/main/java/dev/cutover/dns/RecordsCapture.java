package dev.cutover.dns;

import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsReply.Delegation;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.ViewLook;
import dev.cutover.contract.ViewRecords;
import dev.cutover.dns.domain.KeeperMarks;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes down what a cutover finds, if it is what the plan says, every server that answers for it is
 * in the plan, and nobody whom the plan does not name keeps it. Changes nothing.
 */
record RecordsCapture(
    TrafficSwitch trafficSwitch,
    AuthorityCensus census,
    KeeperLook keepers,
    AliasLook aliases,
    Optional<SignatureLook> signatures,
    Pace pace) {
  RecordsCaptured capture(CaptureRecords order, SwitchSpec spec, Duration within)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    Found found = source(spec, until(endNanos));
    int ttlSeconds = found.ttlSeconds();
    List<ViewRecords> views = new ArrayList<>();
    List<ViewLook> looks = new ArrayList<>();
    for (SwitchView view : spec.everyView()) {
      try {
        Found ofView = source(view.spec(), until(endNanos));
        ttlSeconds = Math.max(ttlSeconds, ofView.ttlSeconds());
        views.add(new ViewRecords(view.name(), ofView.records()));
        looks.add(
            new ViewLook(
                view.name(),
                marks(view.spec(), until(endNanos)),
                census.delegationOfView(view.spec(), until(endNanos)),
                signatures(order, view.spec(), ofView, until(endNanos))));
      } catch (SwitchFailure e) {
        throw SwitchedViews.ofView(view, e);
      }
    }
    Optional<Delegation> delegation = census.delegation(spec, until(endNanos));
    List<KeeperMark> marks = marks(spec, until(endNanos));
    Optional<String> signed = signatures(order, spec, found, until(endNanos));
    return new RecordsCaptured(
        order.header().step(),
        found.records(),
        ttlSeconds,
        marks.isEmpty() ? Optional.empty() : Optional.of(marks),
        delegation,
        views.isEmpty() ? Optional.empty() : Optional.of(views),
        looks.isEmpty() ? Optional.empty() : Optional.of(looks),
        signed);
  }

  /** The TTL of before is waited out before the switch, and the lowered one after it. */
  private Optional<String> signatures(
      CaptureRecords order, SwitchSpec spec, Found found, Duration within)
      throws SwitchFailure, InterruptedException {
    return signatures.isEmpty()
        ? Optional.empty()
        : signatures
            .get()
            .look(
                spec,
                census.withAddresses(spec).authorities(),
                order.signedUntil(),
                Duration.ofSeconds((long) found.ttlSeconds() + spec.loweredTtlSeconds()),
                within);
  }

  private List<KeeperMark> marks(SwitchSpec spec, Duration within)
      throws SwitchFailure, InterruptedException {
    List<KeeperMark> marks = keepers.look(spec, within);
    KeeperMarks.require(spec, marks);
    return marks;
  }

  /**
   * What one zone has.
   *
   * @param ttlSeconds how long caches keep it at most
   */
  private record Found(List<RecordSet> records, int ttlSeconds) {}

  /** What is there, if it is the source as the plan says, and the plan names all who answer. */
  private Found source(SwitchSpec spec, Duration within)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    List<RecordSet> found = trafficSwitch.read(spec, within).sets();
    // Where there are no TTLs nothing is prepared with them: servers have weights from the start.
    List<RecordSet> source =
        trafficSwitch.capabilities(spec).ttl() ? spec.plain(Side.SOURCE) : spec.at(0);
    if (!RecordSets.sameValues(found, source)) {
      throw new SwitchFailure(
          FailureKind.MISMATCH,
          "Expected the source's records %s as the plan says, but found %s: correct the plan, or what is there"
              .formatted(RecordSets.describe(source), RecordSets.describe(found)),
          false);
    }
    census.requireAll(spec, until(endNanos));
    int aliasTtlSeconds = aliases.require(spec, until(endNanos)).ttlSecondsMax(found);
    return new Found(found, Math.max(RecordSets.ttlSecondsMax(found), aliasTtlSeconds));
  }

  private Duration until(long endNanos) {
    return Duration.ofNanos(endNanos - pace.nanoTime());
  }
}
