package dev.cutover.deploy.demo;

import dev.cutover.contract.Side;
import dev.cutover.deploy.demo.Clients.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ToLongFunction;

/** What customers do per second on each side, over the last few samples. */
final class Rates {
  private static final int SAMPLES = 5;

  private final Clients clients;
  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Counts(long acknowledged, long refused, long failed, long reads) {}

  private record Sample(long nanos, Counts source, Counts target) {
    Counts of(Side side) {
      return side == Side.SOURCE ? source : target;
    }
  }

  Rates(Clients clients) {
    this.clients = clients;
  }

  /** Counts once more; what is asked for afterwards is of the time since a few samples ago. */
  void sample() {
    samples.addLast(new Sample(System.nanoTime(), counts(Side.SOURCE), counts(Side.TARGET)));
    if (samples.size() > SAMPLES) {
      samples.removeFirst();
    }
  }

  String writes(Side side) {
    return "%d ok, %d refused, %d failed"
        .formatted(
            rate(side, Counts::acknowledged),
            rate(side, Counts::refused),
            rate(side, Counts::failed));
  }

  String reads(Side side) {
    return Long.toString(rate(side, Counts::reads));
  }

  private long rate(Side side, ToLongFunction<Counts> which) {
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    long nanos = last.nanos - first.nanos;
    long count = which.applyAsLong(last.of(side)) - which.applyAsLong(first.of(side));
    return nanos == 0 ? 0 : Math.round(count * 1e9 / nanos);
  }

  private Counts counts(Side side) {
    return new Counts(
        clients.writes(side, Outcome.ACKNOWLEDGED),
        clients.writes(side, Outcome.REFUSED),
        clients.writes(side, Outcome.FAILED) + clients.writes(side, Outcome.UNCERTAIN),
        clients.reads(side, Outcome.ACKNOWLEDGED));
  }
}
