package dev.cutover.deploy.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/** How long each kind of order took, again and again, and how many requests the last one made. */
final class OrderTimes {
  private final Optional<LongSupplier> counter;
  private final Map<String, Latencies> times = new LinkedHashMap<>();
  private final Map<String, Long> requests = new LinkedHashMap<>();

  /**
   * @param counter of the requests that the provider has got so far; empty where none are counted
   */
  OrderTimes(Optional<LongSupplier> counter) {
    this.counter = counter;
  }

  /** What is timed. */
  @FunctionalInterface
  interface Act {
    void run() throws IOException, InterruptedException;
  }

  /** Runs it, and keeps how long that took. */
  void time(String what, Act act) throws IOException, InterruptedException {
    long before = counter.map(LongSupplier::getAsLong).orElse(0L);
    long startedNanos = System.nanoTime();
    act.run();
    add(what, startedNanos);
    counter.ifPresent(count -> requests.put(what, count.getAsLong() - before));
  }

  /** Keeps the time that has gone by since then. */
  void add(String what, long startedNanos) {
    addNanos(what, System.nanoTime() - startedNanos);
  }

  void addNanos(String what, long nanos) {
    times.computeIfAbsent(what, _ -> new Latencies()).add(nanos);
  }

  /** Forgets all: what follows is what counts. */
  void clear() {
    times.clear();
    requests.clear();
  }

  Latencies of(String what) {
    return Objects.requireNonNull(times.get(what), what);
  }

  /** In the order in which they first came. */
  void forEach(BiConsumer<String, Latencies> each) {
    times.forEach(each);
  }

  /** How many requests the last order of that kind made; empty where none are counted. */
  Optional<Long> requests(String what) {
    return Optional.ofNullable(requests.get(what));
  }
}
