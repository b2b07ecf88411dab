package dev.cutover.deploy.simulation;

import dev.cutover.contract.Command;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.orchestrator.OrchestratorService;
import dev.cutover.orchestrator.domain.Action;
import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Ledger;
import dev.cutover.orchestrator.domain.Saga;
import dev.cutover.orchestrator.domain.SagaState;
import dev.cutover.sync.domain.FenceLease;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The design's invariants about the world, looked at after every event; one method for each. */
final class Invariants {
  /** Time without a writable side, while everything that is needed works. */
  private static final Duration DARK_MAX = Duration.ofSeconds(90);

  /** A keeper that was started anew looks for what is owed every ten seconds. */
  private static final Duration UNDEAD_MAX = Duration.ofSeconds(20);

  /** Until an answer that was sent has been read, late and after a restart. */
  private static final Duration MISTAKEN_MAX = Duration.ofSeconds(10);

  private final World world;
  private final Story story;
  private final Services services;
  private final Broker broker;
  private final Clients clients;
  private final JournalInvariants journal;
  private boolean sourceWasOpen = true;
  private boolean targetWasOpen = true;
  private boolean targetEverOpened;
  private final Map<Zone, Side> traffic = new HashMap<>();
  private Instant lookedAt;
  private Duration undead = Duration.ZERO;
  private Duration dark = Duration.ZERO;
  private Duration mistaken = Duration.ZERO;
  private Duration returning = Duration.ZERO;
  private int looked;
  Duration darkest = Duration.ZERO;

  Invariants(
      World world,
      Story story,
      Services services,
      Broker broker,
      Clients clients,
      SimulatedTraffic traffic) {
    this.world = world;
    this.story = story;
    this.services = services;
    this.broker = broker;
    this.clients = clients;
    this.journal = new JournalInvariants(world, story, traffic, services);
    this.lookedAt = world.baton.now();
  }

  /** Looks at everything; throws with the first that does not hold. */
  void check() {
    Duration passed = Duration.between(lookedAt, world.baton.now());
    lookedAt = world.baton.now();
    i1NeverBothSides(passed);
    onOpening();
    world.zones().forEach(this::i2TrafficOnlyAfterFenceAndGo);
    i4FoldIsTheLiveState();
    i6TheWayBackEnds(passed);
    i10DarkTimeIsBounded(passed);
    i10WhoIsSaidToServeServes(passed);
    i11NoHarmBeforeTheFence();
    journal.check(passed);
    looked = story.journal.size();
  }

  private void i1NeverBothSides(Duration passed) {
    // Once the schema is gone from a target that never serves, the product guards it no more.
    boolean guarded = world.target.row != null || traffic.containsValue(Side.TARGET);
    boolean both = guarded && world.source.acceptsWrites() && world.target.acceptsWrites();
    if (!both) {
      undead = Duration.ZERO;
    } else if (declaredDead()) {
      // It came back as it was when people gave it up: it has to be fenced soon.
      undead = allWorks() ? undead.plus(passed) : undead;
    }
    require(
        !both || (declaredDead() && undead.compareTo(UNDEAD_MAX) < 0),
        "I1 both sides accept writes");
  }

  private void onOpening() {
    boolean sourceOpen = world.source.isUnfenced();
    boolean targetOpen = world.target.isUnfenced();
    if (targetOpen && !targetWasOpen && world.target.row != null) {
      targetEverOpened = true;
      requireAll(world.source, world.target, "I2 target opened before the source was drained");
    }
    if (sourceOpen && !sourceWasOpen && targetEverOpened && !declaredDead()) {
      requireAll(world.target, world.source, "I3 source opened before the target was drained");
      require(
          !world.target.isUnfenced(), "I3 source opened before the target's fence, its dependant");
      require(
          world.zones().stream().allMatch(zone -> zone.side() == Side.SOURCE),
          "I3 source opened while some people are still sent to the target");
    }
    sourceWasOpen = sourceOpen;
    targetWasOpen = targetOpen;
  }

