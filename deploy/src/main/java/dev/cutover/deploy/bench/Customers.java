package dev.cutover.deploy.bench;

import dev.cutover.contract.Side;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/**
 * A customer at each of some frontends, who asks again as soon as there is an answer, and remembers
 * when each side has answered for the last time.
 */
final class Customers implements AutoCloseable {
  /** What the source's server answers. */
  static final String SOURCE = "blue";

  /** What the target's server answers. */
  static final String TARGET = "green";

  private static final long NEVER = Long.MIN_VALUE;
  private static final Duration ANSWER_MAX = Duration.ofSeconds(2);
  private static final Duration WAIT_MAX = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER_MAX).build();
  private final List<Customer> all;

  Customers(List<URI> frontends) {
    this.all = frontends.stream().map(Customer::new).toList();
  }

  /** Whether each has got an answer. */
  boolean areServed() {
    return all.stream().allMatch(customer -> customer.askedNanos != NEVER);
  }

  /**
   * Waits until each has asked and been answered anew, and tells when the last of them was answered
   * by that side.
   *
   * @param sinceNanos the answer when nobody was since then, by {@link System#nanoTime}
   */
  long lastOf(Side side, long sinceNanos) throws InterruptedException {
    long nowNanos = System.nanoTime();
    Waiting.untilTrue(
        "answers to customers",
        WAIT_MAX,
        () -> all.stream().allMatch(customer -> customer.hasAskedSince(nowNanos)));
    return all.stream()
        .mapToLong(customer -> customer.last(side))
        .filter(lastNanos -> lastNanos != NEVER && lastNanos - sinceNanos > 0)
        .max()
        .orElse(sinceNanos);
  }

  private final class Customer implements Runnable {
    private final HttpRequest request;
    private final Thread thread;
    private volatile long askedNanos = NEVER;
    private volatile long sourceNanos = NEVER;
    private volatile long targetNanos = NEVER;

    Customer(URI frontend) {
      this.request = HttpRequest.newBuilder(frontend).timeout(ANSWER_MAX).build();
      this.thread = Thread.ofVirtual().name("customer").start(this);
    }

    @Override
    public void run() {
      try {
        while (!Thread.currentThread().isInterrupted()) {
          ask();
          Thread.sleep(PAUSE);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void ask() throws InterruptedException {
      long startedNanos = System.nanoTime();
      try {
        String answer = client.send(request, BodyHandlers.ofString()).body();
        if (answer.equals(SOURCE)) {
          sourceNanos = System.nanoTime();
          askedNanos = startedNanos;
        } else if (answer.equals(TARGET)) {
          targetNanos = System.nanoTime();
          askedNanos = startedNanos;
        }
      } catch (IOException e) {
        // whoever waits for answers fails when there are none
      }
    }

    boolean hasAskedSince(long nanos) {
      return askedNanos != NEVER && askedNanos - nanos >= 0;
    }

    long last(Side side) {
      return side == Side.SOURCE ? sourceNanos : targetNanos;
    }
  }

  @Override
  public void close() {
    all.forEach(customer -> customer.thread.interrupt());
    client.shutdownNow();
  }
}
