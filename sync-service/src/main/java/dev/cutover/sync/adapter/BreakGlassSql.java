package dev.cutover.sync.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.runtime.ConfigException;
import dev.cutover.sync.domain.ByHand;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The files by which people fence, open, mark and drain by hand. Names only, no secret. */
public final class BreakGlassSql implements ByHand {
  private final PostgresConnections connections;

  public BreakGlassSql(PostgresConnections connections) {
    this.connections = connections;
  }

  @Override
  public SequencedMap<String, String> files(CutoverId cutover, ReplicationSpec spec)
      throws GateRefused {
    try {
      return files(cutover, spec, at -> connections.user(at, DatabaseRole.FENCER));
    } catch (ConfigException e) {
      throw new GateRefused(Reason.NOT_PREPARED, String.join("; ", e.faults()), e);
    }
  }

  /**
   * All files by name.
   *
   * @param fencer login that people use on that database: the one that set the fence up
   */
  public static SequencedMap<String, String> files(
      CutoverId cutover, ReplicationSpec spec, Function<DatabaseEndpoint, String> fencer) {
    BreakGlassScripts sql = new BreakGlassScripts(cutover, spec);
    SequencedMap<String, String> files = new TreeMap<>();
    files.put("connect.env", connect(spec, fencer));
    files.put("read-state.sql", sql.readState());
    files.put("set-manual-mark.sql", BreakGlassScripts.SET_MARK);
    files.put("lift-manual-mark.sql", BreakGlassScripts.LIFT_MARK);
    for (Side side : Side.values()) {
      files.put("fence-%s.sql".formatted(word(side)), sql.fence(side));
      files.put("open-%s.sql".formatted(word(side)), sql.open(side));
    }
    files.put("print-applied.sql", sql.printApplied());
    files.put("print-sequences.sql", sql.printSequences());
    files.put("drain-1-target.sql", sql.drainFrom());
    files.put("drain-2-source.sql", sql.subscribe());
    files.put("drain-3-target.sql", sql.marker());
    files.put("drain-4-source.sql", sql.awaitMarker());
    files.put("print-end.sql", BreakGlassScripts.printEnd());
    files.put("drain-5-both.sql", BreakGlassScripts.goOn());
    spec.objects()
        .filter(objects -> objects.fence() == ObjectsSpec.Fence.POLICY)
        .ifPresent(objects -> files.put("objects.txt", BreakGlassObjects.text(cutover, objects)));
    return files;
  }

  private static String connect(ReplicationSpec spec, Function<DatabaseEndpoint, String> fencer) {
    StringBuilder text =
        new StringBuilder("# Passwords come from PGPASSFILE or are asked for; none is here.\n");
    for (Side side : Side.values()) {
      DatabaseEndpoint at = spec.endpoint(side);
      text.append(
          "export %s=\"host=%s port=%d dbname=%s user=%s connect_timeout=5\"\n"
              .formatted(side.name(), at.host(), at.port(), at.database(), fencer.apply(at)));
    }
    return text.toString();
  }

  static String word(Side side) {
    return side.name().toLowerCase(Locale.ROOT);
  }
}
