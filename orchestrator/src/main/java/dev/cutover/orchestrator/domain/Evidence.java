package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.Delta;
import dev.cutover.contract.DnsReply.*;
import dev.cutover.contract.DnsReply.RecordsWatched;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.MonitorReply.*;
import dev.cutover.contract.OutboundReply.*;
import dev.cutover.contract.ParticipantReply;
import dev.cutover.contract.PersonReply;
import dev.cutover.contract.Reply;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SyncReply.*;
import dev.cutover.contract.ValidatorReply;
import dev.cutover.contract.ValidatorReply.*;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says in a few words what an answer proved. Pure. */
final class Evidence {
  private Evidence() {}

  static String of(Reply reply) {
    return switch (reply) {
      case RecordsCaptured r ->
          "%d record sets, TTL %d s%s"
              .formatted(
                  r.records().size(),
                  r.ttlSeconds(),
                  Stream.of(
                          r.marks().stream().map(KeeperMark::describe),
                          r.delegation().stream().map(SwitchProofs::delegation),
                          r.signatures().stream(),
                          r.looks().orElse(List.of()).stream().map(Views::looked))
                      .flatMap(said -> said)
                      .map("; "::concat)
                      .collect(Collectors.joining()));
      case SwitchStaged r -> "revert pinned as " + r.revertHash();
      case TtlLowered r ->
          "TTL %d s, was %d s, at every authority".formatted(r.ttlSeconds(), r.oldTtlSeconds());
      case TrafficShifted r -> "accepted in %d ms".formatted(r.tookMs());
      case TrafficVerified r ->
          "%s served at every authority%s"
              .formatted(
                  r.side().name().toLowerCase(java.util.Locale.ROOT),
                  SwitchProofs.counted(r.classes().orElse(List.of())));
      case ViewVerified r ->
          "%s served in view '%s', seen from '%s'%s"
              .formatted(
                  r.side().name().toLowerCase(java.util.Locale.ROOT),
                  r.view(),
                  r.vantage(),
                  SwitchProofs.counted(r.classes()));
      case SplitVerified r ->
          "%d %% to the target at every authority: %s"
              .formatted(
                  r.weightPercent(),
                  r.counts().stream()
                      .map(
                          c ->
                              "%s %s %d of %d"
                                  .formatted(c.server(), c.type(), c.target(), c.answers()))
                      .collect(Collectors.joining(", ")));
      case TrafficReverted r ->
          (r.changed() ? "reverted in %d ms" : "was at the source, mark raised in %d ms")
              .formatted(r.tookMs());
      case RecordsPutBack r ->
          (r.changed() ? "put back in %d ms" : "were right already, mark raised in %d ms")
              .formatted(r.tookMs());
      case RecordsWatched _ -> "records are watched";
      case SwitchRead r ->
          r.parts().stream()
              .map(
                  read ->
                      "served%s: %s. %s"
                          .formatted(Views.in(read.view()), read.served(), read.detail()))
              .collect(Collectors.joining("; "));
      case TtlRestored r -> "TTL %d s".formatted(r.ttlSeconds());
      case ReplicationPrepared r ->
          (r.warnings().isEmpty() ? "no warnings" : String.join("; ", r.warnings()))
              + ObjectWords.fenced(r.objects());
      case ForwardSyncStarted r ->
          "%d rows, %d bytes in %d ms%s"
              .formatted(r.rows(), r.bytes(), r.tookMs(), ObjectWords.moved(r.objects()));
      case ReverseSyncStarted _ -> "reverse stream runs";
      case RoundTripProven r ->
          "forward %d ms, reverse %d ms".formatted(r.forwardMs(), r.reverseMs());
      case SequencesAligned r -> "%d sequences set ahead".formatted(r.sequences());
      case SourceFenced r ->
          "fenced in %d ms, drained in %d ms%s%s"
              .formatted(
                  r.fenceMs(),
                  r.drainMs(),
                  unreached(r.unreached()),
                  ObjectWords.fenced(r.objects()));
      case SourceOpened r ->
          (r.wasFenced() ? "takes writes" : "was open, epoch raised") + ObjectWords.lost(r.lost());
      case TargetFenced r ->
          "fenced in %d ms%s%s"
              .formatted(r.fenceMs(), unreached(r.unreached()), ObjectWords.fenced(r.objects()));
      case TargetOpened _ -> "takes writes";
      case ReverseDrained r ->
          "drained in %d ms%s".formatted(r.drainMs(), ObjectWords.moved(r.objects()));
      case ReplicationDropped _ -> "slots and triggers removed";
      case FenceDrilled r ->
          "fenced in %d ms, drained in %d ms, writes refused for %d ms"
              .formatted(r.fenceMs(), r.drainMs(), r.refusedMs());
      case SchemaWatched _ -> "both schemas are watched";
      case DatabasesRead _ -> "both databases read";
      case SqlRendered r -> "%d files".formatted(r.files().size());
      case BundleWritten r ->
          "%d files in %s, read back".formatted(r.sha256().size(), r.directory());
      case DeltaExported r -> delta(r.delta()) + ", sha256 " + r.sha256();
      case DeltaApplied r -> "applied in %d ms, sha256 %s".formatted(r.drainMs(), r.sha256());
      case LossCounted r -> delta(r.delta()) + ObjectWords.lost(r.objects());
      case DataCompared r -> checks(r);
      case FinalValidated r -> checks(r);
      case ChecksRun r -> checks(r);
      case BaselineLearned r ->
          "%d requests, %d errors, quantile %.0f ms"
              .formatted(
                  r.baseline().requests(), r.baseline().errors(), r.baseline().latencyQuantileMs());
      case WatchStarted _ -> "target is judged";
      case WatchStopped _ -> "no longer judged";
      case HttpCalled r -> "answered %d in %d ms".formatted(r.status(), r.tookMs());
      case NoticeAccepted r -> "taken over as " + r.reference();
      case ParticipantReply.StepDone r -> r.evidence();
      case ParticipantReply.StepFailed r -> r.reason();
      case PersonReply.DoneByHand r -> "%s: %s".formatted(r.actor(), r.evidence());
      case StepFailed r -> r.failure().reason();
    };
  }

  private static String delta(Delta delta) {
    String rows =
        delta.tables().stream()
            .map(table -> "%s %d rows".formatted(table.table(), table.rows()))
            .collect(Collectors.joining(", "));
    return (delta.complete() ? "" : "at least ") + (rows.isEmpty() ? "no rows" : rows);
  }

  private static String checks(ValidatorReply reply) {
    return reply.results().stream()
        .map(result -> result.name() + " " + word(result))
        .collect(Collectors.joining(", "));
  }

  /** A step that is done in spite of it has a check that is only recommended: it is to be read. */
  private static String word(CheckResult result) {
    return switch (result.outcome()) {
      case MATCH -> "matches";
      case MISMATCH -> "differs (%s)".formatted(result.detail());
      case INCONCLUSIVE -> "inconclusive (%s)".formatted(result.detail());
    };
  }

  private static String unreached(Optional<List<String>> logins) {
    return logins.map(all -> ", not reached: " + String.join(", ", all)).orElse("");
  }
}
