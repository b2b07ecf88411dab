package dev.cutover.dns;

import dev.cutover.contract.DnsReply.SplitCount;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.EdgeLook.Point;
import dev.cutover.dns.domain.EdgeAnswer;
import dev.cutover.dns.domain.EdgeAnswer.Told;
import dev.cutover.dns.domain.EdgeAnswer.Untold;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SplitJudge;
import dev.cutover.runtime.Pace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Counts how an edge shares requests out, at each of its addresses. */
final class EdgeCount {
  /** Requests under way at one address. */
  private static final int STREAMS = 4;

  private final EdgeLook edges;
  private final Pace pace;

  EdgeCount(EdgeLook edges, Pace pace) {
    this.edges = edges;
    this.pace = pace;
  }

  /** What one of the streams was told. */
  private record Stream(int answers, int target, Optional<String> fault) {}

  /** Counts each name at each address; an authority that gives none is a fault. */
  List<SplitWatch.Count> count(SwitchSpec spec, int weightPercent, long endNanos)
      throws InterruptedException {
    EdgeLook.Points points = edges.points(spec, endNanos);
    List<SplitWatch.Count> counts = new ArrayList<>();
    for (ServerVerdict unknown : points.unknown()) {
      counts.add(
          new SplitWatch.Count(
              new SplitCount(
                  unknown.server(), spec.names().getFirst().name(), RecordType.SERVER, 0, 0),
              Optional.of("%s: %s".formatted(unknown.server(), unknown.detail()))));
    }
    List<Callable<SplitWatch.Count>> work = new ArrayList<>();
    for (Point point : points.points()) {
      spec.served(weightPercent).stream()
          .filter(set -> set.name().equals(point.name()))
          .forEach(held -> work.add(() -> count(spec, point, held, endNanos)));
    }
    counts.addAll(sideBySide("edge-count", work));
    return counts;
  }

  private SplitWatch.Count count(SwitchSpec spec, Point point, RecordSet held, long endNanos)
      throws InterruptedException {
    List<String> targets = RecordSets.valuesOf(spec.plain(Side.TARGET), held.name(), held.type());
    double part = SplitJudge.targetPart(held, targets);
    int needed = SplitJudge.answersNeeded(part);
    List<Callable<Stream>> streams = new ArrayList<>();
    for (int stream = 0; stream < STREAMS; stream++) {
      int share = (needed + stream) / STREAMS;
      streams.add(() -> ask(spec, point, share, endNanos));
    }
    List<Stream> told = sideBySide("edge-ask", streams);
    int answers = told.stream().mapToInt(Stream::answers).sum();
    int target = told.stream().mapToInt(Stream::target).sum();
    Optional<String> fault = told.stream().flatMap(stream -> stream.fault().stream()).findFirst();
    if (fault.isEmpty() && answers < needed) {
      fault =
          Optional.of(
              "the target served %d times in %d, and the time was over before %d had answered"
                  .formatted(target, answers, needed));
    } else if (fault.isEmpty() && SplitJudge.contradicts(answers, target, part)) {
      fault = Optional.of("the target served %d times in %d".formatted(target, answers));
    }
    return new SplitWatch.Count(
        new SplitCount(point.edge(), held.name(), held.type(), answers, target),
        fault.map(words -> "%s %s: %s".formatted(point.edge(), held.name(), words)));
  }

  private Stream ask(SwitchSpec spec, Point point, int needed, long endNanos) {
    int target = 0;
    for (int answers = 0; answers < needed; answers++) {
      if (pace.nanoTime() >= endNanos) {
        return new Stream(answers, target, Optional.empty());
      }
      EdgeAnswer answer = edges.ask(spec, point, endNanos);
      switch (answer) {
        case Untold(String reason) -> {
          return new Stream(answers, target, Optional.of(reason));
        }
        case Told(Side side) -> target += side == Side.TARGET ? 1 : 0;
      }
    }
    return new Stream(needed, target, Optional.empty());
  }

  private <T> List<T> sideBySide(String name, List<Callable<T>> work) throws InterruptedException {
    List<Future<T>> running = new ArrayList<>();
    work.forEach(call -> running.add(pace.fork(name, call)));
    List<T> done = new ArrayList<>();
    try {
      for (Future<T> future : running) {
        done.add(future.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected a count or a fault, but asking failed", e);
    } finally {
      running.forEach(future -> future.cancel(true)); // no effect on those that have ended
    }
    return done;
  }
}
