package dev.cutover.deploy.dns;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.DnsReply.SplitCount;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.dns.SingleChanges;
import dev.cutover.dns.SingleChanges.Outcome;
import dev.cutover.dns.SingleChanges.Proof;
import dev.cutover.dns.domain.Propagation;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SingleChange.Standing;
import dev.cutover.dns.domain.SwitchFailure;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes a change or takes it back, proves it, and says so line by line, or at the end as JSON. */
final class ChangeRun {
  private final SingleChanges changes;
  private final SingleChange change;
  private final boolean back;
  private final boolean json;
  private final PrintWriter out;
  private final InstantSource clock = InstantSource.system();
  private final Map<ServerAddress, ServerVerdict.Answer> shown = new HashMap<>();

  ChangeRun(
      SingleChanges changes, SingleChange change, boolean back, boolean json, PrintWriter out) {
    this.changes = changes;
    this.change = change;
    this.back = back;
    this.json = json;
    this.out = out;
  }

  /**
   * What is told as JSON.
   *
   * @param acted whether this run wrote anything
   * @param standing how the world stood to the change when it began: BEFORE, BEGUN, MADE or
   *     TAKEN_BACK
   * @param followedAt from when on no honest cache has what was served before
   * @param proven whether every authority was seen to serve it
   * @param followed whether every resolver was; absent where none was asked
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Told(
      String id,
      boolean back,
      boolean acted,
      Optional<String> standing,
      boolean proven,
      Optional<Instant> lastAuthorityAt,
      Optional<Instant> followedAt,
      List<ServerVerdict> servers,
      List<SplitCount> counts,
      Optional<Boolean> followed,
      List<ServerVerdict> resolvers,
      Optional<Failure> failure) {}

  /**
   * Runs it.
   *
   * @param acts what makes it, or takes it back
   * @return the exit code
   */
  int run(Act acts, Duration within, boolean wait) throws InterruptedException, SwitchFailure {
    Outcome outcome;
    try {
      outcome = acts.act();
    } catch (SwitchFailure e) {
      tell(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(e.failure()));
      throw e;
    }
    say(acted(outcome));
    Proof proof;
    try {
      proof = changes.prove(change, back, within, this::progress);
    } catch (SwitchFailure e) {
      Failure failure =
          new Failure(
              e.failure().kind(),
              e.failure().reason()
                  + ". The primary has the change; not every authority was seen to. Run the same again to go on looking",
              e.failure().retryable());
      tell(Optional.of(outcome), Optional.empty(), Optional.empty(), Optional.of(failure));
      throw new SwitchFailure(failure.kind(), failure.reason(), failure.retryable(), e);
    }
    say(proven(proof));
    Optional<Propagation> resolvers = Optional.empty();
    if (wait) {
      resolvers = resolvers(proof);
    }
    tell(Optional.of(outcome), Optional.of(proof), resolvers, Optional.empty());
    return resolvers.filter(found -> !(found instanceof Propagation.Propagated)).isPresent()
        ? 1
        : 0;
  }

  /** Makes the change, or takes it back. */
  interface Act {
    Outcome act() throws SwitchFailure;
  }

  private String acted(Outcome outcome) {
    String at = "%s  ".formatted(ShownName.time(clock.instant()));
    if (outcome.acted()) {
      return at
          + "%s %s, read back at %s"
              .formatted(
                  change.id(),
                  back ? "was taken back" : "was made",
                  change.spec().provider().writtenAt());
    }
    return at
        + switch (outcome.found()) {
          case Standing.Made _ -> "Nothing to do: %s was made before".formatted(change.id());
          case Standing.TakenBack _ ->
              "Nothing to do: %s was taken back before".formatted(change.id());
          case Standing.Before _, Standing.Begun _, Standing.Astray _ ->
              back
                  ? "Nothing to do: %s was never made".formatted(change.id())
                  : "Nothing to do: what is served is what is wanted";
        };
  }

