package dev.cutover.orchestrator.simulation;

import dev.cutover.contract.*;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.orchestrator.domain.*;
import dev.cutover.orchestrator.domain.SagaState.*;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * One cutover in a world with delays, duplicates, crashes, silent services, orders that wake late,
 * dead databases, breaches, blindness and people who make mistakes; all from one seed, on one
 * thread.
 */
final class Simulation {
  /** How rough the world is. */
  record Weather(
      double loseReply,
      double duplicate,
      double crashOrchestrator,
      double crashService,
      double wakeLate,
      boolean targetBreaks,
      boolean targetDies,
      boolean monitorBlind,
      boolean dataDiffers,
      boolean orchestratorGone,
      boolean peopleErr,
      boolean peopleAsked,
      boolean oddReports,
      boolean longAbsence) {
    static Weather of(Random random) {
      return new Weather(
          random.nextInt(3) == 0 ? 0.1 : 0,
          random.nextInt(2) == 0 ? 0.2 : 0,
          random.nextInt(3) == 0 ? 0.05 : 0,
          random.nextInt(3) == 0 ? 0.05 : 0,
          random.nextInt(3) == 0 ? 0.1 : 0,
          random.nextInt(3) == 0,
          random.nextInt(6) == 0,
          random.nextInt(6) == 0,
          random.nextInt(12) == 0,
          random.nextInt(12) == 0,
          random.nextInt(3) == 0,
          random.nextInt(4) == 0,
          random.nextInt(4) == 0,
          random.nextInt(6) == 0);
    }
  }

  private record Due(Instant at, long order, Runnable action) {}

  static final CutoverId ID = new CutoverId("simulated");

  final SimulatedWorld world = new SimulatedWorld();
  final SimulatedServices services = new SimulatedServices(world);
  final List<SagaEvent> journal = new ArrayList<>();
  final List<String> story = new ArrayList<>();
  final Weather weather;
  Cutover cutover = Cutover.named(ID);
  Instant now = Instant.parse("2026-12-01T02:00:00Z");
  final Instant began = now;

  final Plan plan;
  private final Random random;

  /** Chance of what concerns notices alone, so that the rest is as without them. */
  private final Random post;

  /** Chance of what people do by hand beside the product, in some worlds. */
  private final Random hands;

  private final boolean handsOn;

  /** Chance of how a log is read that grew while nobody decided, in some worlds. */
  private final Random reading;

  private final boolean readsSlowly;

  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
  private final Invariants invariants = new Invariants(this);
  private final List<SagaInput> undelivered = new ArrayList<>();
  private boolean orchestratorUp = true;
  private boolean gone;
  private Instant upSince = Instant.EPOCH;
  private int unread;
  private int life;
  private boolean awayAtTheEnd;
  private Optional<Instant> breaksAt = Optional.empty();
  private long order;
  private int writes;
  private long targetRequests;
  private int requests;
  private String seenHash = "";
  private boolean wasAbsent;
  private boolean triggered;

  Simulation(long seed) {
    this(seed, Optional.empty());
  }

  Simulation(long seed, Plan plan) {
    this(seed, Optional.of(plan));
  }

  private Simulation(long seed, Optional<Plan> given) {
    this.random = new Random(seed);
    this.post = new Random(seed);
    this.hands = new Random(seed * 31);
    this.handsOn = hands.nextInt(5) == 0;
    this.reading = new Random(seed * 37);
    this.readsSlowly = reading.nextInt(3) == 0;
    this.weather = Weather.of(random);
    Plan any = Plans.any(ID, new Random(~seed));
    this.plan = given.orElse(weather.peopleAsked() ? Plans.asking(any) : any);
    world.shared = plan.data().isEmpty();
  }

  /** Runs to the end of the simulated time; invariants hold after every event or it throws. */
  void run(Duration length) {
    Instant end = began.plus(length);
    if (weather.oddReports()) { // somebody is too early
      deliver(new SagaInput.Asked(new Request.Hold(ID, "early", "bo", "wait")), Duration.ZERO);
    }
    deliver(new SagaInput.StartAsked(start(), plan), Duration.ZERO);
    every(Duration.ofSeconds(3), this::oddReport);
    every(Duration.ofMillis(200), this::client);
    every(Duration.ofMillis(500), this::heartbeat);
    every(Duration.ofSeconds(1), this::people);
    if (handsOn) {
      every(Duration.ofSeconds(1), this::byHand);
    }
    every(Duration.ofMillis(100), this::lease);
    every(Duration.ofMillis(50), world::stream);
    every(Duration.ofMillis(50), this::timers);
    while (!queue.isEmpty() && queue.peek().at().isBefore(end)) {
      Due due = queue.remove();
      now = due.at();
      due.action().run();
      invariants.check();
    }
    invariants.atTheEnd();
  }

