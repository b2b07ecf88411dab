package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DataCheck;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.MonitorReply.BaselineLearned;
import dev.cutover.contract.Objectives;
import dev.cutover.contract.ReadinessLine;
import dev.cutover.orchestrator.domain.Finding.Failed;
import dev.cutover.orchestrator.domain.Finding.Missing;
import dev.cutover.orchestrator.domain.Finding.Proven;
import dev.cutover.orchestrator.domain.Finding.Unproven;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What proves each line of the checklist: answers of services, reports, and the plan. Pure. */
final class Proofs {
  /** The pattern's bound on a lowered TTL. */
  private static final int TTL_SECONDS_MAX = 300;

  private Proofs() {}

  static Finding of(ReadinessLine line, Cutover cutover, Instant now) {
    Plan plan = cutover.requiredPlan();
    return switch (line) {
      case TTL_LOWERED -> ttlLowered(cutover, now);
      case ROLLBACK_TESTED -> rollbackTested(cutover);
      case TARGET_HEALTHY -> checks(cutover, now);
      case DATA_VALIDATED -> dataValidated(cutover, now);
      case ROLLBACK_CRITERIA -> criteria(plan);
      case WAR_ROOM -> Told.warRoom(cutover);
      case STAKEHOLDERS_NOTIFIED -> Told.stakeholders(cutover);
      case FUNCTIONAL_TESTS -> functionalTests(cutover, now);
      case MONITORING_ACTIVE -> monitoring(cutover);
      case ROLLBACK_STAGED -> staged(cutover);
      case QUIET_WINDOW -> window(cutover);
      case EXTERNAL_MONITORING ->
          declared(plan.readiness().declared().externalMonitoring(), "externalMonitoring");
      case CUSTOMER_COMMUNICATION ->
          declared(plan.readiness().declared().customerCommunication(), "customerCommunication");
      case CHANGE_FREEZE -> Freeze.finding(cutover, now);
      case DECOMMISSION_PLANNED ->
          declared(
              plan.readiness()
                  .declared()
                  .decommissionAfter()
                  .map(after -> "the source is kept for " + Durations.written(after)),
              "decommissionAfter");
      case CHANGE_TICKET ->
          plan.readiness().changeTicket().isEmpty()
              ? new Missing("readiness.changeTicket")
              : reviewed(cutover, Action.RECHECK_TICKET, now);
      case BACKUP_RESTORABLE -> backup(cutover, now);
      case FENCE_COMPLETE -> FenceReach.finding(cutover);
    };
  }

  private static Finding ttlLowered(Cutover cutover, Instant now) {
    Plan plan = cutover.requiredPlan();
    Optional<TtlLowered> lowered = cutover.ledger().reply(Action.LOWER_TTL, TtlLowered.class);
    if (plan.trafficSwitch().isEmpty()) {
      return new Missing("traffic");
    }
    if (lowered.isEmpty()) {
      return new Unproven("the TTL was not lowered yet");
    }
    TtlLowered reply = lowered.get();
    if (reply.ttlSeconds() > TTL_SECONDS_MAX) {
      return new Failed(
          "Expected a TTL of at most %d s, but %d s are served"
              .formatted(TTL_SECONDS_MAX, reply.ttlSeconds()),
          reply.lastAuthorityAt(),
          "lower-ttl");
    }
    Instant expired =
        reply.lastAuthorityAt().plusSeconds(reply.oldTtlSeconds()).plus(plan.bounds().ttlSlack());
    Duration lead = plan.readiness().ttlLead();
    Instant early = reply.lastAuthorityAt().plus(lead);
    if (now.isBefore(expired)) {
      return new Unproven(
          "the old TTL of %d s ends everywhere at %s".formatted(reply.oldTtlSeconds(), expired));
    }
    if (now.isBefore(early)) {
      return new Unproven(
          "lowered at %s; the plan wants that %s before the switch, so not before %s"
              .formatted(reply.lastAuthorityAt(), Durations.written(lead), early));
    }
    String less =
        lead.compareTo(ReadinessPolicy.PATTERN_TTL_LEAD) < 0
            ? "; the plan asks for a lead of %s instead of %s"
                .formatted(
                    Durations.written(lead), Durations.written(ReadinessPolicy.PATTERN_TTL_LEAD))
            : "";
    return new Proven(
        "TTL %d s, was %d s, at every authority since %s%s"
            .formatted(reply.ttlSeconds(), reply.oldTtlSeconds(), reply.lastAuthorityAt(), less),
        Optional.of(reply.lastAuthorityAt()),
        "lower-ttl");
  }

