package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import dev.cutover.contract.Direction;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.HttpCall;
import dev.cutover.contract.OutboundCommand.AskParticipant;
import dev.cutover.contract.OutboundCommand.CallHttp;
import dev.cutover.contract.PersonCommand.DoByHand;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Says of a step what exactly it would do, for people who confirm it or do it by hand. Pure. */
public final class Explanation {
  /** Hexadecimal digits that tell what was shown. */
  private static final int HASH_LENGTH = 12;

  private Explanation() {}

  /**
   * What that step does.
   *
   * @param command the order, where it was made already
   */
  static String of(Step step, Optional<Command> command, Cutover cutover) {
    Plan plan = cutover.requiredPlan();
    String text =
        switch (step.action()) {
          case CAPTURE_RECORDS -> "Read and keep the records of " + names(plan);
          case LOWER_TTL -> lowering(plan);
          case WATCH_RECORDS ->
              "Compare the records of %s with what was ordered".formatted(names(plan));
          case WATCH_SCHEMA -> "Compare both schemas with what was prepared";
          case STAGE_SWITCH ->
              "Write the epoch mark beside " + names(plan) + ", stage both changes";
          case PREPARE_REPLICATION ->
              "%sInstall schema cutover, publications and slots '%s' on %s; from then on the target refuses every writer but the applier"
                  .formatted(
                      data(plan).copyTerms().carriesSchema()
                          ? "Carry the source's schema over where the target has none of the"
                              + " tables. "
                          : "",
                      data(plan).name(),
                      databases(plan));
          case LEARN_BASELINE -> "Measure the source for " + plan.bounds().baseline();
          case START_FORWARD_SYNC ->
              data(plan).isExternal(Direction.FORWARD)
                  ? "Prove that the team's own tool has brought %d tables over, %s"
                      .formatted(tables(plan), databases(plan))
                  : "Copy %d tables and stream changes%s, %s"
                      .formatted(
                          tables(plan),
                          data(plan).isNative(Direction.FORWARD)
                              ? " by the servers' own replication"
                              : "",
                          databases(plan));
          case COMPARE_DATA -> "Compare %d tables of both sides".formatted(tables(plan));
          case CHECK_TARGET -> "Run the reading checks on the target";
          case START_REVERSE_SYNC -> "Stream what the target writes to the source";
          case ALIGN_TARGET_SEQUENCES ->
              "Set the target's sequences %d ahead of the source's"
                  .formatted(data(plan).sequenceMargin());
          case PROVE_ROUND_TRIP -> "Send a marker through both streams";
          case FENCE_SOURCE ->
              "Refuse writes on the source %s for every role but the applier's, and drain what was written"
                  .formatted(data(plan).source().address());
          case COMPARE_CHANGED ->
              "Compare what changed since then, so that the outage has little left to compare";
          case VALIDATE_FINAL -> "Compare what changed since the last comparison";
          case VALIDATE_FULL -> "Compare %d tables of both sides whole".formatted(tables(plan));
          case EXPORT_DELTA -> "Write what the target took, and the source has not, to files";
          case APPLY_DELTA -> "Apply the exported files to the source, which stays fenced";
          case COUNT_LOSS ->
              "Count what the target took and the source has not, and end its stream";
          case SHIFT_TRAFFIC ->
              "Move traffic of %s to the target (%s)".formatted(names(plan), step.name());
          case OPEN_TARGET ->
              "Let the target %s take writes".formatted(data(plan).target().address());
          case VERIFY_SPLIT ->
              "Count the answers of every authority for %s (%s)"
                  .formatted(names(plan), step.name());
          case VERIFY_SHIFT -> "Ask every authority for " + names(plan) + quorums(plan);
          case WATCH_HEALTH -> "Judge the target by the plan's objectives";
          case CHECK_TARGET_WRITES -> "Run the writing checks on the target";
          case FENCE_TARGET -> "Refuse writes on the target for every role but the applier's";
          case REVERT_TRAFFIC -> "Move traffic of %s back to the source".formatted(names(plan));
          case DRAIN_REVERSE -> "Apply on the source what the target wrote, to the marker";
          case ALIGN_SOURCE_SEQUENCES -> "Set the source's sequences ahead of the target's";
          case OPEN_SOURCE -> "Let the source take writes";
          case PUT_BACK_RECORDS ->
              "Put back what somebody else has made of %s since the switch".formatted(names(plan));
          case VERIFY_VIEW, VERIFY_REVERTED_VIEW -> Views.explanation(plan, step);
          case VERIFY_REVERT -> "Ask every authority whether the source is served" + quorums(plan);
          case CHECK_SOURCE -> "Run the source's checks";
          case STOP_WATCHING -> "Judge the target no longer";
          case RESTORE_TTL -> "Restore the captured TTL of " + names(plan);
          case DROP_REPLICATION ->
              "Remove streams, slots, triggers and schema cutover: nothing can be taken back then";
          case RENDER_SQL -> "Write down how both databases are fenced and opened by hand";
          case WRITE_BUNDLE -> "Write the break-glass bundle, and read it back";
          case ADOPT_DATABASES -> "Read how both databases stand, %s".formatted(databases(plan));
          case ADOPT_SWITCH -> "Read how the switch of %s stands".formatted(names(plan));
          case CALL_TEAM,
              ASK_PARTICIPANT,
              DO_BY_HAND,
              PROVE_FOR_TEAM,
              RECHECK_TARGET,
              RECHECK_COUNTS,
              RECHECK_DATA,
              RECHECK_STREAMS,
              RECHECK_TRAFFIC,
              RECHECK_TICKET,
              RECHECK_BACKUP,
              QUERY_BACKUP,
              RECHECK_DATABASES,
              RECHECK_CHANGED ->
              step.name();
          case DRILL_FENCE ->
              "Refuse writes on the source for %d ms at the most, drain, and open it again"
                  .formatted(cutover.readiness().foresight().drillMax().toMillis());
        };
    return text + command.map(Explanation::exactly).orElse("") + staged(step, cutover);
  }