  private static Request.StartCutover start() {
    return new Request.StartCutover(ID, "start", "ana", "");
  }

  private void at(Duration delay, Runnable action) {
    queue.add(new Due(now.plus(delay), order++, action));
  }

  private void every(Duration period, Runnable action) {
    at(
        period,
        () -> {
          action.run();
          every(period, action);
        });
  }

  private Duration millis(int least, int most) {
    return Duration.ofMillis(least + random.nextInt(most - least + 1));
  }

  private boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  /** The log delivers: late, perhaps twice, never lost. */
  private void deliver(SagaInput input, Duration delay) {
    at(delay, () -> receive(input));
    if (chance(weather.duplicate())) {
      at(delay.plus(millis(0, 4000)), () -> receive(input));
    }
  }

  private void receive(SagaInput input) {
    if (!orchestratorUp || unread > 0) {
      undelivered.add(input);
      return;
    }
    hear(input);
  }

  private void hear(SagaInput input) {
    decide(input);
    // It does work for a while between two crashes; otherwise no timer would ever run.
    boolean dark = cutover.world().serving().isEmpty();
    if (!isPost(input) && dark && weather.longAbsence() && !wasAbsent && chance(0.3)) {
      wasAbsent = true;
      crash(millis(24_000, 34_000)); // longer than the fence's lease
    } else if (!isPost(input)
        && !now.isBefore(upSince.plusSeconds(10))
        && chance(weather.crashOrchestrator())) {
      crash(millis(500, 9000));
    }
  }

  private void decide(SagaInput input) {
    Decision decision = Saga.decide(cutover, input, now);
    for (SagaEvent event : decision.events()) {
      journal.add(event);
      story.add(
          "%6.2f %s"
              .formatted(Duration.between(began, now).toMillis() / 1000.0, Compact.of(event)));
    }
    cutover = decision.after();
    for (Command command : decision.commands()) {
      if (command instanceof OutboundCommand.DeliverNotice notice) {
        post(notice);
        continue;
      }
      invariants.onCommand(command);
      at(millis(2, 30), () -> arrive(command));
    }
  }

  /** Mail is slow, lost, refused, and comes twice; it is no part of the rest of the world. */
  private void post(OutboundCommand.DeliverNotice notice) {
    StepRef step = notice.header().step();
    Duration delay = Duration.ofMillis(1 + post.nextInt(3_000));
    Reply reply =
        switch (post.nextInt(6)) {
          case 0 -> new StepFailed(step, new Failure(FailureKind.UNREACHABLE, "down", true));
          case 1 -> new StepFailed(step, new Failure(FailureKind.REFUSED, "no such box", false));
          default -> services.handle(notice, now);
        };
    if (post.nextInt(8) != 0) {
      at(delay, () -> receive(new SagaInput.Answered(reply)));
    }
    if (post.nextInt(4) == 0) {
      at(delay.plusSeconds(1), () -> receive(new SagaInput.Answered(reply)));
    }
  }

  private static boolean isPost(SagaInput input) {
    return input instanceof SagaInput.Answered(Reply reply)
        && reply.step().step().startsWith("notice ");
  }

  private void crash(Duration length) {
    crash(length, false);
  }

  private void crash(Duration length, boolean slowly) {
    orchestratorUp = false;
    life++;
    unread = 0;
    at(
        length,
        () -> {
          if (gone) {
            return;
          }
          Cutover folded = Cutover.named(ID);
          for (SagaEvent event : journal) {
            folded = Evolution.evolve(folded, event);
          }
          cutover = folded;
          orchestratorUp = true;
          upSince = now;
          if (slowly) {
            // Triggers have a topic of their own, and it may be read last.
            undelivered.sort(Comparator.comparing(Simulation::isTrigger));
            unread = undelivered.size();
            readOn(life);
            return;
          }
          List<SagaInput> waiting = List.copyOf(undelivered);
          undelivered.clear();
          waiting.forEach(this::receive);
        });
  }

  private static SagaInput late(SagaInput input, boolean late) {
    return input instanceof SagaInput.Told(Report report, Instant saidAt, boolean _)
        ? new SagaInput.Told(report, saidAt, late)
        : input;
  }

