package dev.cutover.dns;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import dev.cutover.dns.domain.EdgeAnswer;
import dev.cutover.dns.domain.EdgeJudge;
import dev.cutover.dns.domain.Propagation;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Asks the edge that stands in front of both sides, at every address that the authorities give for
 * each name, who serves.
 */
final class EdgeLook {
  private static final Duration NAMES_MAX = Duration.ofSeconds(1);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
  private static final Duration ANSWER_MIN = Duration.ofMillis(100);

  /** Of each name at each address in one look. */
  private static final int REQUESTS = 5;

  private final DnsQueries queries;
  private final Pace pace;

  EdgeLook(DnsQueries queries, Pace pace) {
    this.queries = queries;
    this.pace = pace;
  }

  /** A name at one address of the edge. */
  record Point(String name, ServerAddress edge) {}

  /**
   * Where the edge is.
   *
   * @param unknown authorities that gave no address of a name, as verdicts
   */
  record Points(List<Point> points, List<ServerVerdict> unknown) {}

  /**
   * Asks every authority for every name's addresses; those without a way from here are left out.
   */
  Points points(SwitchSpec spec, long endNanos) {
    EdgeProbe probe = probe(spec);
    Set<Point> points = new LinkedHashSet<>();
    List<ServerVerdict> unknown = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      for (ServerAddress authority : spec.authorities()) {
        Set<Point> given = new LinkedHashSet<>();
        String fault = "no address of " + name.name();
        for (RecordType type : List.of(RecordType.A, RecordType.AAAA)) {
          switch (queries.ask(authority, false, name.name(), type, time(endNanos, NAMES_MAX))) {
            case Answered(var set, boolean _, var _) ->
                set.values().stream()
                    .map(value -> new Point(name.name(), new ServerAddress(value, probe.port())))
                    .forEach(given::add);
            case Unanswered(String _, var _, String reason) ->
                fault = "%s %s: %s".formatted(name.name(), type, reason);
          }
        }
        if (given.isEmpty()) {
          unknown.add(
              new ServerVerdict(authority, true, ServerVerdict.Answer.UNREACHABLE, 0, fault));
        }
        points.addAll(given);
      }
    }
    // That this machine has no IPv6 says nothing about the edge.
    List<Point> reached = points.stream().filter(p -> queries.reaches(p.edge())).toList();
    return new Points(reached.isEmpty() ? List.copyOf(points) : reached, unknown);
  }

  /** Looks once at every name at every address. */
  Propagation look(SwitchSpec spec, Side wanted, long endNanos) throws InterruptedException {
    EdgeProbe probe = probe(spec);
    Points points = points(spec, endNanos);
    List<Future<ServerVerdict>> asked = new ArrayList<>();
    for (Point point : points.points()) {
      asked.add(
          pace.fork(
              "edge-ask",
              () ->
                  EdgeJudge.judge(
                      point.edge(),
                      probe.url(point.name()),
                      answers(spec, point, endNanos),
                      wanted)));
    }
    List<ServerVerdict> verdicts = new ArrayList<>(points.unknown());
    try {
      for (Future<ServerVerdict> verdict : asked) {
        verdicts.add(verdict.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected an answer or its absence, but asking failed", e);
    } finally {
      asked.forEach(answer -> answer.cancel(true)); // no effect on those that have answered
    }
    return EdgeJudge.propagation(verdicts);
  }

  private List<EdgeAnswer> answers(SwitchSpec spec, Point point, long endNanos) {
    List<EdgeAnswer> answers = new ArrayList<>();
    for (int request = 0; request < REQUESTS; request++) {
      EdgeAnswer answer = ask(spec, point, endNanos);
      answers.add(answer);
      if (answer instanceof EdgeAnswer.Untold) {
        break; // the verdict is settled
      }
    }
    return answers;
  }

  /** One request, on a connection of its own. */
  EdgeAnswer ask(SwitchSpec spec, Point point, long endNanos) {
    return queries.through(point.edge(), point.name(), probe(spec), time(endNanos, ANSWER_MAX));
  }

  private Duration time(long endNanos, Duration most) {
    long leftNanos = Math.max(endNanos - pace.nanoTime(), ANSWER_MIN.toNanos());
    return Duration.ofNanos(Math.min(leftNanos, most.toNanos()));
  }

  private static EdgeProbe probe(SwitchSpec spec) {
    return spec.provider()
        .probe()
        .orElseThrow(
            () ->
                new IllegalArgumentException("Expected a switch behind an edge, but got " + spec));
  }
}
