package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNREACHABLE;

import dev.cutover.contract.Failure;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * All places of a switch that have nothing in common, during one order: looked at and changed side
 * by side. What fails at one stops no other, and is kept.
 */
final class Places<P extends Places.Place> implements AutoCloseable {
  private final String kind;
  private final Pace pace;
  private final List<P> reached = new ArrayList<>();
  private final Map<String, SwitchFailure> failures = new LinkedHashMap<>();

  /**
   * @param kind what they are, for people
   */
  Places(String kind, Pace pace) {
    this.kind = kind;
    this.pace = pace;
  }

  /** One of them, as it was looked at. */
  interface Place extends AutoCloseable {
    /** Which one, for people. */
    String name();

    @Override
    void close();
  }

  /** Something that is done to one of them. */
  interface Act<P> {
    void on(P place) throws SwitchFailure;
  }

  /** Looks at each by its name; those that don't answer are kept as failures. */
  void look(Map<String, Callable<P>> looks) throws SwitchFailure {
    reached.addAll(sideBySide(looks));
  }

  /** Those that answered the look. */
  List<P> reached() {
    return List.copyOf(reached);
  }

  /** Whether anything has failed at any of them. */
  boolean failed() {
    return !failures.isEmpty();
  }

  /** Lets those go that were reached, to look at them again. */
  void forget() {
    close();
    reached.clear();
  }

  /** Fails unless every one was reached; before any was changed. */
  Places<P> requireAll() throws SwitchFailure {
    if (failed()) {
      SwitchFailure failure = failure("nothing was changed at any");
      close();
      throw failure;
    }
    return this;
  }

  /** Checks each; the first fault ends it. */
  void requireEach(Act<P> check) throws SwitchFailure {
    for (P place : reached) {
      try {
        check.on(place);
      } catch (SwitchFailure e) {
        throw toldOf(place.name(), e);
      }
    }
  }

  private static SwitchFailure toldOf(String name, SwitchFailure e) {
    Failure failure = e.failure();
    return failure.reason().contains(name)
        ? e
        : new SwitchFailure(
            failure.kind(), failure.reason() + " (at " + name + ")", failure.retryable(), e);
  }

  /** Changes each that was reached, side by side; a failure at one stops no other. */
  void changeEach(Act<P> change) throws SwitchFailure {
    Map<String, Callable<P>> changes = new LinkedHashMap<>();
    for (P place : reached) {
      changes.put(
          place.name(),
          () -> {
            change.on(place);
            return place;
          });
    }
    sideBySide(changes);
  }

  /** Fails if anything has failed at any of them; says at which nothing has. */
  void requireMade() throws SwitchFailure {
    if (failed()) {
      String made =
          reached.stream()
              .map(Place::name)
              .filter(name -> !failures.containsKey(name))
              .collect(Collectors.joining(", "));
      throw failure(made.isEmpty() ? "it was made at none" : "it was made at " + made);
    }
  }

  /** Retryable if trying again can help any of them: what is made is found made then. */
  private SwitchFailure failure(String rest) {
    List<Failure> all = failures.values().stream().map(SwitchFailure::failure).toList();
    Failure gravest = all.stream().filter(f -> !f.retryable()).findFirst().orElseGet(all::getFirst);
    return new SwitchFailure(
        gravest.kind(),
        all.stream().map(Failure::reason).distinct().collect(Collectors.joining("; "))
            + "; "
            + rest,
        gravest.retryable(),
        failures.values().iterator().next());
  }

  private List<P> sideBySide(Map<String, Callable<P>> work) throws SwitchFailure {
    Map<String, Future<P>> running = new LinkedHashMap<>();
    work.forEach((name, call) -> running.put(name, pace.fork(kind + "-" + name, call)));
    List<P> done = new ArrayList<>();
    try {
      for (Map.Entry<String, Future<P>> entry : running.entrySet()) {
        try {
          done.add(entry.getValue().get());
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof SwitchFailure failure)) {
            throw new IllegalStateException("Expected an answer or a failure of a switch", e);
          }
          failures.put(entry.getKey(), toldOf(entry.getKey(), failure));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      done.forEach(Place::close);
      throw new SwitchFailure(
          UNREACHABLE,
          "Expected every %s to answer, but the order was ended".formatted(kind),
          true,
          e);
    } finally {
      running.values().forEach(future -> future.cancel(true)); // no effect on those that have ended
    }
    return done;
  }

  @Override
  public void close() {
    reached.forEach(Place::close);
  }
}