  private static Finding rollbackTested(Cutover cutover) {
    return cutover
        .readiness()
        .foresight()
        .rehearsal()
        .map(result -> documented(cutover, Rehearsals.finding(result, cutover.requiredPlan())))
        .orElseGet(() -> new Unproven("no rehearsal of this plan has passed"));
  }

  /** The line asks for both: a procedure that was tested, and one that can be read. */
  private static Finding documented(Cutover cutover, Finding tested) {
    if (!(tested instanceof Proven(String what, Optional<Instant> at, String by))) {
      return tested;
    }
    return BreakGlass.undocumented(cutover)
        .<Finding>map(Unproven::new)
        .orElseGet(
            () ->
                new Proven(
                    what + BreakGlass.documented(cutover).map("; "::concat).orElse(""), at, by));
  }

  /** Reading checks: the first run, or the last review. */
  private static Finding checks(Cutover cutover, Instant now) {
    return cutover.requiredPlan().readingChecks().isEmpty()
        ? new Unproven("the plan has no checks.reading, so nothing looks at the target")
        : latest(cutover, Action.CHECK_TARGET, Action.RECHECK_TARGET, now);
  }

  private static Finding functionalTests(Cutover cutover, Instant now) {
    boolean flows =
        cutover.requiredPlan().readingChecks().stream()
            .anyMatch(check -> check.itself() instanceof DataCheck.HttpFlow);
    return flows ? checks(cutover, now) : new Unproven("the plan has no flow in checks.reading");
  }

  private static Finding dataValidated(Cutover cutover, Instant now) {
    if (cutover.requiredPlan().data().isEmpty()) {
      return new Missing("data");
    }
    Finding full = latest(cutover, Action.COMPARE_DATA, Action.RECHECK_DATA, now);
    Optional<Readiness.Proof> counts =
        Optional.ofNullable(cutover.readiness().proofs().get(Action.RECHECK_COUNTS));
    return counts
        .filter(proof -> !proof.holds())
        .<Finding>map(proof -> failed(proof, Action.RECHECK_COUNTS))
        .orElse(full);
  }

  private static Finding criteria(Plan plan) {
    return plan.watch()
        .<Finding>map(
            watch -> {
              Objectives limits = watch.objectives();
              return Finding.byPlan(
                  "errors above %.1f %%, latency above %.1f times the source's, %d failed probes of %d critical functions"
                      .formatted(
                          100 * limits.errorRateMax(),
                          limits.latencyFactorMax(),
                          limits.probeFailuresMax(),
                          watch.journeys().size()),
                  "watch.objectives");
            })
        .orElseGet(() -> new Unproven("the plan has no watch: nothing says when to go back"));
  }

  private static Finding monitoring(Cutover cutover) {
    if (cutover.requiredPlan().watch().isEmpty()) {
      return new Missing("watch");
    }
    return cutover
        .ledger()
        .reply(Action.LEARN_BASELINE, BaselineLearned.class)
        .<Finding>map(
            reply ->
                new Proven(
                    "source: %d requests measured; target: judged from the shift on%s"
                        .formatted(
                            reply.baseline().requests(),
                            cutover
                                .world()
                                .health()
                                .map(h -> ", last word at " + h.at())
                                .orElse("")),
                    Optional.of(reply.baseline().until()),
                    "learn-baseline"))
        .orElseGet(() -> new Unproven("the source was not measured yet"));
  }

