package dev.cutover.dns;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsReply.ServerRecords;
import dev.cutover.contract.DnsReply.SwitchMark;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.ViewRead;
import dev.cutover.dns.domain.DriftJudge;
import dev.cutover.dns.domain.DriftJudge.Holding;
import dev.cutover.dns.domain.DriftJudge.Look;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
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

  /** Answers how it and its views stand; each primary must be seen. */
  SwitchRead read(ReadSwitch command, SwitchSpec spec, Duration within)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    ViewRead itself = read("", spec, command.cutover(), endNanos);
    List<ViewRead> views = new ArrayList<>();
    for (SwitchView view : spec.everyView()) {
      try {
        views.add(read(view.name(), view.spec(), command.cutover(), endNanos));
      } catch (SwitchFailure e) {
        throw SwitchedViews.ofView(view, e);
      }
    }
    return new SwitchRead(
        command.header().step(),
        itself.servers(),
        itself.marks(),
        itself.served(),
        itself.stagedRevertValid(),
        itself.detail(),
        views.isEmpty() ? Optional.empty() : Optional.of(views));
  }

  private ViewRead read(String part, SwitchSpec spec, CutoverId cutover, long endNanos)
      throws SwitchFailure, InterruptedException {
    SwitchState found = trafficSwitch.read(spec, SwitchedViews.until(endNanos, pace));
    Look seen = look(spec, found, cutover, endNanos);
    List<Holding> holdings =
        Stream.concat(Stream.of(seen.primary()), seen.secondaries().stream()).toList();
    return new ViewRead(
        part,
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

  /**
   * Looks once at the switch and at its views, side by side; what can't be seen is said, not
   * thrown.
   *
   * @return by the name of the view; the first is the switch itself, without a name
   */
  SequencedMap<String, Look> everywhere(SwitchSpec spec, CutoverId cutover, Duration within)
      throws InterruptedException {
    Map<String, Future<Look>> views = new LinkedHashMap<>();
    for (SwitchView view : spec.everyView()) {
      views.put(view.name(), pace.fork("view-look", () -> look(view.spec(), cutover, within)));
    }
    SequencedMap<String, Look> seen = new LinkedHashMap<>();
    try {
      seen.put("", look(spec, cutover, within));
      for (Map.Entry<String, Future<Look>> view : views.entrySet()) {
        seen.put(view.getKey(), view.getValue().get());
      }
      return seen;
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected a look at a view, but it broke", e);
    } finally {
      views.values().forEach(view -> view.cancel(true)); // no effect once it is over
    }
  }

  /**
   * Asks the providers who made these drifts; that one can't be asked is said, not thrown. What
   * only secondaries serve was nobody's change.
   */
  List<ChangedBy> changedBy(
      SwitchSpec spec, List<RecordDrift> drifts, Instant since, Duration within)
      throws InterruptedException {
    List<ChangedBy> changes = new ArrayList<>();
    for (Map.Entry<String, SwitchSpec> part : spec.parts().entrySet()) {
      SwitchSpec of = part.getValue();
      List<String> names =
          drifts.stream()
              .filter(drift -> drift.view().orElse("").equals(part.getKey()))
              .filter(drift -> drift.server().equals(of.provider().writtenAt()))
              .map(drift -> drift.expected().name())
              .distinct()
              .toList();
      if (!names.isEmpty()) {
        asked(of, names, since, within).stream()
            .map(change -> part.getKey().isEmpty() ? change : change.ofView(part.getKey()))
            .forEach(changes::add);
      }
    }
    return changes;
  }

  private List<ChangedBy> asked(SwitchSpec spec, List<String> names, Instant since, Duration within)
      throws InterruptedException {
    try {
      return trafficSwitch.changedBy(spec, names, since, within);
    } catch (SwitchFailure e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(e.failure().reason());
      }
      return names.stream()
          .map(
              name ->
                  new ChangedBy(
                      name,
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      "who it was could not be asked: " + e.failure().reason()))
          .toList();
    }
  }

  private Look look(SwitchSpec spec, CutoverId cutover, Duration within)
      throws InterruptedException {
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
  private Look look(SwitchSpec spec, SwitchState found, CutoverId cutover, long endNanos)
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