  /** The change as the provider takes it, where it was staged. */
  private static String staged(Step step, Cutover cutover) {
    Optional<SwitchStaged> staged = cutover.ledger().reply(Action.STAGE_SWITCH, SwitchStaged.class);
    if (step.action() == Action.SHIFT_TRAFFIC) {
      return staged.map(reply -> "\n" + reply.forward()).orElse("");
    }
    return step.action() == Action.REVERT_TRAFFIC
        ? staged.map(reply -> "\n" + reply.revert()).orElse("")
        : "";
  }

  private static String exactly(Command command) {
    if (command instanceof CallHttp(var _, var _, HttpCall call, var _)) {
      return ": %s %s%s"
          .formatted(call.method(), call.url(), call.body().map(body -> "\n" + body).orElse(""));
    }
    if (command instanceof AskParticipant ask) {
      return ": '%s' %s to %s".formatted(ask.action(), ask.parameters(), ask.topic());
    }
    return command instanceof DoByHand order ? ": " + order.instruction() : "";
  }

  /** Tells what was shown from anything else. */
  public static String hash(String explanation) {
    try {
      byte[] sha256 =
          MessageDigest.getInstance("SHA-256").digest(explanation.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256).substring(0, HASH_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected every Java to have SHA-256", e);
    }
  }

  private static String lowering(Plan plan) {
    return switch (dns(plan).provider()) {
      case HaProxy _ ->
          "Compare the servers of %s with what was captured; HAProxy has no TTLs to lower"
              .formatted(names(plan));
      case TargetGroups _ ->
          "Compare the target groups of %s with what was captured, and put the target's there at weight 0 where they are missing; a load balancer has no TTLs to lower"
              .formatted(names(plan));
      case CloudflarePools _ ->
          "Compare the pools of %s with what was captured, and prove by the probe that the edge lets the source alone serve; a proxied name's TTL is automatic, and there is none to lower"
              .formatted(names(plan));
      case Cloudflare zone when zone.edge().isPresent() ->
          "Compare the records of %s with what was captured, and prove by the probe that the edge lets the source alone serve; a proxied record's TTL is automatic (300 s), and lowering it would move nothing"
              .formatted(names(plan));
      case Rfc2136 _, Route53 _, Designate _, Cloudflare _ ->
          "Lower the TTL of %s to %d s at %s%s"
              .formatted(
                  names(plan),
                  dns(plan).loweredTtlSeconds(),
                  dns(plan).provider().writtenAt(),
                  ProviderNotes.hasAliases(dns(plan))
                      ? "; an alias has none of its own to lower, caches keep its target's"
                      : "");
    };
  }

  private static String quorums(Plan plan) {
    String quorums = SwitchProofs.quorums(plan);
    return quorums.isEmpty() ? "" : ", then resolvers: " + quorums;
  }

  private static String names(Plan plan) {
    return String.join(", ", dns(plan).names().stream().map(name -> name.name()).toList());
  }

  private static String databases(Plan plan) {
    return "%s to %s".formatted(data(plan).source().address(), data(plan).target().address());
  }

  private static int tables(Plan plan) {
    return data(plan).tables().size();
  }

  private static SwitchSpec dns(Plan plan) {
    return plan.trafficSwitch().orElseThrow();
  }

  private static ReplicationSpec data(Plan plan) {
    return plan.data().orElseThrow();
  }
}
