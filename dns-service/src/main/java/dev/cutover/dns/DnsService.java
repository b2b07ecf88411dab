package dev.cutover.dns;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
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
import dev.cutover.contract.DnsReply;
import dev.cutover.contract.Event;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.ChangeTexts;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.Spread;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchTexts;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.dns.domain.TxtAffix;
import dev.cutover.runtime.CommandHandler;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.Work;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Answers orders about the traffic switch: reads the world, acts on the difference, replies with
 * evidence. Keeps nothing between orders but the standing watches, and never tries an order again;
 * an interrupt ends it.
 */
public final class DnsService implements CommandHandler<DnsCommand>, AutoCloseable {
  /** How often watched records are read, unless configured. */
  public static final Duration WATCH_PERIOD = Duration.ofSeconds(30);

  /**
   * An order whose deadline seems to be over is still tried once: the clocks of two hosts may
   * differ by more than a step lasts, and a revert refused by a clock is an outage. Epochs refuse
   * what is late.
   */
  private static final Duration TRY_MIN = Duration.ofSeconds(3);

  private final TrafficSwitch trafficSwitch;
  private final TtlLowering lowering;
  private final TrafficProof proof;
  private final SwitchedViews views;
  private final ViewCheck viewCheck;
  private final Optional<String> vantage;
  private final SplitWatch splits;
  private final SwitchLook look;
  private final RecordsCapture capture;
  private final RecordsWatches watches;
  private final Suitability suitability;
  private final AuthorityCensus census;
  private final InstantSource clock;
  private final Pace pace;

  public DnsService(
      TrafficSwitch trafficSwitch, DnsQueries queries, AllowList allowed, InstantSource clock) {
    this(trafficSwitch, queries, allowed, WATCH_PERIOD, clock, Pace.MACHINE);
  }

  /** The same at a pace of its own, reading watched records that often. */
  public DnsService(
      TrafficSwitch trafficSwitch,
      DnsQueries queries,
      AllowList allowed,
      Duration watchPeriod,
      InstantSource clock,
      Pace pace) {
    this(
        trafficSwitch,
        queries,
        allowed,
        List.of(TxtAffix.NONE),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        watchPeriod,
        clock,
        pace);
  }

  /**
   * The same, with the ways in which names of external-dns's marks are made, and who looks at the
   * zones above, and at signatures.
   *
   * @param vantage the only one for which this instance proves views, and it does nothing else;
   *     empty for one that does all but that
   */
  public DnsService(
      TrafficSwitch trafficSwitch,
      DnsQueries queries,
      AllowList allowed,
      List<TxtAffix> affixes,
      Optional<ParentLook> parents,
      Optional<SignatureLook> signatures,
      Optional<String> vantage,
      Duration watchPeriod,
      InstantSource clock,
      Pace pace) {
    this.trafficSwitch = trafficSwitch;
    ServerPoll poll = new ServerPoll(queries, pace);
    PropagationWatch watch = new PropagationWatch(trafficSwitch, queries, clock, pace);
    this.splits = new SplitWatch(queries, clock, pace);
    this.look = new SwitchLook(trafficSwitch, poll, pace);
    this.watches = new RecordsWatches(look, clock, pace, watchPeriod);
    this.suitability = new Suitability(allowed, trafficSwitch);
    this.census = new AuthorityCensus(queries, parents, pace);
    this.vantage = vantage;
    ResolverWatch resolvers = new ResolverWatch(poll, queries, clock, pace);
    this.proof = new TrafficProof(watch, resolvers, census, clock, pace);
    this.lowering = new TtlLowering(trafficSwitch, watch, census, pace);
    this.views = new SwitchedViews(trafficSwitch, lowering, pace);
    this.viewCheck =
        new ViewCheck(
            new TrafficProof(
                new PropagationWatch(
                    (_, _) -> new Spread.Untold(), queries, clock, pace, FailureKind.INCONCLUSIVE),
                resolvers,
                census,
                clock,
                pace),
            queries);
    this.capture =
        new RecordsCapture(
            trafficSwitch,
            census,
            new KeeperLook(queries, affixes, pace),
            new AliasLook(queries, pace),
            signatures,
            pace);
    this.clock = clock;
    this.pace = pace;
  }

  /**
   * Does what is ordered and says what became of it.
   *
   * @param reports takes what a watch says later, from any thread
   * @throws InterruptedException if the order was cancelled; what was sent until then may have
   *     taken effect
   */
  public Reply handle(DnsCommand command, Consumer<Event> reports) throws InterruptedException {
    long startNanos = pace.nanoTime();
    Reply reply;
    try {
      reply = carriedOut(command, suitability.require(command), reports);
    } catch (SwitchFailure e) {
      reply = failed(command, e);
    }
    OrderLog.write(command, reply, millisSince(startNanos));
    return reply;
  }

