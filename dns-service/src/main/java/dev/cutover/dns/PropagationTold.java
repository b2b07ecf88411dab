package dev.cutover.dns;

import dev.cutover.contract.Event;
import dev.cutover.contract.PropagationObserved;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.ServerVerdict.Answer;
import dev.cutover.contract.StepRef;
import dev.cutover.dns.domain.Propagation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Tells whoever listens how far a change has come: what is new at once, the rest now and then. */
final class PropagationTold {
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  private final StepRef step;
  private final InstantSource clock;
  private final Consumer<Event> reports;
  private Instant toldAt = Instant.MIN;
  private Map<ServerAddress, Answer> told = Map.of();
  private long authoritiesRight;
  private long authorities;

  /**
   * @param reports takes what is told
   */
  PropagationTold(StepRef step, InstantSource clock, Consumer<Event> reports) {
    this.step = step;
    this.clock = clock;
    this.reports = reports;
  }

  /** Hears of a look at the authorities. */
  void authorities(Propagation found) {
    authorities = found.servers().size();
    authoritiesRight = right(found);
    tell(found, 0, 0, Optional.empty());
  }

  /**
   * Hears of a look at the resolvers, once every authority was right.
   *
   * @param overAt from when on no honest cache has what was before
   */
  void resolvers(Propagation found, Instant overAt) {
    tell(found, right(found), found.servers().size(), Optional.of(overAt));
  }

  private void tell(
      Propagation found, long resolversRight, long resolvers, Optional<Instant> overAt) {
    Instant now = clock.instant();
    Map<ServerAddress, Answer> answers =
        found.servers().stream()
            .collect(
                Collectors.toMap(
                    ServerVerdict::server, ServerVerdict::answer, (first, second) -> second));
    if (answers.equals(told) && now.isBefore(toldAt.plus(HEARTBEAT))) {
      return;
    }
    told = answers;
    toldAt = now;
    reports.accept(
        new PropagationObserved(
            step,
            now,
            (int) authoritiesRight,
            (int) authorities,
            (int) resolversRight,
            (int) resolvers,
            overAt,
            List.copyOf(found.servers())));
  }

  private static long right(Propagation found) {
    return found.servers().stream().filter(said -> said.answer() == Answer.WANTED).count();
  }
}
