package dev.cutover.dns;

import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.PutBackRecords;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsCommand.RestoreTtl;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsCommand.VerifySplit;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsCommand.VerifyView;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.DnsReply.TtlRestored;
import dev.cutover.contract.DnsReply.ViewStaged;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.ViewRecords;
import dev.cutover.dns.adapter.ChangeTexts;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.PutBack;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchTexts;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Does to each view of a switch what was done to the switch itself. Zones have nothing in common:
 * each is changed by one conditional change of its own, in the order of the plan (trap 7), with the
 * same epoch in its mark; whatever was cut off in between is made up for by the same order again.
 */
record SwitchedViews(TrafficSwitch trafficSwitch, TtlLowering lowering, Pace pace) {
  /** Each is tried, even if those before it have used up the time: epochs refuse what is late. */
  private static final Duration TRY_MIN = Duration.ofSeconds(1);

  /** One view's part of an order. */
  private interface Part {
    void carryOut(SwitchView view, Order order) throws SwitchFailure, InterruptedException;
  }

  /**
   * Goes on with the views.
   *
   * @param endNanos by when, at this pace
   * @param done what the switch itself has answered
   * @return the answer of all of it
   */
  Reply follow(DnsCommand command, SwitchSpec spec, Order order, long endNanos, Reply done)
      throws SwitchFailure, InterruptedException {
    if (spec.everyView().isEmpty()) {
      return done;
    }
    return switch (command) {
      case StageSwitch stage -> staged(stage, spec, order, endNanos, (SwitchStaged) done);
      case LowerTtl lower -> lowered(lower, spec, order, endNanos, (TtlLowered) done);
      case ShiftTraffic shift -> {
        each(
            spec,
            order,
            endNanos,
            (view, part) ->
                trafficSwitch.shift(
                    view.spec(), shift.weightPercent(), shift.expectedEpoch(), part));
        yield done;
      }
      case RestoreTtl restore -> restored(restore, spec, order, endNanos, (TtlRestored) done);
      // These look after the views themselves; the rest is not about them.
      case CaptureRecords _,
          PutBackRecords _,
          RevertTraffic _,
          VerifyTraffic _,
          VerifyView _,
          VerifySplit _,
          WatchRecords _,
          ReadSwitch _ ->
          done;
    };
  }

  /**
   * Takes the switch back, and each view, whatever became of those before: none of them may wait
   * for another's server.
   *
   * @return whether anything was changed
   * @throws SwitchFailure the first that failed
   */
  boolean revert(SwitchSpec spec, Order order, long endNanos)
      throws SwitchFailure, InterruptedException {
    List<SwitchFailure> failures = new ArrayList<>();
    boolean[] changed = new boolean[1];
    try {
      changed[0] = trafficSwitch.revert(spec, order);
    } catch (SwitchFailure e) {
      failures.add(e);
    }
    for (SwitchView view : spec.everyView()) {
      try {
        each(
            spec.withViews(List.of(view)),
            order,
            endNanos,
            (one, part) -> changed[0] |= trafficSwitch.revert(one.spec(), part));
      } catch (SwitchFailure e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
    return changed[0];
  }

  /**
   * Puts back what drifted in the switch and in each view, in order: the first that fails ends it.
   * Where nothing drifted the mark is raised all the same, so that every zone has the same.
   *
   * @return whether anything was changed
   */
  boolean putBack(PutBackRecords command, SwitchSpec spec, Order order, long endNanos)
      throws SwitchFailure, InterruptedException {
    EpochMark.Epoch expected = order.mark(command.expectedEpoch());
    SwitchSpec itself = spec.withViews(List.of());
    boolean[] changed = {
      PutBack.of(command, itself, "").carryOut(trafficSwitch, itself, expected, order)
    };
    each(
        spec,
        order,
        endNanos,
        (view, part) ->
            changed[0] |=
                PutBack.of(command, view.spec(), view.name())
                    .carryOut(trafficSwitch, view.spec(), expected, part));
    return changed[0];
  }

  private SwitchStaged staged(
      StageSwitch command, SwitchSpec spec, Order order, long endNanos, SwitchStaged done)
      throws SwitchFailure, InterruptedException {
    List<ViewStaged> views = new ArrayList<>();
    each(
        spec,
        order,
        endNanos,
        (view, part) -> {
          trafficSwitch.stage(view.spec(), records(command.views(), view), part);
          SwitchTexts texts = ChangeTexts.of(view.spec(), part.mark());
          views.add(
              new ViewStaged(
                  view.name(),
                  texts.forward(),
                  texts.revert(),
                  texts.revertHash(),
                  texts.liftMark()));
        });
    return new SwitchStaged(
        done.step(),
        done.forward(),
        done.revert(),
        done.revertHash(),
        done.liftMark(),
        Optional.of(views));
  }

  private TtlLowered lowered(
      LowerTtl command, SwitchSpec spec, Order order, long endNanos, TtlLowered done)
      throws SwitchFailure, InterruptedException {
    List<TtlLowered> all = new ArrayList<>(List.of(done));
    each(
        spec,
        order,
        endNanos,
        (view, part) ->
            all.add(
                lowering.lower(
                    done.step(), view.spec(), records(command.views(), view), part, _ -> {})));
    List<ServerVerdict> servers = all.stream().flatMap(one -> one.servers().stream()).toList();
    return new TtlLowered(
        done.step(),
        all.stream().mapToInt(TtlLowered::oldTtlSeconds).max().orElseThrow(),
        all.stream().mapToInt(TtlLowered::ttlSeconds).max().orElseThrow(),
        all.stream().map(TtlLowered::lastAuthorityAt).max(Instant::compareTo).orElseThrow(),
        servers);
  }

  private TtlRestored restored(
      RestoreTtl command, SwitchSpec spec, Order order, long endNanos, TtlRestored done)
      throws SwitchFailure, InterruptedException {
    int[] ttlSeconds = {done.ttlSeconds()};
    each(
        spec,
        order,
        endNanos,
        (view, part) ->
            ttlSeconds[0] =
                Math.max(
                    ttlSeconds[0],
                    trafficSwitch.restoreTtl(view.spec(), records(command.views(), view), part)));
    return new TtlRestored(done.step(), ttlSeconds[0]);
  }

  /** The first that fails ends it; it says of which view. */
  private void each(SwitchSpec spec, Order order, long endNanos, Part part)
      throws SwitchFailure, InterruptedException {
    for (SwitchView view : spec.everyView()) {
      try {
        part.carryOut(view, new Order(order.cutover(), order.epoch(), until(endNanos, pace)));
      } catch (SwitchFailure e) {
        throw ofView(view, e);
      }
    }
  }

  static SwitchFailure ofView(SwitchView view, SwitchFailure failure) {
    return new SwitchFailure(
        failure.failure().kind(),
        "View '%s': %s".formatted(view.name(), failure.failure().reason()),
        failure.failure().retryable(),
        failure);
  }

  /** What is left until then, at that pace, and never too little for one try. */
  static Duration until(long endNanos, Pace pace) {
    Duration left = Duration.ofNanos(endNanos - pace.nanoTime());
    return left.compareTo(TRY_MIN) < 0 ? TRY_MIN : left;
  }

  private static List<RecordSet> records(Optional<List<ViewRecords>> all, SwitchView view) {
    return RecordSets.normal(ViewRecords.of(all, view.name()));
  }
}