  private void i2TrafficOnlyAfterFenceAndGo(Zone zone) {
    Side now = zone.side();
    if (now == Side.TARGET && traffic.put(zone, now) != Side.TARGET) {
      Ledger ledger = story.cutover.ledger();
      boolean reopening =
          story.cutover.state() instanceof SagaState.RollingBack back
              && back.route().then() == SagaState.Destination.HELD_ON_TARGET;
      require(
          !world.source.isUnfenced() || openedByLeaseUnheard(),
          "I2 traffic shifted while the source takes writes");
      requireAll(world.source, world.target, "I2 traffic shifted before the drain");
      require(
          zone.mark instanceof EpochMark.Epoch mark
              && ledger
                  .step(Action.SHIFT_TRAFFIC)
                  .filter(step -> step.epoch() == mark.value())
                  .isPresent(),
          "I2 traffic shifted by an order that is not current");
      require(
          reopening
              || (ledger.done(Action.FENCE_SOURCE)
                  && ledger.done(Action.VALIDATE_FINAL)
                  && story.cutover.people().approvals().size() >= 2),
          "I2 traffic shifted without fence, validation or two people in this attempt");
    }
    traffic.put(zone, now);
  }

  /**
   * An orchestrator whose clock was set back by an hour can't know how long the log was silent, so
   * it goes on where the lease has just opened the source. Nothing is lost: the target stays
   * fenced, refuses to be opened, and that leads back.
   */
  private boolean openedByLeaseUnheard() {
    return world.weather.clocksJump()
        && world.target.row != null
        && world.target.row.isFenced()
        && world.source.row != null
        && FenceLease.fenceGivenBack(world.source.row).isPresent();
  }

  private void i4FoldIsTheLiveState() {
    if (looked == story.journal.size()) {
      return;
    }
    Optional<Cutover> live =
        services
            .settledOrchestrator()
            .flatMap((OrchestratorService service) -> service.known(0, Story.ID));
    require(
        live.isEmpty() || live.get().equals(story.cutover),
        "I4 the journal's fold is not the live state");
    for (Command command : Saga.pending(story.cutover)) {
      require(
          story.ordered.contains(command.header().step()),
          "I4 an order is pending that was never sent: " + command.header().step());
    }
    for (StepRef ordered : story.ordered) {
      require(
          story.sent.contains(ordered),
          "I4 an order was sent that the journal does not know: " + ordered);
    }
  }

  private void i6TheWayBackEnds(Duration passed) {
    if (!(story.cutover.state() instanceof SagaState.RollingBack back) || back.outage()) {
      returning = Duration.ZERO;
      return;
    }
    returning = allWorks() ? returning.plus(passed) : returning;
    require(
        returning.compareTo(Duration.ofSeconds(200)) < 0, "I6 on the way back for " + returning);
  }

  private void i10DarkTimeIsBounded(Duration passed) {
    if (world.source.acceptsWrites() || world.target.acceptsWrites()) {
      dark = Duration.ZERO;
      return;
    }
    if (allWorks()) {
      dark = dark.plus(passed);
      darkest = dark.compareTo(darkest) > 0 ? dark : darkest;
    }
    require(dark.compareTo(DARK_MAX) < 0, "I10 nobody could write for " + dark);
  }

  /** What is believed of the world is true of it, after what is under way has arrived. */
  private void i10WhoIsSaidToServeServes(Duration passed) {
    boolean settled =
        story.cutover.plan().isPresent()
            && !(story.cutover.state() instanceof SagaState.RollingBack);
    boolean serves =
        story.cutover.world().serving().map(side -> world.database(side).isUnfenced()).orElse(true);
    if (serves || !settled) {
      mistaken = Duration.ZERO;
    } else if (allWorks() && services.isUp("orchestrator")) {
      mistaken = mistaken.plus(passed);
    }
    require(
        mistaken.compareTo(MISTAKEN_MAX) < 0,
        "I10 the %s is said to serve, but refuses writes"
            .formatted(story.cutover.world().serving()));
  }