  private static boolean isTrigger(SagaInput input) {
    return input instanceof SagaInput.Told(RollbackTrigger _, Instant _, boolean _);
  }

  /** One message after the other, as slowly as it may be; what is said meanwhile comes after. */
  private void readOn(int began) {
    at(
        Duration.ofMillis(reading.nextInt(2000)),
        () -> {
          if (life != began || undelivered.isEmpty()) {
            return;
          }
          do {
            unread = Math.max(0, unread - 1);
            hear(late(undelivered.removeFirst(), unread > 0));
          } while (unread == 0 && life == began && !undelivered.isEmpty());
          readOn(began);
        });
  }

  /** In slow worlds the orchestrator is away when an observation ends, and the target may break. */
  private void leaveAtTheEnd() {
    if (readsSlowly
        && !awayAtTheEnd
        && orchestratorUp
        && cutover.state() instanceof Observing(int _, Instant _, Instant until)) {
      awayAtTheEnd = true;
      Duration left = Duration.between(now, until.minusMillis(reading.nextInt(6000)));
      at(
          left.isNegative() ? Duration.ZERO : left,
          () -> {
            if (orchestratorUp) {
              crash(Duration.ofMillis(1000 + reading.nextInt(12_000)), true);
            }
          });
    }
  }

  private boolean isBroken(boolean open) {
    if (open && breaksAt.isEmpty()) {
      breaksAt = Optional.of(readsSlowly ? now.plusMillis(reading.nextInt(20_000)) : now);
    }
    return open && weather.targetBreaks() && !now.isBefore(breaksAt.orElseThrow());
  }

  private void arrive(Command command) {
    if (chance(weather.crashService())) {
      at(millis(500, 8000), () -> restart(command));
      return;
    }
    if (chance(weather.wakeLate())) {
      at(millis(1000, 60_000), () -> services.handle(command, now)); // a zombie: nobody hears it
      at(millis(100, 3000), () -> execute(command)); // its successor
      return;
    }
    at(millis(1, 60), () -> execute(command));
  }

  /** The service comes back: what it ran is gone, and it says so. */
  private void restart(Command lost) {
    String service = service(lost);
    if (service.equals("monitor")) {
      services.watchEpoch = Optional.empty();
    }
    deliver(
        new SagaInput.Told(new PartitionsAssigned(ID, service, List.of(0)), now, false),
        millis(1, 50));
    at(millis(1, 60), () -> execute(lost));
  }

  private static String service(Command command) {
    return switch (command) {
      case DnsCommand _ -> "dns";
      case SyncCommand _ -> "sync";
      case ValidatorCommand _ -> "validator";
      case MonitorCommand _ -> "monitor";
      case OutboundCommand _, ParticipantCommand _, PersonCommand _ -> "outbound";
    };
  }

  private void execute(Command command) {
    int weightBefore = world.weightPercent;
    Reply reply = services.handle(command, now);
    invariants.onReply(command, reply, weightBefore);
    if (!chance(weather.loseReply())) {
      deliver(new SagaInput.Answered(reply), millis(1, 40));
    }
  }

  private void timers() {
    leaveAtTheEnd();
    if (orchestratorUp && !gone) {
      Optional<Instant> due = Saga.nextDue(cutover);
      boolean mayRun = unread == 0 || now.isAfter(upSince.plusSeconds(5));
      if (mayRun && due.isPresent() && !due.get().isAfter(now)) {
        decide(new SagaInput.TimePassed(unread == 0));
      }
    }
    if (weather.orchestratorGone() && cutover.ledger().sent(Action.FENCE_SOURCE) && !gone) {
      gone = true;
      orchestratorUp = false;
    }
  }

  private void client() {
    writes++;
    Side resolved = random.nextInt(100) < world.weightPercent ? Side.TARGET : Side.SOURCE;
    targetRequests += resolved == Side.TARGET ? 1 : 0;
    world.write(writes, resolved);
    if (random.nextInt(10) == 0) { // a straggler with an old answer
      world.write(1_000_000 + writes, resolved.other());
    }
  }

