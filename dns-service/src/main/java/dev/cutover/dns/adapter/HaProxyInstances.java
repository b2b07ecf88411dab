package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNREACHABLE;

import dev.cutover.contract.Failure;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** All instances of a switch during one order: looked at and changed side by side. */
final class HaProxyInstances implements AutoCloseable {
  /** Looks that took longer leave too little of the sessions' time for a change. */
  private static final Duration FRESH = HaProxySession.IDLE.dividedBy(2);

  private final Pace pace;
  private final List<HaProxyInstance> reached = new ArrayList<>();
  private final Map<ServerAddress, SwitchFailure> failures = new LinkedHashMap<>();

  private HaProxyInstances(Pace pace) {
    this.pace = pace;
  }

  /** Something that is done to one instance. */
  interface Act {
    void on(HaProxyInstance instance) throws SwitchFailure;
  }

  /** Looks at every instance; those that don't answer are kept as failures. */
  static HaProxyInstances look(
      SwitchSpec spec, String backend, HaProxySockets sockets, Pace pace, Duration within)
      throws SwitchFailure {
    long startNanos = pace.nanoTime();
    HaProxyInstances instances = new HaProxyInstances(pace);
    instances.lookAt(spec.authorities(), spec, backend, sockets, within);
    Duration took = Duration.ofNanos(pace.nanoTime() - startNanos);
    if (took.compareTo(FRESH) > 0 && !instances.failures.isEmpty()) {
      // Those that answered have waited for the one that didn't, and their sessions with them.
      List<ServerAddress> again = instances.reached.stream().map(HaProxyInstance::address).toList();
      instances.close();
      instances.reached.clear();
      instances.lookAt(again, spec, backend, sockets, within);
    }
    return instances;
  }

  private void lookAt(
      List<ServerAddress> addresses,
      SwitchSpec spec,
      String backend,
      HaProxySockets sockets,
      Duration within)
      throws SwitchFailure {
    Map<ServerAddress, Callable<HaProxyInstance>> looks = new LinkedHashMap<>();
    for (ServerAddress address : addresses) {
      looks.put(address, () -> HaProxyInstance.look(address, spec, backend, sockets, within));
    }
    reached.addAll(sideBySide(looks));
  }

  /** Those that answered the look. */
  List<HaProxyInstance> reached() {
    return List.copyOf(reached);
  }

  /** Fails unless every instance was reached; before any was changed. */
  HaProxyInstances requireAll() throws SwitchFailure {
    if (!failures.isEmpty()) {
      SwitchFailure failure = failed("nothing was changed at any");
      close();
      throw failure;
    }
    return this;
  }

  /** Checks each; the first fault ends it. */
  void requireEach(Act check) throws SwitchFailure {
    for (HaProxyInstance instance : reached) {
      try {
        check.on(instance);
      } catch (SwitchFailure e) {
        throw toldOf(instance.address(), e);
      }
    }
  }

  private static SwitchFailure toldOf(ServerAddress address, SwitchFailure e) {
    Failure failure = e.failure();
    return failure.reason().contains(address.toString())
        ? e
        : new SwitchFailure(
            failure.kind(), failure.reason() + " (at " + address + ")", failure.retryable(), e);
  }

  /** Changes each that was reached, side by side; a failure at one stops no other. */
  void changeEach(Act change) throws SwitchFailure {
    Map<ServerAddress, Callable<HaProxyInstance>> changes = new LinkedHashMap<>();
    for (HaProxyInstance instance : reached) {
      changes.put(
          instance.address(),
          () -> {
            change.on(instance);
            return instance;
          });
    }
    sideBySide(changes);
  }

  /** Fails if anything has failed at any of them; says at which nothing has. */
  void requireMade() throws SwitchFailure {
    if (!failures.isEmpty()) {
      String made =
          reached.stream()
              .map(HaProxyInstance::address)
              .filter(address -> !failures.containsKey(address))
              .map(ServerAddress::toString)
              .collect(Collectors.joining(", "));
      throw failed(made.isEmpty() ? "it was made at none" : "it was made at " + made);
    }
  }

  /** Retryable if trying again can help any of them: what is made is found made then. */
  private SwitchFailure failed(String rest) {
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

  private List<HaProxyInstance> sideBySide(Map<ServerAddress, Callable<HaProxyInstance>> work)
      throws SwitchFailure {
    Map<ServerAddress, Future<HaProxyInstance>> running = new LinkedHashMap<>();
    work.forEach((address, call) -> running.put(address, pace.fork("haproxy-" + address, call)));
    List<HaProxyInstance> done = new ArrayList<>();
    try {
      for (Map.Entry<ServerAddress, Future<HaProxyInstance>> entry : running.entrySet()) {
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
      done.forEach(HaProxyInstance::close);
      throw new SwitchFailure(
          UNREACHABLE, "Expected every HAProxy to answer, but the order was ended", true, e);
    } finally {
      running.values().forEach(future -> future.cancel(true)); // no effect on those that have ended
    }
    return done;
  }

  @Override
  public void close() {
    reached.forEach(HaProxyInstance::close);
  }
}