  private static Finding staged(Cutover cutover) {
    if (cutover.requiredPlan().trafficSwitch().isEmpty()) {
      return new Missing("traffic");
    }
    Optional<SwitchStaged> staged = cutover.ledger().reply(Action.STAGE_SWITCH, SwitchStaged.class);
    if (staged.isEmpty()) {
      return new Unproven("the way back of the records is not staged yet");
    }
    Seen seen = cutover.readiness().seen();
    Optional<Instant> stagedAt =
        cutover.ledger().step(Action.STAGE_SWITCH).flatMap(StepRecord::endedAt);
    // What was seen before it was staged says nothing of it.
    Optional<Seen.Look> look =
        seen.records().filter(l -> stagedAt.filter(at -> !l.at().isBefore(at)).isPresent());
    if (seen.revertValid().filter(valid -> !valid).isPresent() && look.isPresent()) {
      return new Failed(
          "the staged revert would not be taken: " + look.get().detail(),
          look.get().since(),
          "watch-records");
    }
    return new Proven("revert pinned as " + staged.get().revertHash(), stagedAt, "stage-switch");
  }

  private static Finding window(Cutover cutover) {
    Window window = cutover.requiredPlan().window();
    Optional<Duration> length = window.length();
    Optional<Duration> needed = window.needed();
    if (length.isEmpty() || needed.isEmpty()) {
      return new Unproven(
          length.isEmpty()
              ? "the plan has no window with a beginning and an end"
              : "the plan does not say how long the switch is expected to take: window.expected");
    }
    if (length.get().compareTo(needed.get()) < 0) {
      return new Failed(
          "Expected a window of at least %s, half as much again as is expected, but it is open for %s"
              .formatted(Durations.written(needed.get()), Durations.written(length.get())),
          Instant.EPOCH,
          "window");
    }
    return Schedule.busy(cutover)
        .<Finding>map(why -> new Failed(why, Instant.EPOCH, "recheck-traffic"))
        .orElseGet(
            () ->
                Finding.byPlan(
                    "open for %s, %s with half as much again are needed"
                        .formatted(
                            Durations.written(length.get()), Durations.written(needed.get())),
                    "window"));
  }

  private static Finding backup(Cutover cutover, Instant now) {
    return cutover
        .requiredPlan()
        .readiness()
        .backup()
        .map(
            proof ->
                switch (proof) {
                  case ReadinessPolicy.BackupProof.ByHttp _ ->
                      reviewed(cutover, Action.RECHECK_BACKUP, now);
                  case ReadinessPolicy.BackupProof.ByQuery _ ->
                      reviewed(cutover, Action.QUERY_BACKUP, now);
                })
        .orElseGet(() -> new Missing("readiness.backup"));
  }

  private static Finding declared(Optional<String> text, String key) {
    return text.map(said -> Finding.byPlan(said, "readiness." + key))
        .orElseGet(() -> new Unproven("the plan has no readiness." + key));
  }

  /** The last review if there was one, otherwise the step of the runbook. */
  private static Finding latest(Cutover cutover, Action step, Action review, Instant now) {
    if (cutover.readiness().proofs().containsKey(review)) {
      return reviewed(cutover, review, now);
    }
    return cutover
        .ledger()
        .step(step)
        .<Finding>map(
            record ->
                switch (record.status()) {
                  case DONE -> aged(cutover, record.detail(), record.endedAt(), step, now);
                  case FAILED -> new Failed(record.detail(), record.sentAt(), step.stepName());
                  case SKIPPED -> new Unproven(record.detail());
                  case SHOWN, SENT, RETRYING -> new Unproven("under way");
                })
        .orElseGet(() -> new Unproven("not looked at yet"));
  }

  private static Finding reviewed(Cutover cutover, Action review, Instant now) {
    return Optional.ofNullable(cutover.readiness().proofs().get(review))
        .map(
            proof ->
                proof.holds()
                    ? aged(cutover, proof.detail(), Optional.of(proof.at()), review, now)
                    : failed(proof, review))
        .orElseGet(() -> new Unproven("not looked at yet"));
  }

  private static Finding failed(Readiness.Proof proof, Action review) {
    return new Failed(proof.detail(), proof.since(), review.stepName());
  }

  /** Evidence that is too old proves nothing. */
  private static Finding aged(
      Cutover cutover, String detail, Optional<Instant> at, Action from, Instant now) {
    Duration max = cutover.requiredPlan().readiness().maxAge();
    boolean old = at.filter(when -> now.isAfter(when.plus(max))).isPresent();
    return old
        ? new Unproven(
            "last proven at %s, which is longer ago than %s"
                .formatted(at.orElseThrow(), Durations.written(max)))
        : new Proven(detail, at, from.stepName());
  }
}
