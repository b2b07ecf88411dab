package dev.cutover.sync.domain;

import dev.cutover.contract.FenceLimits;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import java.util.List;
import java.util.Optional;

/** Finds out beforehand all that would make a replication or its fence fail. Changes nothing. */
public interface Preflight {
  /**
   * Looks at both databases.
   *
   * @throws GateRefused UNREACHABLE
   */
  Findings examine(ReplicationSpec spec) throws GateRefused, InterruptedException;

  /**
   * What was found.
   *
   * @param faults what must be mended first; sentences that say what to do
   * @param warnings what somebody should know; sentences
   * @param refetchedColumns {@code schema.table.column} of columns whose type the stream does not
   *     carry faithfully; they are read again by key
   * @param rights of both sides; what is missing there is among faults and warnings already
   */
  record Findings(
      List<String> faults,
      List<String> warnings,
      List<String> refetchedColumns,
      List<SideRights> rights) {
    public Findings {
      faults = List.copyOf(faults);
      warnings = List.copyOf(warnings);
      refetchedColumns = List.copyOf(refetchedColumns);
      rights = List.copyOf(rights);
    }

    /** Whom the fences will not reach; empty when they reach everybody. */
    public Optional<FenceLimits> limits() {
      FenceLimits limits = new FenceLimits(unreached(Side.SOURCE), unreached(Side.TARGET));
      return limits.source().isEmpty() && limits.target().isEmpty()
          ? Optional.empty()
          : Optional.of(limits);
    }

    private List<String> unreached(Side side) {
      return rights.stream()
          .filter(found -> found.side() == side)
          .flatMap(found -> found.unreached().stream())
          .toList();
    }
  }
}
