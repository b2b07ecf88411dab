package dev.cutover.dns.adapter;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Looks at all instances of a switch at the beginning of an order. */
final class HaProxyInstances {
  /** Looks that took longer leave too little of the sessions' time for a change. */
  private static final Duration FRESH = HaProxySession.IDLE.dividedBy(2);

  private HaProxyInstances() {}

  /** Looks at every instance; those that don't answer are kept as failures. */
  static Places<HaProxyInstance> look(
      SwitchSpec spec, String backend, HaProxySockets sockets, Pace pace, Duration within)
      throws SwitchFailure {
    long startNanos = pace.nanoTime();
    Places<HaProxyInstance> instances = new Places<>("haproxy", pace);
    instances.look(looks(spec.authorities(), spec, backend, sockets, within));
    Duration took = Duration.ofNanos(pace.nanoTime() - startNanos);
    if (took.compareTo(FRESH) > 0 && instances.failed()) {
      // Those that answered have waited for the one that didn't, and their sessions with them.
      List<ServerAddress> again =
          instances.reached().stream().map(HaProxyInstance::address).toList();
      instances.forget();
      instances.look(looks(again, spec, backend, sockets, within));
    }
    return instances;
  }

  private static Map<String, Callable<HaProxyInstance>> looks(
      List<ServerAddress> addresses,
      SwitchSpec spec,
      String backend,
      HaProxySockets sockets,
      Duration within) {
    Map<String, Callable<HaProxyInstance>> looks = new LinkedHashMap<>();
    for (ServerAddress address : addresses) {
      looks.put(
          address.toString(), () -> HaProxyInstance.look(address, spec, backend, sockets, within));
    }
    return looks;
  }
}
