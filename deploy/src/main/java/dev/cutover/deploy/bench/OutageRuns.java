package dev.cutover.deploy.bench;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.Message;
import dev.cutover.contract.Side;
import dev.cutover.contract.SyncReply.ReverseDrained;
import dev.cutover.contract.SyncReply.SourceFenced;
import dev.cutover.contract.SyncReply.TargetFenced;
import dev.cutover.contract.ValidatorReply.FinalValidated;
import dev.cutover.deploy.Operator;
import dev.cutover.deploy.demo.GapMeter.Gap;
import dev.cutover.deploy.demo.Observer;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One cutover of real services over Kafka that goes there and back again and again: two people say
 * go, one asks for the way back, and it is prepared anew.
 */
final class OutageRuns {
  static final CutoverId ID = new CutoverId("bench-switch");

  /** Stages while nobody can write; the last one ends with the first accepted write. */
  static final SequencedMap<String, List<String>> THERE =
      stages(
          List.of("fence and drain", "final validation", "shift", "open, and the first write"),
          List.of("fence-source"),
          List.of("validate-final"),
          List.of("shift-traffic"));

  static final SequencedMap<String, List<String>> BACK =
      stages(
          List.of("fence and revert", "drain", "sequences", "open, and the first write"),
          List.of("fence-target", "revert-traffic"),
          List.of("drain-reverse"),
          List.of("align-source-sequences"));

  static final String PLAN =
      """
      cutover: "@id@"
      rehearsal: true
      approvers: [ada, grace]
      data:
        source: { host: 127.0.0.1, port: @sourcePort@, database: shop, credential: shop-source }
        target: { host: 127.0.0.1, port: @targetPort@, database: shop, credential: shop-target }
        tables: [shop.customers, shop.products, shop.orders, shop.order_items, shop.documents, shop.audit]
        endBlockers: true
        sequenceMargin: 10000
      traffic:
        zone: demo.test.
        primary: "127.0.0.1:@dnsPort@"
        tsigKey: demo-key
        loweredTtl: 1s
        names:
          - name: shop.demo.test.
            source: [{ type: A, values: [127.0.0.2] }]
            target: [{ type: A, values: [127.0.0.3] }]
      checks:
        data:
          - { name: row counts, kind: rowCounts }
          - { name: checksums, kind: checksums }
      bounds:
        maxWriteOutage: 60s
        maxRollbackOutage: 60s
        observation: 1h
        ttlSlack: 0s
        finalValidation: 5s
        approval: 1h
        preparationStep: 2m
        copy: 5m
        switchStep: 20s
        proof: 30s
      rollback: { window: 0s }
      """;

  private static final Duration PREPARED_MAX = Duration.ofMinutes(5);
  private static final int GAVE_UP_MAX = 5;
  private static final Duration SERVED = Duration.ofMillis(1_500);

  private final Observer observer;
  private final OutageLoad load;
  private final Operator ada;
  private final Operator grace;
  private int gaveUp;

  OutageRuns(Observer observer, OutageLoad load, Operator ada, Operator grace) {
    this.observer = observer;
    this.load = load;
    this.ada = ada;
    this.grace = grace;
  }

  /**
   * What one way cost, in milliseconds.
   *
   * @param outageMs first refused write to first accepted one, as the application saw it
   * @param stagesMs what it consists of: one after the other, until the answer is in the journal
   * @param workMs what services say that they took for parts of it; the rest are messages and
   *     decisions
   */
  record Way(double outageMs, Map<String, Double> stagesMs, Map<String, Double> workMs) {
    static Way of(
        Instant from,
        Instant to,
        SequencedMap<String, List<String>> stages,
        Map<String, Instant> endedAt,
        Map<String, Double> workMs) {
      Map<String, Double> stagesMs = new LinkedHashMap<>();
      Instant began = from;
      for (Map.Entry<String, List<String>> stage : stages.entrySet()) {
        Instant ended =
            stage.getValue().stream()
                .map(step -> Objects.requireNonNull(endedAt.get(step), step))
                .max(Comparator.naturalOrder())
                .orElse(to);
        stagesMs.put(stage.getKey(), ms(began, ended));
        began = ended;
      }
      return new Way(ms(from, to), stagesMs, workMs);
    }

