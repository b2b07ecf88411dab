package dev.cutover.deploy.demo;

import dev.cutover.contract.Side;
import dev.cutover.deploy.demo.GapMeter.Gap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The shop's customers: they place orders at a fixed rate, whatever the shop does (an open loop),
 * find it through DNS, and hand every acknowledged write to the ledger.
 */
final class Clients implements AutoCloseable {
  /** Beyond this many unanswered requests new ones are dropped, and counted as not attempted. */
  private static final int UNANSWERED_MAX = 500;

  /** Customers come within so many seconds, not all at once: neither they nor the shop are warm. */
  private static final double WARM_UP_SECONDS = 8;

  /** A read for every so many writes. */
  private static final int WRITES_PER_READ = 3;

  private static final Duration LAST_ANSWERS_MAX = Duration.ofSeconds(15);

  /**
   * Whom to ask for the shop's address, and how hard to work.
   *
   * @param sides which side answers at which address
   * @param troublesome whether some write long reports, and restock against each other until the
   *     database ends a deadlock
   */
  record Settings(
      InetSocketAddress dnsServer,
      String name,
      int port,
      Map<InetAddress, Side> sides,
      int clients,
      int writesPerSecond,
      boolean troublesome,
      long seed) {}

  /** How a request ended. */
  enum Outcome {
    /** Answered with 200. */
    ACKNOWLEDGED,
    /** Answered with 503, or not let in: certainly not written. */
    REFUSED,
    /** Answered with another error: certainly not written. */
    FAILED,
    /** Sent, and the answer was lost: perhaps written. */
    UNCERTAIN
  }

  private final Settings settings;
  private final List<Client> clients = new ArrayList<>();
  private final Map<Side, Map<Outcome, LongAdder>> writes = new EnumMap<>(Side.class);
  private final Map<Side, Map<Outcome, LongAdder>> reads = new EnumMap<>(Side.class);
  private final AtomicLong attempted = new AtomicLong();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder unresolved = new LongAdder();
  private final Phaser unanswered = new Phaser(1);
  private final AtomicLong unansweredNow = new AtomicLong();
  private final HttpClient http;
  private final Thread pace;
  private volatile boolean stopped;

  Clients(Settings settings, Ledger ledger) throws IOException {
    this.settings = settings;
    for (Side side : Side.values()) {
      writes.put(side, counters());
      reads.put(side, counters());
    }
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    for (int i = 0; i < settings.clients; i++) {
      TtlCache cache = new TtlCache(settings.dnsServer, settings.name);
      clients.add(new Client(i, cache, http, settings.port, settings.seed * 31 + i, ledger, this));
    }
    this.pace = Thread.ofPlatform().name("clients").daemon().unstarted(this::keepPace);
  }

  void start() {
    pace.start();
  }

  /** Stops to send, and waits for the answers that are under way. */
  void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    try {
      pace.join(Duration.ofSeconds(5));
      unanswered.awaitAdvanceInterruptibly(
          unanswered.arrive(), LAST_ANSWERS_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "expected every answer within "
              + LAST_ANSWERS_MAX.toSeconds()
              + " s, but "
              + unansweredNow
              + " are missing",
          e);
    }
  }

  @Override
  public void close() {
    try {
      stop();
    } finally {
      http.shutdownNow();
    }
  }

  long writes(Side side, Outcome outcome) {
    return count(writes, side, outcome);
  }

  long reads(Side side, Outcome outcome) {
    return count(reads, side, outcome);
  }

  /** Returns the number of writes that were tried, those included that found no address. */
  long attempted() {
    return attempted.get();
  }

  /** Returns how many requests found no address. */
  long unresolved() {
    return unresolved.sum();
  }

  /** Returns how many requests were not even tried, because too many were waiting for an answer. */
  long dropped() {
    return dropped.sum();
  }

  List<Gap> gaps() {
    return clients.stream().flatMap(client -> client.gaps().stream()).toList();
  }

  /** Returns how many clients hold each side's address in their caches at this moment. */
  Map<Side, Integer> addresses() {
    Map<Side, Integer> held = new EnumMap<>(Side.class);
    for (Client client : clients) {
      TtlCache.Answer answer = client.cache().last();
      if (answer != null) {
        held.merge(sideAt(answer.address()), 1, Integer::sum);
      }
    }
    return held;
  }

  Side sideAt(InetAddress address) {
    Side side = settings.sides.get(address);
    if (side == null) {
      throw new IllegalStateException(
          "expected an address of " + settings.sides.keySet() + ", but DNS said " + address);
    }
    return side;
  }

  long nextWrite() {
    return attempted.incrementAndGet();
  }

  void countWrite(Side side, Outcome outcome) {
    adder(writes, side, outcome).increment();
  }

  void countRead(Side side, Outcome outcome) {
    adder(reads, side, outcome).increment();
  }

  void countUnresolved() {
    unresolved.increment();
  }

  private void keepPace() {
    Random random = new Random(settings.seed);
    double interval = 1e9 / settings.writesPerSecond;
    long began = System.nanoTime();
    long next = began;
    long nextReport = next + 3_000_000_000L;
    long nextRestock = next + 2_000_000_000L;
    for (int i = 0; !stopped; i++) {
      Client client = clients.get(i % clients.size());
      go(() -> client.writeSomething(random.nextLong()));
      if (i % WRITES_PER_READ == 0) {
        go(client::readSomething);
      }
      if (settings.troublesome && next - nextReport > 0) {
        nextReport += 7_000_000_000L;
        go(client::writeLongReport);
      }
      if (settings.troublesome && next - nextRestock > 0) {
        nextRestock += 5_000_000_000L;
        int first = Client.RESTOCKED + 1 + random.nextInt(5);
        int second = first + 1 + random.nextInt(Client.PRODUCTS - first);
        go(() -> client.restock(first, second));
        go(() -> client.restock(second, first));
      }
      double awake = Math.clamp((next - began) / (1e9 * WARM_UP_SECONDS), 0.1, 1);
      next += (long) (interval / awake);
      while (!stopped && next - System.nanoTime() > 0) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }

  private void go(Runnable request) {
    if (unansweredNow.get() > UNANSWERED_MAX) {
      dropped.increment();
      return;
    }
    unanswered.register();
    unansweredNow.incrementAndGet();
    Thread.ofVirtual()
        .name("client")
        .start(
            () -> {
              try {
                request.run();
              } finally {
                unansweredNow.decrementAndGet();
                unanswered.arriveAndDeregister();
              }
            });
  }

  private static Map<Outcome, LongAdder> counters() {
    Map<Outcome, LongAdder> counters = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      counters.put(outcome, new LongAdder());
    }
    return counters;
  }

  private static long count(
      Map<Side, Map<Outcome, LongAdder>> counters, Side side, Outcome outcome) {
    return adder(counters, side, outcome).sum();
  }

  private static LongAdder adder(
      Map<Side, Map<Outcome, LongAdder>> counters, Side side, Outcome outcome) {
    return java.util.Objects.requireNonNull(
        java.util.Objects.requireNonNull(counters.get(side)).get(outcome));
  }
}
