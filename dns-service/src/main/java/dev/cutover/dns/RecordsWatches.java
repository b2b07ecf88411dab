package dev.cutover.dns;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsReply;
import dev.cutover.contract.Event;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.DriftJudge.Look;
import dev.cutover.dns.domain.Expectation;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Keeps the standing watches, and what each may expect: the orders of this cutover that pass
 * through here are no drift. All of it is forgotten with the partition; the order to watch comes
 * again then, with what is expected by that time.
 */
final class RecordsWatches implements AutoCloseable {
  private final SwitchLook look;
  private final InstantSource clock;
  private final Pace pace;
  private final Duration period;
  private final Map<CutoverId, RecordsWatch> watches = new ConcurrentHashMap<>();
  private final Map<CutoverId, Expectation> expectations = new ConcurrentHashMap<>();

  RecordsWatches(SwitchLook look, InstantSource clock, Pace pace, Duration period) {
    this.look = look;
    this.clock = clock;
    this.pace = pace;
    this.period = period;
  }

  /** Begins to watch, or begins anew under the same or a later order. */
  Reply watch(WatchRecords command, SwitchSpec spec, Consumer<Event> reports) {
    CutoverId cutover = command.cutover();
    long epoch = command.header().epoch();
    RecordsWatch running = watches.get(cutover);
    if (running != null && running.epoch() > epoch) {
      return new StepFailed(
          command.header().step(),
          new Failure(
              FailureKind.SUPERSEDED,
              "Expected an epoch of %d or more, but got %d: a later watch is running"
                  .formatted(running.epoch(), epoch),
              false));
    }
    List<RecordSet> expected = normal(command.expected());
    List<RecordSet> before = normal(command.before());
    Instant now = clock.instant();
    expectations.merge(
        cutover,
        Expectation.told(Math.max(epoch, command.markEpoch()), expected, before, now),
        (known, told) -> known.epoch() > told.epoch() ? known.from(expected, before, now) : told);
    if (running != null) {
      running.close();
    }
    RecordsWatch begun =
        new RecordsWatch(
            command.header(), spec, look, expected(cutover), reports, clock, pace, period);
    watches.put(cutover, begun);
    begun.start();
    return new DnsReply.RecordsWatched(command.header().step());
  }

  private RecordsWatch.Expected expected(CutoverId cutover) {
    return new RecordsWatch.Expected() {
      @Override
      public Optional<Expectation> now() {
        return Optional.ofNullable(expectations.get(cutover));
      }

      @Override
      public Optional<Expectation> judging(Expectation before, Look seen) {
        Expectation after =
            seen.primary().error().isEmpty()
                ? before.seen(seen.primary().records(), clock.instant())
                : before;
        return expectations.replace(cutover, before, after) ? Optional.of(after) : Optional.empty();
      }
    };
  }

  /** An order is about to be carried out: where it leads is no drift from now on. */
  void before(DnsCommand command, SwitchSpec spec) {
    switch (command) {
      case DnsCommand.LowerTtl lower -> ordering(command, spec.lowered(normal(lower.captured())));
      case DnsCommand.ShiftTraffic shift ->
          ordering(command, normal(spec.served(shift.weightPercent())));
      case DnsCommand.RevertTraffic _ -> ordering(command, normal(spec.served(Side.SOURCE)));
      case DnsCommand.RestoreTtl _ -> end(command.cutover());
      case DnsCommand.StageSwitch stage ->
          expectations.computeIfPresent(
              stage.cutover(), (_, known) -> known.marking(stage.header().epoch()));
      case DnsCommand.CaptureRecords _,
          DnsCommand.VerifyTraffic _,
          DnsCommand.VerifyView _,
          DnsCommand.VerifySplit _,
          DnsCommand.WatchRecords _,
          DnsCommand.ReadSwitch _ -> {}
    }
  }

  private void ordering(DnsCommand command, List<RecordSet> next) {
    long epoch = command.header().epoch();
    expectations.merge(
        command.cutover(),
        Expectation.ordered(epoch, next),
        (known, _) -> known.ordering(epoch, next));
  }

  /** What became of it. Where that is not known, both is possible until it is seen. */
  void after(DnsCommand command, SwitchSpec spec, Reply reply) {
    expectations.computeIfPresent(
        command.cutover(),
        (_, known) -> {
          if (reply instanceof DnsReply.TtlLowered) {
            return done(known);
          }
          if (reply instanceof DnsReply.TrafficShifted) {
            return done(known, normal(spec.served(Side.SOURCE)));
          }
          if (reply instanceof DnsReply.TrafficReverted reverted) {
            return reverted.changed() || !isAtSource(known, spec)
                ? done(known, normal(spec.served(Side.TARGET)))
                : known.undone();
          }
          return reply instanceof StepFailed failed && changedNothing(failed.failure().kind())
              ? known.undone()
              : known;
        });
  }

  private Expectation done(Expectation known) {
    return known.ordered().map(next -> known.done(next, clock.instant())).orElse(known);
  }

  /**
   * The same for an order that moved traffic.
   *
   * @param other what it moved traffic away from, where that is not what is known
   */
  private Expectation done(Expectation known, List<RecordSet> other) {
    boolean asKnown = known.settled().isPresent() && !known.settled().equals(known.ordered());
    return asKnown
        ? done(known)
        : known.ordered().map(next -> known.done(next, other, clock.instant())).orElse(known);
  }

  /** A revert that finds the source's records leaves them as they are. */
  private static boolean isAtSource(Expectation known, SwitchSpec spec) {
    return known.settled().filter(sets -> RecordSets.serves(spec, Side.SOURCE, sets)).isPresent();
  }

  private static boolean changedNothing(FailureKind kind) {
    return switch (kind) {
      case REFUSED, CONFLICT, SUPERSEDED, MISMATCH, UNSUITABLE, MANUAL -> true;
      case UNREACHABLE, TIMED_OUT, INCONCLUSIVE, INTERNAL -> false;
    };
  }

  private static List<RecordSet> normal(List<RecordSet> sets) {
    return sets.stream().map(RecordSets::normalise).toList();
  }

  private void end(CutoverId cutover) {
    expectations.remove(cutover);
    RecordsWatch running = watches.remove(cutover);
    if (running != null) {
      running.close();
    }
  }

  /** Ends the watches that another instance has now. */
  void owns(Predicate<CutoverId> ours) {
    expectations.keySet().stream().filter(cutover -> !ours.test(cutover)).forEach(this::end);
    watches.keySet().stream().filter(cutover -> !ours.test(cutover)).forEach(this::end);
  }

  @Override
  public void close() {
    watches.values().forEach(RecordsWatch::close);
    watches.clear();
  }
}