    private static double ms(Instant from, Instant to) {
      return Duration.between(from, to).toNanos() / 1e6;
    }
  }

  /** How often it went back by itself on the way there, and was tried again. */
  int gaveUp() {
    return gaveUp;
  }

  /** Goes there; returns when the target has served for a moment. */
  Way there() throws InterruptedException {
    Instant began = go();
    while (isPrepared(status())) {
      if (++gaveUp > GAVE_UP_MAX) {
        throw new IllegalStateException(
            "Expected the target to serve, but it went back %d times: %s"
                .formatted(gaveUp, status().reason()));
      }
      ada.ask(ID, "resume", "bench");
      began = go();
    }
    TimeUnit.MILLISECONDS.sleep(SERVED.toMillis());
    Map<String, Double> work = new LinkedHashMap<>();
    SourceFenced fenced = last(SourceFenced.class);
    work.put("fence", (double) fenced.fenceMs());
    work.put("drain", (double) fenced.drainMs());
    work.put("validate", (double) last(FinalValidated.class).tookMs());
    work.put("shift", (double) last(TrafficShifted.class).tookMs());
    return way(load.outage(began, Side.TARGET), THERE, work);
  }

  /** Two people say go; returns when the target serves, or the source again. */
  private Instant go() throws InterruptedException {
    await("the cutover to ask for go", OutageRuns::asksForGo);
    Instant began = Instant.now();
    ada.approve(ID, "go");
    grace.approve(ID, "go");
    await(
        "the target to serve",
        status -> status.serving().equals(Optional.of(Side.TARGET)) || isPrepared(status));
    return began;
  }

  /** Comes back; returns when the cutover is prepared again, and on its way to another go. */
  Way back() throws InterruptedException {
    Instant began = Instant.now();
    ada.ask(ID, "rollback", "bench");
    await("the source to serve", status -> status.serving().equals(Optional.of(Side.SOURCE)));
    await("the cutover to be prepared again", OutageRuns::isPrepared);
    Map<String, Double> work = new LinkedHashMap<>();
    work.put("fence", (double) last(TargetFenced.class).fenceMs());
    work.put("drain", (double) last(ReverseDrained.class).drainMs());
    Way way = way(load.outage(began, Side.SOURCE), BACK, work);
    ada.ask(ID, "resume", "bench");
    return way;
  }

  private Way way(Gap gap, SequencedMap<String, List<String>> stages, Map<String, Double> work) {
    Map<String, Instant> endedAt = new HashMap<>();
    observer.steps().forEach(step -> step.endedAt().ifPresent(at -> endedAt.put(step.step(), at)));
    return Way.of(gap.from(), gap.to(), stages, endedAt, work);
  }

  @SafeVarargs
  private static SequencedMap<String, List<String>> stages(
      List<String> names, List<String>... steps) {
    SequencedMap<String, List<String>> stages = new LinkedHashMap<>();
    for (int n = 0; n < names.size(); n++) {
      stages.put(names.get(n), n < steps.length ? steps[n] : List.of());
    }
    return stages;
  }

  private <T extends Message> T last(Class<T> kind) {
    return observer.said(kind).getLast();
  }

  private CutoverStatus status() {
    return observer.status().orElseThrow();
  }

  private static boolean isPrepared(CutoverStatus status) {
    return status.state().equals("prepared");
  }

  private static boolean asksForGo(CutoverStatus status) {
    return status.state().equals("waiting") && status.waitingFor().startsWith("go ");
  }

  private void await(String what, Predicate<CutoverStatus> condition) throws InterruptedException {
    try {
      Waiting.untilTrue(
          what,
          PREPARED_MAX,
          () -> {
            Optional<CutoverStatus> status = observer.status();
            status
                .filter(latest -> latest.state().equals("held"))
                .ifPresent(
                    held -> {
                      throw new IllegalStateException(
                          "Expected %s, but it is held: %s".formatted(what, held.reason()));
                    });
            return status.filter(condition).isPresent();
          });
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          "%s; last: %s"
              .formatted(
                  e.getMessage(),
                  observer
                      .status()
                      .map(s -> s.state() + " " + s.waitingFor() + " " + s.reason())
                      .orElse("nothing")),
          e);
    }
  }
}
