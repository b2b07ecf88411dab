package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.OutboundReply.BundleWritten;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.SyncReply.SqlRendered;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The bundle by which people bring production back when nothing of this product answers. Written
 * before anybody may say go. Pure; no secrets.
 */
public final class BreakGlass {
  private BreakGlass() {}

  /** All files of a cutover by name, from what its services have rendered. */
  static Map<String, String> files(Cutover cutover) {
    Optional<SwitchStaged> staged = cutover.ledger().reply(Action.STAGE_SWITCH, SwitchStaged.class);
    Map<String, String> files =
        files(
            cutover.requiredPlan(),
            cutover
                .ledger()
                .reply(Action.RENDER_SQL, SqlRendered.class)
                .map(SqlRendered::files)
                .orElse(Map.of()),
            staged.map(SwitchStaged::revert),
            staged.map(SwitchStaged::liftMark));
    for (SwitchView view : Views.of(cutover.requiredPlan())) {
      staged.flatMap(SwitchStaged::views).orElse(List.of()).stream()
          .filter(texts -> texts.view().equals(view.name()))
          .forEach(
              texts -> {
                files.put(BreakGlassTraffic.revertFile(view), texts.revert());
                files.put(BreakGlassTraffic.liftMarkFile(view), texts.liftMark());
              });
    }
    return files;
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

  /** The name of the file with a view's way back. */
  public static String revertFile(SwitchView view) {
    return BreakGlassTraffic.revertFile(view);
  }

  /** The name of the file that takes a person's mark away from a view. */
  public static String liftMarkFile(SwitchView view) {
    return BreakGlassTraffic.liftMarkFile(view);
  }

  /** The name of the file with a switch's way back. */
  public static String revertFile(SwitchSpec traffic) {
    return BreakGlassTraffic.revertFile(traffic);
  }

  /** The name of the file that takes a person's mark away from a switch. */
  public static String liftMarkFile(SwitchSpec traffic) {
    return BreakGlassTraffic.liftMarkFile(traffic);
  }

  /** The command that goes the way back of {@link #revertFile}, then who may. */
  public static List<String> revertByHand(SwitchSpec traffic) {
    BreakGlassTraffic by = new BreakGlassTraffic(Optional.of(traffic), true);
    return Stream.concat(by.revert().lines(), by.credentials().lines()).toList();
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
