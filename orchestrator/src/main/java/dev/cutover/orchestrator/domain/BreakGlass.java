package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.OutboundReply.BundleWritten;
import dev.cutover.contract.SyncReply.SqlRendered;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The bundle by which people bring production back when nothing of this product answers. Written
 * before anybody may say go. Pure; no secrets.
 */
public final class BreakGlass {
  private BreakGlass() {}

  /** All files of a cutover by name, from what its services have rendered. */
  static Map<String, String> files(Cutover cutover) {
    Optional<SwitchStaged> staged = cutover.ledger().reply(Action.STAGE_SWITCH, SwitchStaged.class);
    return files(
        cutover.requiredPlan(),
        cutover
            .ledger()
            .reply(Action.RENDER_SQL, SqlRendered.class)
            .map(SqlRendered::files)
            .orElse(Map.of()),
        staged.map(SwitchStaged::revert),
        staged.map(SwitchStaged::liftMark));
  }

  /**
   * All files by name.
   *
   * @param sql as the sync-service renders it
   * @param revert the switch's way back, as its provider's tool takes it
   * @param liftMark what takes a person's mark away from the switch, in the same form
   */
  public static Map<String, String> files(
      Plan plan, Map<String, String> sql, Optional<String> revert, Optional<String> liftMark) {
    Map<String, String> files = new TreeMap<>(sql);
    files.put("case.md", new BreakGlassPage(plan, revert.isPresent()).text());
    plan.trafficSwitch()
        .ifPresent(
            traffic -> {
              revert.ifPresent(text -> files.put(BreakGlassTraffic.revertFile(traffic), text));
              liftMark.ifPresent(text -> files.put(BreakGlassTraffic.liftMarkFile(traffic), text));
            });
    return files;
  }

  /** Where the bundle is; empty while there is none. */
  static Optional<String> documented(Cutover cutover) {
    return cutover
        .ledger()
        .reply(Action.WRITE_BUNDLE, BundleWritten.class)
        .map(
            written ->
                "break-glass bundle of %d files in %s"
                    .formatted(written.sha256().size(), written.directory()));
  }

  /** Why there is none although the runbook wants one. */
  static Optional<String> undocumented(Cutover cutover) {
    boolean wanted = cutover.requiredRunbook().indexOf(Action.WRITE_BUNDLE).isPresent();
    return wanted && documented(cutover).isEmpty()
        ? Optional.of("no break-glass bundle was written")
        : Optional.empty();
  }
}
