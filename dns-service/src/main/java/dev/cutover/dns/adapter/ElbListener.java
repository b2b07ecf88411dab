package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.CONFLICT;
import static dev.cutover.contract.FailureKind.UNREACHABLE;
import static dev.cutover.contract.FailureKind.UNSUITABLE;
import static dev.cutover.dns.domain.SwitchGuard.conflict;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;

/**
 * One listener or rule during one order. Its actions are one list, which is replaced as a whole: so
 * its shares change at once, and never is nobody served. The mark is a tag beside it, written
 * before by a request of its own.
 */
final class ElbListener implements PlacewiseSwitch.Balancer {
  /** A change rests on a look that is no older when it is sent. */
  static final Duration FRESH = Duration.ofSeconds(1);

  /** How long what was taken may not be seen by those that read it back. */
  private static final Duration SEEN_MAX = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(200);

  private final SwitchSpec spec;
  private final ElbApi api;
  private final Pace pace;
  private ElbForward found;
  private long lookedAtNanos;

  private ElbListener(SwitchSpec spec, ElbApi api, Pace pace, ElbForward found) {
    this.spec = spec;
    this.api = api;
    this.pace = pace;
    this.found = found;
    this.lookedAtNanos = pace.nanoTime();
  }

  /**
   * Looks at the one name of a switch.
   *
   * @param spec of that name alone
   */
  static ElbListener look(SwitchSpec spec, ElbApi api, Pace pace) throws SwitchFailure {
    return new ElbListener(spec, api, pace, api.look(arn(spec)));
  }

  /** The ARN of the one name of a switch. */
  static String arn(SwitchSpec spec) {
    String name = spec.names().getFirst().name();
    return name.substring(0, name.length() - 1);
  }

  @Override
  public String name() {
    return found.arn();
  }

  @Override
  public SwitchSpec spec() {
    return spec;
  }

  @Override
  public SwitchState state() {
    return found.switchState();
  }

  private List<String> targets() {
    return RecordSets.valuesOf(spec.plain(Side.TARGET), found.name(), RecordType.SERVER);
  }

  /** Also proves that its target groups are there, and the right to replace the actions. */
  @Override
  public void requireChangeable() throws SwitchFailure {
    requireRewritable();
    if (found.defaultRule()) {
      throw unsuitable(
          "Expected the listener in the place of its default rule, which is changed by the listener alone, but the plan names %s"
              .formatted(found.arn()));
    }
    Optional<Integer> sticky = found.stickySeconds();
    if (sticky.isPresent()) {
      throw unsuitable(
          "Expected no stickiness of target groups at %s, since a client with its cookie stays on its side for up to %d s whatever the weights are, but it is enabled: disable it"
              .formatted(found.arn(), sticky.get()));
    }
    for (String group : targets()) {
      api.health(group); // throws if there is none
    }
    Optional<List<Action>> trial = found.trial();
    if (trial.isPresent()) {
      api.tryWithoutEffect(found.arn(), trial.get());
    }
  }

  private void requireRewritable() throws SwitchFailure {
    Optional<String> unknown = found.unknown();
    if (unknown.isPresent()) {
      throw unsuitable(
          "Expected only actions at %s that this version of the dns-service can write again, but there is %s, which it would lose: change the weights by hand"
              .formatted(found.arn(), unknown.get()));
    }
  }

  private static SwitchFailure unsuitable(String reason) {
    return new SwitchFailure(UNSUITABLE, reason, false);
  }

  @Override
  public void requireTargetUp() throws SwitchFailure {
    List<String> unable = new ArrayList<>();
    for (String group : targets()) {
      unable.addAll(ElbHealth.unable(group, api.health(group)));
    }
    if (!unable.isEmpty()) {
      throw new SwitchFailure(
          CONFLICT,
          "Expected every target of the target's groups to be healthy, but %s: nothing was moved"
              .formatted(String.join(", ", unable)),
          true);
    }
  }

  @Override
  public boolean isWeighted(int weightPercent) {
    return isWeighted(found, weightPercent);
  }

  private boolean isWeighted(ElbForward forward, int weightPercent) {
    return List.of(forward.set()).equals(spec.at(weightPercent));
  }

  @Override
  public void mark(EpochMark.Epoch mark) throws SwitchFailure {
    Outcome marked = marked(mark);
    requireSeen(List.of(marked), forward -> forward.epochMark().equals(mark), _ -> true);
  }

