package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.CONFLICT;
import static dev.cutover.contract.FailureKind.UNREACHABLE;
import static dev.cutover.contract.FailureKind.UNSUITABLE;
import static dev.cutover.dns.domain.SwitchGuard.conflict;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.CloudflareApi.Reply;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One load balancer of Cloudflare during one order. Its weights and its mark change in one request,
 * which overwrites what it names and nothing else (API, Patch Load Balancer).
 */
final class CloudflareBalancer implements PlacewiseSwitch.Balancer {
  /** How long what was taken may not be seen by those that read it back. */
  private static final Duration SEEN_MAX = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(200);

  private final SwitchSpec spec;
  private final CloudflarePools provider;
  private final CloudflareCalls calls;
  private final CloudflareLocks locks;
  private final Pace pace;
  private CloudflareSteering found;

  private CloudflareBalancer(
      SwitchSpec spec,
      CloudflarePools provider,
      CloudflareCalls calls,
      CloudflareLocks locks,
      Pace pace,
      CloudflareSteering found) {
    this.spec = spec;
    this.provider = provider;
    this.calls = calls;
    this.locks = locks;
    this.pace = pace;
    this.found = found;
  }

  /**
   * Looks at the load balancer of the one name of a switch.
   *
   * @param spec of that name alone
   */
  static CloudflareBalancer look(
      SwitchSpec spec,
      CloudflarePools provider,
      CloudflareCalls calls,
      CloudflareLocks locks,
      Pace pace)
      throws SwitchFailure {
    Reply reply = calls.told(path(provider), "zone " + provider.zoneId());
    String name = spec.names().getFirst().name();
    for (JsonNode listed : reply.result()) {
      CloudflareSteering balancer = new CloudflareSteering(listed);
      if (balancer.name().equals(name)) {
        return new CloudflareBalancer(spec, provider, calls, locks, pace, balancer);
      }
    }
    throw unsuitable(
        "Expected a load balancer named %s in zone %s, but there is none"
            .formatted(name, provider.zoneId()));
  }

  private static String path(CloudflarePools provider) {
    return "/zones/%s/load_balancers".formatted(provider.zoneId());
  }

  @Override
  public String name() {
    return found.name();
  }

  @Override
  public SwitchSpec spec() {
    return spec;
  }

  @Override
  public SwitchState state() {
    return new SwitchState(List.of(found.set()), Map.of(found.name(), found.mark()));
  }

  private List<String> pools(Side side) {
    return RecordSets.valuesOf(spec.plain(side), found.name(), RecordType.SERVER);
  }

  /** Also proves that the pools are there, and the right to change the load balancer. */
  @Override
  public void requireChangeable() throws SwitchFailure {
    List<String> pools =
        Stream.concat(pools(Side.SOURCE).stream(), pools(Side.TARGET).stream()).toList();
    Optional<String> why = found.unsteerable();
    if (why.isPresent()) {
      throw unsuitable(
          "Expected a load balancer %s whose weights decide, but %s".formatted(name(), why.get()));
    }
    for (String pool : pools) {
      pool(pool, "");
    }
    tried();
  }

  private JsonNode pool(String pool, String more) throws SwitchFailure {
    return calls
        .told(
            "/accounts/%s/load_balancers/pools/%s%s".formatted(provider.accountId(), pool, more),
            "pool %s of account %s".formatted(pool, provider.accountId()))
        .result();
  }

  /** The right is looked at first, then the policy that does not exist: refused, and proven. */
  private void tried() throws SwitchFailure {
    Outcome outcome;
    try {
      Reply reply = calls.send("PATCH", ownPath(), CloudflareSteering.trial());
      outcome = calls.meaning(reply, what());
      if (reply.status() == 400 && outcome instanceof Outcome.Denied(var kind, String _)) {
        if (kind == UNSUITABLE) {
          return;
        }
      }
    } catch (IOException e) {
      outcome = CloudflareCalls.lost(e);
    }
    throw CloudflareCalls.failure(outcome);
  }

  private String ownPath() {
    return path(provider) + "/" + found.id();
  }

  private String what() {
    return "load balancers of zone " + provider.zoneId();
  }

  private static SwitchFailure unsuitable(String reason) {
    return new SwitchFailure(UNSUITABLE, reason, false);
  }

