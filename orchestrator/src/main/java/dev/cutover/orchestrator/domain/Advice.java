package dev.cutover.orchestrator.domain;

import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import java.time.Duration;
import java.util.Optional;

/**
 * What the runbook pattern advises in a situation: its three decisions, each with the criterion
 * that decided it. Pure; whoever writes the plan may choose otherwise.
 *
 * @param strategy how traffic and data move
 * @param rollback what becomes of the target's writes, and how long there is a way back
 * @param traffic how names are moved
 */
public record Advice(
    Proposal<Approach> strategy, Proposal<WayBackChoice> rollback, Proposal<TrafficWay> traffic) {
  /** From here on the pattern calls an environment large. */
  static final int MANY_SERVICES = 10;

  /** How much is left for answers that were given before the TTL was lowered. */
  private static final Duration TTL_TO_LOWER = Duration.ofMinutes(5);

  /** What is proposed, and the criterion that decided it. */
  public record Proposal<T>(T choice, String reason) {}

  /** The pattern's four strategies. */
  public enum Approach {
    BIG_BANG,
    BLUE_GREEN,
    CANARY,
    /** A programme of cutovers, each of them blue-green. */
    ROLLING
  }

  /**
   * What becomes of the target's writes.
   *
   * @param window how long after acceptance there is a way back
   */
  public record WayBackChoice(Way way, Duration window) {}

  /** How traffic is moved. */
  public enum TrafficWay {
    /** A balancer's weights move, and no name. */
    BALANCER,
    /** Their zone takes updates, by RFC 2136 or its provider's own API. */
    UPDATE,
    /** They point into a small zone that takes updates, for the time of the move. */
    DELEGATE,
    /** People move them. */
    BY_HAND
  }

  /** All three. */
  public static Advice of(Situation situation) {
    Proposal<Approach> strategy = strategy(situation);
    return new Advice(strategy, rollback(situation, strategy.choice()), traffic(situation));
  }

  private static Proposal<Approach> strategy(Situation at) {
    boolean large = at.services() >= MANY_SERVICES;
    boolean shareable = faults(at, Approach.CANARY).isEmpty() && at.weights();
    if (!at.performanceKnown() && shareable) {
      return new Proposal<>(
          Approach.CANARY,
          "what the target can take is not known, and both sides can serve at once: gradual"
              + " validation shows it at the smallest risk");
    }
    String unknown =
        at.performanceKnown()
            ? ""
            : "; a canary would suit a target whose performance is not known, but "
                + (at.weights()
                    ? faults(at, Approach.CANARY).orElse("")
                    : "the traffic switch has no weights");
    if (large && at.looselyCoupled()) {
      return new Proposal<>(
          Approach.ROLLING,
          "%d loosely coupled services: each is a smaller risk of its own%s"
              .formatted(at.services(), unknown));
    }
    if (!large && at.downtimeAllowed() && at.copies()) {
      return new Proposal<>(
          Approach.BIG_BANG,
          "fewer than %d services, and downtime is allowed: a maintenance window is the simplest"
                  .formatted(MANY_SERVICES)
              + " and most predictable"
              + unknown);
    }
    String why =
        large
            ? "%d services: a large environment moves by one switch of DNS".formatted(at.services())
            : at.downtimeAllowed()
                ? "no database has to be stopped and compared: one switch of DNS is enough"
                : "no downtime is allowed: target beside source, one switch of DNS";
    return new Proposal<>(Approach.BLUE_GREEN, why + unknown);
  }

  /** What is proposed with a strategy that was chosen. */
  public static Proposal<WayBackChoice> rollback(Situation at, Approach strategy) {
    if (!at.copies()) {
      return new Proposal<>(
          new WayBackChoice(Way.REVERSE_SYNC, Duration.ofDays(1)),
          "no data moves: going back is a revert of traffic");
    }
    if (!at.sourceTakesWritesBack()) {
      return new Proposal<>(
          new WayBackChoice(Way.FIX_FORWARD, Duration.ZERO),
          "the source's schema can't take the target's writes back: past the opening of the target"
              + " a rollback is a bigger risk than a fix; until then everything goes back by itself");
    }
    if (!at.writesMeanwhile()) {
      return new Proposal<>(
          new WayBackChoice(Way.REVERSE_SYNC, Duration.ofHours(1)),
          "the target takes no users' writes while there is a way back: a short window, and a"
              + " clean revert"
              + (strategy == Approach.BIG_BANG
                  ? "; it is proven by reading before it takes writes"
                  : ""));
    }
    return new Proposal<>(
        new WayBackChoice(Way.REVERSE_SYNC, Duration.ofDays(1)),
        "the target takes writes: they are replicated back all the while, so that a rollback loses"
            + " none; after a time of stable operation the way back is given up");
  }

  private static Proposal<TrafficWay> traffic(Situation at) {
    return switch (at.balancer()) {
      case NONE -> names(at);
      case HAPROXY ->
          new Proposal<>(
              TrafficWay.BALANCER,
              "HAProxy stands before both sides: new sessions follow its weights at once, and no"
                  + " cache keeps an old answer");
      case AWS ->
          new Proposal<>(
              TrafficWay.BALANCER,
              "a load balancer of AWS stands before both sides: new requests follow the weights of"
                  + " its target groups within seconds, and no cache keeps an old answer");
      case CLOUDFLARE ->
          new Proposal<>(
              TrafficWay.BALANCER,
              "a load balancer of Cloudflare stands before both sides: new requests follow the"
                  + " weights of its pools, which a probe through the edge counts");
    };
  }

  private static Proposal<TrafficWay> names(Situation at) {
    return switch (at.provider()) {
      case SELF_HOSTED ->
          new Proposal<>(
              TrafficWay.UPDATE,
              "the zone takes updates (RFC 2136): changed in one conditional update; resolvers may"
                  + " cache aggressively, so "
                  + lowered(at));
      case ROUTE53 ->
          new Proposal<>(
              TrafficWay.UPDATE,
              "Route 53 takes a change of simple records as one conditional batch, and propagates by"
                  + " TTL (an alias or weighted record: delegate it); "
                  + lowered(at));
      case CLOUDFLARE ->
          at.proxied()
              ? new Proposal<>(
                  TrafficWay.UPDATE,
                  "proxied records: clients keep the edge's addresses, and only the edge looks the"
                      + " origin up, so that no TTL is waited for; a probe through the edge tells the"
                      + " sides apart (where none can: delegate)")
              : new Proposal<>(
                  TrafficWay.UPDATE,
                  "unproxied records respect the TTL, and Cloudflare takes a change as one batch,"
                      + " without compare-and-set; "
                      + lowered(at));
      case DESIGNATE ->
          new Proposal<>(
              TrafficWay.UPDATE,
              "Designate takes changes by its API, one record set at a time and without"
                  + " compare-and-set; "
                  + lowered(at));
      case OTHER ->
          new Proposal<>(
              TrafficWay.DELEGATE,
              "the provider takes no updates by RFC 2136: the names are delegated for the move to a"
                  + " small zone that does; "
                  + lowered(at));
    };
  }

  private static String lowered(Situation at) {
    return at.ttl().compareTo(TTL_TO_LOWER) > 0
        ? "the TTL of %s is lowered 24 to 48 h before".formatted(Durations.written(at.ttl()))
        : "the TTL of %s is low already, and is proven at every authority"
            .formatted(Durations.written(at.ttl()));
  }

  /** Why a strategy can't be; empty when it can. */
  public static Optional<String> faults(Situation at, Approach strategy) {
    return switch (strategy) {
      case BLUE_GREEN, ROLLING -> Optional.empty();
      case BIG_BANG ->
          at.copies()
              ? Optional.empty()
              : Optional.of("a big bang stops and compares databases, and none is copied");
      case CANARY -> {
        if (at.copies()) {
          yield Optional.of("replication that goes one way can't serve both sides at once");
        }
        yield at.sourceTakesWritesBack()
            ? Optional.empty()
            : Optional.of("both sides serve at once, and the schemas don't fit each other");
      }
    };
  }

  /** Why a way back can't be with that strategy; empty when it can. */
  public static Optional<String> faults(Situation at, Approach strategy, Way way) {
    return switch (way) {
      case REVERSE_SYNC -> Optional.empty();
      case MANUAL_REVIEW, ACCEPT_LOSS ->
          at.copies()
              ? Optional.empty()
              : Optional.of("no database is copied, so there are no writes to look at");
      case FIX_FORWARD ->
          strategy == Approach.CANARY
              ? Optional.of("a canary goes back by its weights")
              : Optional.empty();
    };
  }

  /** Why traffic can't be moved that way with that strategy; empty when they can. */
  public static Optional<String> faults(Situation at, Approach strategy, TrafficWay way) {
    return switch (way) {
      case BALANCER ->
          at.balancer() == Situation.Balancer.NONE
              ? Optional.of("no balancer stands before both sides")
              : Optional.empty();
      case UPDATE, DELEGATE ->
          at.balancer() == Situation.Balancer.NONE
              ? Optional.empty()
              : Optional.of("names stay where a balancer stands before both sides");
      case BY_HAND -> {
        if (at.balancer() != Situation.Balancer.NONE) {
          yield Optional.of("the balancer's weights are moved without a person");
        }
        if (strategy == Approach.CANARY) {
          yield Optional.of("a canary shifts its shares by itself");
        }
        yield at.copies()
            ? Optional.empty()
            : Optional.of("without databases there would be nothing left to do");
      }
    };
  }
}