  /** Target groups are checked only once an action names them: so they are put there at 0. */
  @Override
  public void prepare() throws SwitchFailure {
    if (!found.has(targets())) {
      requireRewritable();
      Outcome written = api.modify(found.arn(), found.with(targets()));
      requireSeen(List.of(written), forward -> forward.has(targets()), _ -> true);
    }
  }

  @Override
  public void share(EpochMark.Epoch mark, int weightPercent) throws SwitchFailure {
    requireRewritable();
    Outcome marked = marked(mark);
    if (weightPercent > 0) {
      requireNotRefused(marked);
    }
    // A way back goes on without its mark, and tells that it is missing afterwards.
    Outcome written = new Outcome.Accepted();
    if (!isWeighted(weightPercent)) {
      requireFresh(mark);
      written = api.modify(found.arn(), found.sharing(RecordSets.weights(spec, weightPercent)));
    }
    requireSeen(
        List.of(marked, written),
        forward -> forward.epochMark().equals(mark),
        forward -> isWeighted(forward, weightPercent));
  }

  private Outcome marked(EpochMark.Epoch mark) throws SwitchFailure {
    if (state().isMarked(mark)) {
      return new Outcome.Accepted();
    }
    requireFresh(mark);
    return api.tag(found.arn(), ElbText.bare(mark.text()));
  }

  /** Looks again if the look is old, and refuses to write if it shows something else by now. */
  private void requireFresh(EpochMark.Epoch own) throws SwitchFailure {
    if (pace.nanoTime() - lookedAtNanos <= FRESH.toNanos()) {
      return;
    }
    ElbForward before = found;
    lookAgain();
    EpochMark now = found.epochMark();
    boolean same =
        found.actions().equals(before.actions())
            && (now.equals(before.epochMark()) || now.equals(own));
    if (!same) {
      throw new SwitchFailure(
          UNREACHABLE,
          "Expected %s to stay as it was read while the order waited for its turn, but it is %s by now"
              .formatted(found.arn(), state().describe(spec)),
          true);
    }
  }

  private void lookAgain() throws SwitchFailure {
    found = api.look(found.arn());
    lookedAtNanos = pace.nanoTime();
  }

  private static void requireNotRefused(Outcome outcome) throws SwitchFailure {
    switch (outcome) {
      case Outcome.Accepted _, Outcome.Unknown _ -> {}
      case Outcome.Denied _, Outcome.Deferred _, Outcome.Unmet _ -> throw ElbApi.failure(outcome);
    }
  }

  /**
   * Reads back, for as long as what is read is what was there before: an accepted change proves
   * nothing, a lost answer may have acted, and what was stored may be seen late.
   */
  private void requireSeen(
      List<Outcome> outcomes, Predicate<ElbForward> marked, Predicate<ElbForward> weighted)
      throws SwitchFailure {
    for (Outcome outcome : outcomes) {
      requireNotRefused(outcome);
    }
    ElbForward before = found;
    long endNanos = pace.nanoTime() + SEEN_MAX.toNanos();
    while (true) {
      lookAgain();
      if (marked.test(found) && weighted.test(found)) {
        return;
      }
      boolean moved = !weighted.test(found) && !found.set().equals(before.set());
      if (moved || pace.nanoTime() >= endNanos) {
        throw unseen(outcomes, moved);
      }
      pause();
    }
  }

  private SwitchFailure unseen(List<Outcome> outcomes, boolean moved) {
    Optional<Outcome> lost =
        outcomes.stream().filter(outcome -> !(outcome instanceof Outcome.Accepted)).findFirst();
    if (lost.isPresent()) {
      return ElbApi.failure(lost.get());
    }
    return moved
        ? conflict(
            "the accepted change to be there",
            "%s at %s: somebody else has changed it since"
                .formatted(state().describe(spec), found.arn()))
        : new SwitchFailure(
            UNREACHABLE,
            "Expected to read the accepted change back within %d ms, but %s still has %s: it may come, or somebody else has put back what was there"
                .formatted(SEEN_MAX.toMillis(), found.arn(), state().describe(spec)),
            true);
  }

  private void pause() throws SwitchFailure {
    try {
      pace.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SwitchFailure(
          UNREACHABLE, "Expected to read the change back, but the order was ended", true);
    }
  }

  @Override
  public void close() {} // nothing is held between requests
}
