package dev.cutover.dns;

import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.Propagation;
import dev.cutover.dns.domain.PropagationJudge.Question;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Lowers TTLs, values unchanged, and proves it at every authority. */
record TtlLowering(
    TrafficSwitch trafficSwitch, PropagationWatch watch, AuthorityCensus census, Pace pace) {
  /**
   * Does it.
   *
   * @param captured in normal form
   * @param looks hears of each look at the authorities
   */
  TtlLowered lower(
      StepRef step,
      SwitchSpec spec,
      List<RecordSet> captured,
      Order order,
      Consumer<Propagation> looks)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + order.within().toNanos();
    int ttlSeconds = trafficSwitch.lowerTtl(spec, captured, order);
    List<RecordSet> lowered = spec.lowered(captured);
    PropagationWatch.Converged converged =
        watch.awaitServed(
            census.withAddresses(spec),
            Side.SOURCE,
            new Question(lowered, lowered, ttlSeconds),
            Duration.ofNanos(endNanos - pace.nanoTime()),
            looks);
    return new TtlLowered(
        step,
        Math.max(RecordSets.ttlSecondsMax(captured), converged.aliasTtlSeconds()),
        Math.max(ttlSeconds, converged.aliasTtlSeconds()),
        converged.lastAuthorityAt(),
        converged.servers());
  }
}
