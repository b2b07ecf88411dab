package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How the switched records stand while they are watched, those of every view, too: said at each
 * change and once a minute.
 *
 * @param epoch epoch of the order to watch
 * @param observedAt when they were read
 * @param verdict what can be said
 * @param markEpoch the mark at the switch's primary, when it is this cutover's; -1 otherwise or
 *     when unseen
 * @param served which side that primary serves
 * @param drifts what differs from what this cutover has ordered; empty unless drifted
 * @param unreachable servers that gave no usable answer
 * @param stagedRevertValid whether the staged revert would be taken now, in every view: proven, not
 *     presumed
 * @param detail one sentence
 */
public record RecordsObserved(
    CutoverId cutover,
    long epoch,
    Instant observedAt,
    Verdict verdict,
    long markEpoch,
    ServedSide served,
    List<RecordDrift> drifts,
    List<ServerAddress> unreachable,
    boolean stagedRevertValid,
    String detail)
    implements Report {
  public RecordsObserved {
    drifts = List.copyOf(drifts);
    unreachable = List.copyOf(unreachable);
  }

  /** What a look at the records says. */
  public enum Verdict {
    /** Every server serves exactly what this cutover has ordered last. */
    AS_EXPECTED,
    /** Somebody else has written. */
    DRIFTED,
    /** No drift was seen, but not everything was seen: never the same as none. */
    BLIND
  }

  /**
   * One set that is not as ordered.
   *
   * @param server who serves it
   * @param expected without values when it should not exist
   * @param found of the same name and type; without values when it does not exist
   * @param view whose it is; empty for the switch itself
   */
  public record RecordDrift(
      ServerAddress server, RecordSet expected, RecordSet found, Optional<String> view) {
    /** Of the switch itself. */
    public RecordDrift(ServerAddress server, RecordSet expected, RecordSet found) {
      this(server, expected, found, Optional.empty());
    }

    /** The same of a view. */
    public RecordDrift ofView(String name) {
      return new RecordDrift(server, expected, found, Optional.of(name));
    }
  }
}