  @Override
  public void requireTargetUp() throws SwitchFailure {
    List<String> unable = new ArrayList<>();
    for (String pool : pools(Side.TARGET)) {
      JsonNode stored = pool(pool, "");
      boolean checked = !stored.path("monitor").asText("").isEmpty();
      unable.addAll(
          CloudflarePoolHealth.unable(
              stored,
              checked ? Optional.of(pool(pool, "/health").path("pop_health")) : Optional.empty()));
    }
    if (!unable.isEmpty()) {
      throw new SwitchFailure(
          CONFLICT,
          "Expected every pool of the target to be enabled and healthy, but %s: nothing was moved"
              .formatted(String.join(", ", unable)),
          true);
    }
  }

  @Override
  public boolean isWeighted(int weightPercent) {
    return isWeighted(found, weightPercent);
  }

  private boolean isWeighted(CloudflareSteering balancer, int weightPercent) {
    return List.of(balancer.set()).equals(spec.at(weightPercent));
  }

  @Override
  public void mark(EpochMark.Epoch mark) throws SwitchFailure {
    if (!found.mark().equals(mark)) {
      write(found -> found.marked(mark), now -> now.mark().equals(mark));
    }
  }

  /** Weights are given with each share: nothing has to be there before. */
  @Override
  public void prepare() {}

  @Override
  public void share(EpochMark.Epoch mark, int weightPercent) throws SwitchFailure {
    if (found.mark().equals(mark) && isWeighted(weightPercent)) {
      return;
    }
    write(
        before -> before.sharing(mark, pools(Side.SOURCE), pools(Side.TARGET), weightPercent),
        now -> now.mark().equals(mark) && isWeighted(now, weightPercent));
  }

  /** What is sent, by what is there. */
  private interface Change {
    JsonNode of(CloudflareSteering before);
  }

  /** Looks once more, then writes, while no other order of this process does. */
  private void write(Change change, Predicate<CloudflareSteering> made) throws SwitchFailure {
    CloudflareSteering read = found;
    Outcome outcome =
        locks.alone(
            spec,
            calls.turn(),
            () -> {
              lookAgain();
              if (!found.equals(read)) {
                throw new SwitchFailure(
                    UNREACHABLE,
                    "Expected %s to stay as it was read while the order waited for its turn, but it is %s by now"
                        .formatted(name(), state().describe(spec)),
                    true);
              }
              try {
                Reply reply = calls.send("PATCH", ownPath(), change.of(found));
                return reply.succeeded() ? new Outcome.Accepted() : calls.meaning(reply, what());
              } catch (IOException e) {
                return CloudflareCalls.lost(e);
              }
            });
    switch (outcome) {
      case Outcome.Accepted _, Outcome.Unknown _ -> requireSeen(outcome, read, made);
      case Outcome.Denied _, Outcome.Deferred _, Outcome.Unmet _ ->
          throw CloudflareCalls.failure(outcome);
    }
  }

  private void lookAgain() throws SwitchFailure {
    found = look(spec, provider, calls, locks, pace).found;
  }

  /**
   * Reads back, for as long as what is read is what was there before: an accepted change proves
   * nothing, and a lost answer may have acted.
   */
  private void requireSeen(
      Outcome outcome, CloudflareSteering before, Predicate<CloudflareSteering> made)
      throws SwitchFailure {
    long endNanos = pace.nanoTime() + SEEN_MAX.toNanos();
    while (true) {
      lookAgain();
      if (made.test(found)) {
        return;
      }
      boolean moved = !found.set().equals(before.set()) || !found.mark().equals(before.mark());
      if (outcome instanceof Outcome.Unknown unknown && (moved || pace.nanoTime() >= endNanos)) {
        throw unknown.failure();
      }
      if (moved) {
        throw conflict(
            "the accepted change to be there",
            "%s at %s: somebody else has changed it since"
                .formatted(state().describe(spec), name()));
      }
      if (pace.nanoTime() >= endNanos) {
        throw new SwitchFailure(
            UNREACHABLE,
            "Expected to read the accepted change back within %d ms, but %s still has %s"
                .formatted(SEEN_MAX.toMillis(), name(), state().describe(spec)),
            true);
      }
      pause();
    }
  }

  private void pause() throws SwitchFailure {
    try {
      pace.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CloudflareCalls.unreachable(
          "Expected to read the change back, but the order was ended");
    }
  }

  @Override
  public void close() {} // nothing is held
}
