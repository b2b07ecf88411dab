package dev.cutover.dns;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsReply;
import dev.cutover.contract.Event;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Reply;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.DriftJudge.Look;
import dev.cutover.dns.domain.Expectations;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

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
  private final Map<CutoverId, Expectations> expectations = new ConcurrentHashMap<>();

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
    Instant now = clock.instant();
    expectations.merge(
        cutover, Expectations.NONE.told(command, now), (known, _) -> known.told(command, now));
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
      public Optional<Expectations> now() {
        return Optional.ofNullable(expectations.get(cutover));
      }

      @Override
      public Optional<Expectations> judging(Expectations before, Map<String, Look> seen) {
        Expectations after = before.seen(seen, clock.instant());
        return expectations.replace(cutover, before, after) ? Optional.of(after) : Optional.empty();
      }
    };
  }

  /** An order is about to be carried out: where it leads is no drift from now on. */
  void before(DnsCommand command, SwitchSpec spec) {
    long epoch = command.header().epoch();
    switch (command) {
      case DnsCommand.LowerTtl lower -> ordering(command, known -> known.lowering(lower, spec));
      case DnsCommand.ShiftTraffic shift ->
          ordering(command, known -> known.moving(epoch, spec, shift.weightPercent()));
      case DnsCommand.PutBackRecords putBack ->
          ordering(command, known -> known.moving(epoch, spec, putBack.weightPercent()));
      case DnsCommand.RevertTraffic _ -> ordering(command, known -> known.moving(epoch, spec, 0));
      case DnsCommand.RestoreTtl _ -> end(command.cutover());
      case DnsCommand.StageSwitch stage ->
          expectations.computeIfPresent(stage.cutover(), (_, known) -> known.marking(epoch));
      case DnsCommand.CaptureRecords _,
          DnsCommand.VerifyTraffic _,
          DnsCommand.VerifyView _,
          DnsCommand.VerifySplit _,
          DnsCommand.WatchRecords _,
          DnsCommand.ReadSwitch _ -> {}
    }
  }

  private void ordering(DnsCommand command, UnaryOperator<Expectations> order) {
    expectations.merge(
        command.cutover(), order.apply(Expectations.NONE), (known, _) -> order.apply(known));
  }

  /** What became of it. */
  void after(DnsCommand command, SwitchSpec spec, Reply reply) {
    Instant now = clock.instant();
    expectations.computeIfPresent(
        command.cutover(),
        (_, known) ->
            command instanceof DnsCommand.PutBackRecords order
                    && reply instanceof DnsReply.RecordsPutBack
                ? known.putBack(order, spec, now)
                : known.after(reply, spec, now));
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