  /** Whether all that a way out needs is there. */
  private boolean allWorks() {
    return world.source.reachable
        && world.target.reachable
        && world.zones().stream().allMatch(zone -> zone.reachable)
        && !broker.isSilent()
        && services.isUp("sync")
        && services.isUp("dns")
        && (services.isUp("orchestrator")
            || (services.isGone("orchestrator") && !targetEverOpened));
  }

  private void i11NoHarmBeforeTheFence() {
    if (!story.everSent(Action.FENCE_SOURCE)) {
      require(clients.refused == 0, "I11 a client was refused before any fence");
    }
  }

  void atTheEnd() {
    i9NothingAcknowledgedIsMissing();
    i6ItHasEnded();
  }

  private void i9NothingAcknowledgedIsMissing() {
    require(clients.twice == 0, "I9 a sequence gave out a number twice");
    if (declaredDead() || !(world.source.acceptsWrites() || world.target.acceptsWrites())) {
      return; // what is lost is listed, or nobody serves: a person decides
    }
    boolean pointsToTarget = world.zone.side() == Side.TARGET;
    SimulatedDatabase pointed = pointsToTarget ? world.target : world.source;
    // Where all are gone in the middle, names may lead to the side that refuses. One that has only
    // fainted serves again when it is back.
    boolean onTarget = pointed.isUnfenced() ? pointsToTarget : !pointsToTarget;
    SimulatedDatabase serves = onTarget ? world.target : world.source;
    SimulatedDatabase other = onTarget ? world.source : world.target;
    requireAll(serves, serves, "I9 acknowledged writes are missing");
    if (targetEverOpened || onTarget) {
      requireAll(other, serves, "I9 acknowledged writes of the other side are missing");
    }
    if (world.weather.objects()) {
      requireObjects(world.bucket(serves.side));
    }
  }

  /** The last write of each key that a client got an answer for, on whichever side. */
  private void requireObjects(SimulatedBucket serves) {
    for (SimulatedBucket of : List.of(world.sourceBucket, world.targetBucket)) {
      of.acknowledged.forEach(
          (key, content) -> {
            SimulatedBucket.Stored stored = serves.objects.get(key);
            require(
                stored != null && stored.content() >= content,
                "I9 an acknowledged object of the %s is not on the %s, which serves: %s, %d, but %s"
                    .formatted(of.side, serves.side, key, content, stored));
          });
    }
    boolean over =
        story.cutover.state() instanceof SagaState.Finished
            || story.cutover.state() instanceof SagaState.Prepared;
    require(
        !over || serves.policy.isEmpty(),
        "I10 the %s serves, but its objects are fenced".formatted(serves.side));
  }

  private void i6ItHasEnded() {
    SagaState state = story.cutover.state();
    // An orchestrator whose clock was set back is late with every order, by as long as nobody was
    // there: services refuse to begin, and people are told why.
    boolean late = world.weather.clocksJump();
    boolean paged =
        state instanceof SagaState.RollingBack back
            && back.outage()
            && (!world.target.reachable || late);
    boolean ended =
        state instanceof SagaState.Finished
            || state instanceof SagaState.Prepared
            || state instanceof SagaState.Held;
    require(
        ended || paged || services.isGone("orchestrator") || story.journal.isEmpty(),
        "I6 neither ended, prepared nor held, but " + state.label());
    boolean over = state instanceof SagaState.Finished || state instanceof SagaState.Prepared;
    require(
        !over || world.zones().stream().map(Zone::side).distinct().count() == 1,
        "I6 ended while people of different views are on different sides");
  }

  private boolean declaredDead() {
    return story.openedAlone;
  }

  private void requireAll(SimulatedDatabase of, SimulatedDatabase in, String sentence) {
    for (Map.Entry<Long, Long> row : of.acknowledged.entrySet()) {
      if (!row.getValue().equals(in.rows.get(row.getKey()))) {
        require(false, sentence + ": row " + row.getKey());
      }
    }
  }

  static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new AssertionError(sentence);
    }
  }
}