  private void heartbeat() {
    boolean open = world.target.open || world.weightPercent > 0;
    boolean inTheSwitch = !world.source.open && !open;
    if (weather.targetDies() && (inTheSwitch || (open && random.nextInt(10) == 0))) {
      world.target.reachable = false;
    }
    if (services.watchEpoch.isEmpty()) {
      return;
    }
    long epoch = services.watchEpoch.get();
    boolean broken = isBroken(open) || !world.target.reachable;
    HealthVerdict verdict =
        weather.monitorBlind()
            ? HealthVerdict.BLIND
            : broken ? HealthVerdict.BREACHED : HealthVerdict.HEALTHY;
    deliver(
        new SagaInput.Told(
            new HealthReported(
                ID,
                epoch,
                verdict,
                "",
                SideHealth.UNKNOWN,
                new SideHealth(targetRequests, 5, 0, 10, 0)),
            now,
            false),
        millis(1, 40));
    if (verdict == HealthVerdict.BREACHED) {
      invariants.breached = true;
      var reason = new RollbackTrigger.BreachReason("error-rate", "", 1, 1, 1, 0.05, 0, 1, 1, -1);
      deliver(
          new SagaInput.Told(
              new RollbackTrigger(
                  ID, "d" + epoch, epoch, now, now, now.plusSeconds(60), "errors", List.of(reason)),
              now,
              false),
          millis(1, 40));
      triggered = true;
      invariants.said("d" + epoch, now.plusMillis(40));
    }
  }

  /** What services say now and then, whether it fits or not. */
  private void oddReport() {
    if (!weather.oddReports() || random.nextInt(3) != 0) {
      return;
    }
    Side side = random.nextBoolean() ? Side.SOURCE : Side.TARGET;
    Direction direction = random.nextBoolean() ? Direction.FORWARD : Direction.REVERSE;
    boolean works = random.nextBoolean();
    SagaInput odd =
        switch (random.nextInt(6)) {
          case 5 -> cutover.state() instanceof Finished ? lateTrigger() : standingLost();
          case 0 ->
              new SagaInput.Told(
                  new FenceLost(ID, side, random.nextInt(3) != 0, "trigger"), now, false);
          case 1 ->
              new SagaInput.Told(new UndecodableMessage(ID, "events", 0, 7, "no JSON"), now, false);
          case 2, 3 ->
              new SagaInput.Told(
                  new ReplicationMeasured(ID, direction, 1, 1, 0, works, works ? "" : "down"),
                  now,
                  false);
          default -> standingLost();
        };
    deliver(odd, millis(1, 40));
  }

  /** What the watch decided is read once more when all is over. */
  private SagaInput lateTrigger() {
    long epoch = cutover.ledger().step(Action.WATCH_HEALTH).map(StepRecord::epoch).orElse(0L);
    var reason = new RollbackTrigger.BreachReason("error-rate", "", 1, 1, 1, 0.05, 0, 1, 1, -1);
    return new SagaInput.Told(
        new RollbackTrigger(
            ID, "late", epoch, now, now, now.plusSeconds(60), "errors", List.of(reason)),
        now,
        false);
  }

  /** A standing order that was carried out no longer is. */
  private SagaInput standingLost() {
    return cutover.ledger().steps().values().stream()
        .filter(record -> record.step().action().standing())
        .reduce((_, last) -> last)
        .<SagaInput>map(
            record ->
                new SagaInput.Answered(
                    new StepFailed(
                        record.command().header().step(),
                        new Failure(FailureKind.INTERNAL, "it stopped", true))))
        .orElseGet(() -> new SagaInput.TimePassed(false));
  }

  private void people() {
    if (random.nextInt(4) != 0) {
      return;
    }
    List<String> names = List.of("ana", "bo", "cy", "mallory");
    String actor = names.get(random.nextInt(names.size()));
    String id = "r" + requests++;
    if (cutover.people().question().isPresent() && random.nextInt(6) == 0) {
      RollbackChoice choice = random.nextBoolean() ? RollbackChoice.STAY : RollbackChoice.ROLL_BACK;
      deliver(
          new SagaInput.Asked(new Request.Decide(ID, id, actor, choice, "seen")), millis(1, 9000));
      return;
    }
    if (weather.peopleErr() && random.nextInt(4) == 0) {
      deliver(odd(id, actor), millis(1, 200));
      return;
    }
    Request request =
        switch (random.nextInt(weather.peopleErr() ? 22 : 10) - 2) {
          case -2, -1 -> new Request.Approve(ID, id, actor, gate(), "", "");
          case 8 -> new Request.Hold(ID, id, actor, "wait");
          case 9 -> new Request.Abort(ID, id, actor, "stop");
          case 10 -> new Request.RollBack(ID, id, actor, "back");
          case 11 ->
              random.nextInt(8) == 0
                  ? new Request.Abandon(ID, id, actor, "no")
                  : approval(id, actor);
          case 12, 13 -> new Request.DeclareTargetDead(ID, id, actor, "burnt down");
          case 14, 15, 16, 17, 18, 19, 7 -> new Request.Resume(ID, id, actor, "on");
          default -> approval(id, actor);
        };
    boolean declares = request instanceof Request.DeclareTargetDead;
    if (!declares || !world.target.reachable) { // people confirm that it is cut off first
      deliver(new SagaInput.Asked(request), millis(1, 200));
    }
  }