  /** Each vantage point has instances of its own, with a consumer group of their own. */
  @Override
  public boolean takes(DnsCommand command) {
    return command instanceof VerifyView view
        ? vantage.filter(view.vantage()::equals).isPresent()
        : vantage.isEmpty();
  }

  @Override
  public Event handle(DnsCommand command, Work work) throws InterruptedException {
    return handle(command, work::publish);
  }

  /** Ends the watches that another instance has now. */
  @Override
  public void owns(Predicate<CutoverId> ours) {
    watches.owns(ours);
  }

  /** Ends all watches. */
  @Override
  public void close() {
    watches.close();
  }

  /** What this order changes is no drift. */
  private Reply carriedOut(DnsCommand command, SwitchSpec spec, Consumer<Event> reports)
      throws InterruptedException {
    watches.before(command, spec);
    Reply reply;
    try {
      reply = reply(command, spec, reports);
    } catch (SwitchFailure e) {
      reply = failed(command, e);
    }
    watches.after(command, spec, reply);
    return reply;
  }

  private static StepFailed failed(DnsCommand command, SwitchFailure failure)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException(failure.failure().reason());
    }
    return new StepFailed(command.header().step(), failure.failure());
  }

  private Reply reply(DnsCommand command, SwitchSpec spec, Consumer<Event> reports)
      throws SwitchFailure, InterruptedException {
    StepRef step = command.header().step();
    Duration within = within(command.header());
    Order order = new Order(command.cutover(), command.header().epoch(), within);
    long startNanos = pace.nanoTime();
    Reply done =
        switch (command) {
          case CaptureRecords capturing -> capture.capture(capturing, spec, within);
          case StageSwitch(var _, var _, List<RecordSet> captured, var _) -> {
            capture.aliases().require(spec, within);
            trafficSwitch.stage(spec, RecordSets.normal(captured), order);
            SwitchTexts texts = ChangeTexts.of(spec, order.mark());
            yield new DnsReply.SwitchStaged(
                step, texts.forward(), texts.revert(), texts.revertHash(), texts.liftMark());
          }
          case LowerTtl(var _, var _, List<RecordSet> captured, var _) -> {
            PropagationTold told = new PropagationTold(step, clock, reports);
            yield lowering.lower(step, spec, RecordSets.normal(captured), order, told::authorities);
          }
          case ShiftTraffic(var _, var _, long expectedEpoch, int weightPercent) -> {
            trafficSwitch.shift(spec, weightPercent, expectedEpoch, order);
            yield new DnsReply.TrafficShifted(step, clock.instant(), millisSince(startNanos));
          }
          case VerifyTraffic(var _, var _, Side side) ->
              proof.verify(step, spec, side, within, reports);
          case VerifyView view -> viewCheck.verify(view, spec, within, reports);
          case VerifySplit(var _, var _, int weightPercent) -> {
            SplitWatch.Counted counted =
                splits.await(census.withAddresses(spec), weightPercent, within);
            yield new DnsReply.SplitVerified(
                step, weightPercent, counted.countedAt(), counted.counts());
          }
          case PutBackRecords putBack -> {
            boolean changed = views.putBack(putBack, spec, order, startNanos + within.toNanos());
            yield new DnsReply.RecordsPutBack(
                step, clock.instant(), changed, millisSince(startNanos));
          }
          case RevertTraffic _ -> {
            boolean changed = views.revert(spec, order, startNanos + within.toNanos());
            yield new DnsReply.TrafficReverted(
                step, clock.instant(), changed, millisSince(startNanos));
          }
          case WatchRecords standing ->
              watches.watch(standing, census.withEveryAddress(spec), reports);
          case ReadSwitch reading -> look.read(reading, census.withEveryAddress(spec), within);
          case RestoreTtl(var _, var _, List<RecordSet> captured, var _) ->
              new DnsReply.TtlRestored(
                  step, trafficSwitch.restoreTtl(spec, RecordSets.normal(captured), order));
        };
    return views.follow(command, spec, order, startNanos + within.toNanos(), done);
  }

  private Duration within(CommandHeader header) {
    Instant now = clock.instant();
    Duration left = Duration.between(now, header.deadline());
    return left.compareTo(TRY_MIN) < 0 ? TRY_MIN : left;
  }

  private long millisSince(long startNanos) {
    return Duration.ofNanos(pace.nanoTime() - startNanos).toMillis();
  }
}
