package dev.cutover.contract;

import java.time.Instant;
import java.util.List;

/**
 * How the schema of one side differs from what it was when the replication was prepared: at once
 * when that changes, and once a minute. Silence is no proof of anything.
 *
 * @param drifts one sentence each, such as {@code table public.orders: column note text added};
 *     empty when nothing differs
 * @param blind it could not be read: {@code drifts} is what was known last
 * @param detail why it is blind; empty when it is not
 */
public record SchemaObserved(
    CutoverId cutover, Instant at, Side side, List<String> drifts, boolean blind, String detail)
    implements Report {
  public SchemaObserved {
    drifts = List.copyOf(drifts);
  }
}