  /** They take over, do what the break-glass page says or nothing, and hand back. */
  private void byHand() {
    boolean took = world.manual;
    world.manual = took ? hands.nextInt(6) != 0 : hands.nextInt(20) == 0;
    if (took && !world.manual) {
      boolean dark = !world.source.open && !world.target.open;
      if (world.target.reachable && (dark || hands.nextInt(3) == 0)) {
        world.serveOnSourceByHand();
      }
    }
    boolean handedBack = took && !world.manual && hands.nextInt(8) != 0;
    if (handedBack || hands.nextInt(100) == 0) {
      deliver(
          new SagaInput.Asked(new Request.Adopt(ID, "h" + requests++, "dora", "by hand")),
          millis(1, 200));
    }
  }

  /** Some approve what they saw a while ago. */
  private Request approval(String id, String actor) {
    if (seenHash.isEmpty() || random.nextInt(4) != 0) {
      seenHash = SagaView.of(cutover, "", now).evidenceHash();
    }
    return new Request.Approve(ID, id, actor, "go", "", seenHash);
  }

  /** What people say beside the usual, often at the wrong time. */
  private SagaInput odd(String id, String actor) {
    return switch (random.nextInt(8)) {
      case 0 -> new SagaInput.Asked(new Request.Reject(ID, id, actor, "go", "not yet"));
      case 1 -> new SagaInput.Asked(new Request.Skip(ID, id, actor, heldStep(), "it is broken"));
      case 2 -> new SagaInput.Asked(new Request.TakeOver(ID, id, actor, "my turn"));
      case 3 ->
          new SagaInput.Asked(new Request.Decide(ID, id, actor, RollbackChoice.STAY, "too late"));
      case 4 ->
          new SagaInput.Asked(
              new Request.Disarm(ID, id, actor, "a known fault", random.nextInt(3)));
      case 5 -> new SagaInput.Asked(new Request.Arm(ID, id, actor, "mended"));
      case 6 ->
          new SagaInput.AmendAsked(
              new Request.Amend(ID, id, actor, "cutover: changed by " + id, "better"),
              random.nextBoolean() ? Plans.asking(ID) : Plans.shop(ID),
              List.of("people"));
      default ->
          new SagaInput.AmendRefused(
              new Request.Amend(ID, id, actor, "", "better"), List.of("line 1: no plan"));
    };
  }

  private String heldStep() {
    List<String> steps = List.copyOf(cutover.ledger().steps().keySet());
    return cutover.ledger().steps().values().stream()
        .filter(record -> record.status() == StepRecord.Status.FAILED)
        .map(record -> record.step().name())
        .findFirst()
        .orElseGet(() -> steps.isEmpty() ? "none" : steps.get(random.nextInt(steps.size())));
  }

  /** What is asked of people beside go; now and then something that nobody asked. */
  private String gate() {
    List<String> gates = List.of("delta", "loss", plan.rollback().gate(), "delta");
    return gates.get(random.nextInt(gates.size()));
  }

  /** The sync-service's dead man's switch: by its own clock, through epochs. */
  private void lease() {
    boolean expired =
        world.lease.isPresent()
            && invariants.fencedSince.isPresent()
            && now.isAfter(invariants.fencedSince.get().plusSeconds(26));
    if (expired && !world.manual && world.target.reachable && !world.target.open) {
      long epoch = world.lease.get();
      world.lease = Optional.empty();
      if (world.fence(Side.TARGET, epoch + 1) && world.open(Side.SOURCE, epoch, epoch + 1, false)) {
        deliver(
            new SagaInput.Told(new FenceLeaseExpired(ID, epoch, now), now, false), millis(1, 40));
      }
    }
  }

  boolean wasTriggered() {
    return triggered;
  }

  boolean orchestratorIsGone() {
    return gone;
  }

  String compactJournal() {
    return String.join("\n", story);
  }
}