  private String proven(Proof proof) {
    Instant followed = change.followedAt(back, proof.lastAuthorityAt(), proof.aliasTtlSeconds());
    int authorities = change.spec().authorities().size();
    String all =
        "Every authority serves it: %d of %d, the last since %s. "
            .formatted(authorities, authorities, ShownName.time(proof.lastAuthorityAt()));
    return changes.capabilities(change.spec()).ttl()
        ? all
            + "All resolvers that keep to TTLs follow by %s at the latest."
                .formatted(ShownName.time(followed.plusMillis(999)))
        : all + "Nobody caches what a balancer does.";
  }

  private Optional<Propagation> resolvers(Proof proof) throws InterruptedException {
    if (change.spec().everyResolver().isEmpty()) {
      say(
          "The plan names no resolvers, so none is asked. See them by: ./cutover dns watch "
              + change.spec().names().getFirst().name()
              + " --expect …");
      return Optional.empty();
    }
    Last last = new Last();
    changes.awaitResolvers(
        change,
        back,
        proof.lastAuthorityAt(),
        found -> {
          last.found = found;
          progress(found);
        });
    Optional<Propagation> found = Optional.ofNullable(last.found);
    found.ifPresent(
        seen ->
            say(
                "%s: %s"
                    .formatted(
                        seen instanceof Propagation.Propagated
                            ? "Every resolver of the plan follows"
                            : "Not every resolver of the plan follows",
                        ShownChange.count(seen))));
    return found;
  }

  private static final class Last {
    private @Nullable Propagation found;
  }

  /** A line for each server whose answer has another meaning than before. */
  private void progress(Propagation found) {
    for (ServerVerdict verdict : found.servers()) {
      ServerVerdict.Answer before = shown.put(verdict.server(), verdict.answer());
      if (before != verdict.answer()) {
        say(ShownChange.line(clock.instant(), verdict));
      }
    }
  }

  private void say(String text) {
    if (!json) {
      out.println(text);
      out.flush();
    }
  }

  private void tell(
      Optional<Outcome> outcome,
      Optional<Proof> proof,
      Optional<Propagation> resolvers,
      Optional<Failure> failure) {
    if (!json) {
      return;
    }
    Told told =
        new Told(
            change.id().value(),
            back,
            outcome.filter(Outcome::acted).isPresent(),
            outcome.map(
                o ->
                    switch (o.found()) {
                      case Standing.Before _ -> "BEFORE";
                      case Standing.Begun _ -> "BEGUN";
                      case Standing.Made _ -> "MADE";
                      case Standing.TakenBack _ -> "TAKEN_BACK";
                      case Standing.Astray _ -> "ASTRAY";
                    }),
            proof.isPresent(),
            proof.map(Proof::lastAuthorityAt),
            proof.map(p -> change.followedAt(back, p.lastAuthorityAt(), p.aliasTtlSeconds())),
            proof.map(Proof::servers).orElse(List.of()),
            proof.map(Proof::counts).orElse(List.of()),
            resolvers.map(found -> found instanceof Propagation.Propagated),
            resolvers.map(Propagation::servers).orElse(List.of()),
            failure);
    try {
      out.println(
          MessageCodec.mapper()
              .writer(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(told));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected every result to have a JSON form", e);
    }
    out.flush();
  }

  /** Says why nothing could be done; the exit code. */
  static int refused(SwitchFailure refusal, PrintWriter err) {
    err.println(refusal.failure().reason());
    if (refusal.failure().kind() == FailureKind.MANUAL) {
      err.println(
          "If nobody is at it any more, the mark is taken away by the file dns-lift-mark beside the way back that was gone by hand.");
    }
    return 1;
  }

  /** Asks on a terminal; a program says it beforehand. */
  static Optional<Integer> unconfirmed(
      boolean yes, boolean json, String question, PrintWriter out, Consumer<String> err) {
    if (yes) {
      return Optional.empty();
    }
    Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    if (json || terminal.isEmpty()) {
      err.accept(
          "Expected --yes, since there is no terminal to ask at, or --json was given; nothing was written");
      return Optional.of(2);
    }
    out.print(question + " Only 'yes' does it: ");
    out.flush();
    if (terminal.map(Console::readLine).filter(line -> line.strip().equals("yes")).isPresent()) {
      return Optional.empty();
    }
    err.accept("Nothing was written.");
    return Optional.of(1);
  }
}
