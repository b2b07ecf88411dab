package dev.cutover.dns;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsReply.ServerRecords;
import dev.cutover.contract.DnsReply.SwitchMark;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.DriftJudge;
import dev.cutover.dns.domain.DriftJudge.Holding;
import dev.cutover.dns.domain.DriftJudge.Look;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks at a switch from all sides, and changes nothing. */
final class SwitchLook {
  private final TrafficSwitch trafficSwitch;
  private final ServerPoll poll;
  private final Pace pace;

  SwitchLook(TrafficSwitch trafficSwitch, ServerPoll poll, Pace pace) {
    this.trafficSwitch = trafficSwitch;
    this.poll = poll;
    this.pace = pace;
  }

  /** Answers how it stands; the primary must be seen. */
  SwitchRead read(ReadSwitch command, SwitchSpec spec, Duration within)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    SwitchState found = trafficSwitch.read(spec, within);
    Look seen = look(spec, found, command.cutover(), endNanos);
    List<Holding> holdings =
        Stream.concat(Stream.of(seen.primary()), seen.secondaries().stream()).toList();
    return new SwitchRead(
        command.header().step(),
        holdings.stream()
            .map(held -> new ServerRecords(held.server(), held.records(), held.error()))
            .toList(),
        spec.names().stream().map(name -> mark(name.name(), found.mark(name.name()))).toList(),
        DriftJudge.servedByAll(spec, holdings),
        seen.revertFault().isEmpty(),
        seen.revertFault().isEmpty()
            ? "A revert was tried without effect, and would be taken"
            : "A revert would not be taken: " + seen.revertFault());
  }

  private static SwitchMark mark(String name, EpochMark mark) {
    String text = String.join(" ", mark.values());
    return switch (mark) {
      case EpochMark.Epoch(long value, CutoverId cutover, boolean ended) ->
          new SwitchMark(name, value, Optional.of(cutover), ended, text);
      case EpochMark.Absent _, EpochMark.Foreign _ ->
          new SwitchMark(name, -1, Optional.empty(), false, text);
    };
  }

  /** Looks once; what can't be seen is said, not thrown. */
  Look look(SwitchSpec spec, CutoverId cutover, Duration within) throws InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    try {
      return look(spec, trafficSwitch.read(spec, within), cutover, endNanos);
    } catch (SwitchFailure e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(e.failure().reason());
      }
      String reason = e.failure().reason();
      return new Look(
          new Holding(spec.provider().writtenAt(), List.of(), reason),
          -1,
          poll.secondaries(spec, List.of(), endNanos),
          reason);
    }
  }

  /** Looks at the rest, after the primary. */
  Look look(SwitchSpec spec, SwitchState found, CutoverId cutover, long endNanos)
      throws InterruptedException {
    return new Look(
        new Holding(spec.provider().writtenAt(), found.sets(), ""),
        markEpoch(spec, found, cutover),
        poll.secondaries(spec, found.sets(), endNanos),
        revertFault(spec, found, cutover, endNanos));
  }

  /** The lowest of the names' marks; -1 unless all are this cutover's. */
  private static long markEpoch(SwitchSpec spec, SwitchState found, CutoverId cutover) {
    return spec.names().stream()
        .mapToLong(
            name ->
                found.mark(name.name()) instanceof EpochMark.Epoch mark
                        && mark.cutover().equals(cutover)
                    ? mark.value()
                    : -1)
        .min()
        .orElse(-1);
  }

  private String revertFault(SwitchSpec spec, SwitchState found, CutoverId cutover, long endNanos) {
    try {
      Duration left = Duration.ofNanos(Math.max(endNanos - pace.nanoTime(), 100_000_000));
      trafficSwitch.proveRevert(spec, found, cutover, left);
      return "";
    } catch (SwitchFailure e) {
      return e.failure().reason();
    }
  }
}
