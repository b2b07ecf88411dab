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
 * @param changedBy who changed what drifted, as far as its provider tells; empty where nobody was
 *     asked
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
    String detail,
    Optional<List<ChangedBy>> changedBy)
    implements Report {
  public RecordsObserved {
    drifts = List.copyOf(drifts);
    unreachable = List.copyOf(unreachable);
    changedBy = changedBy.map(List::copyOf);
  }

  /** The same of which nobody was asked who it was. */
  public RecordsObserved(
      CutoverId cutover,
      long epoch,
      Instant observedAt,
      Verdict verdict,
      long markEpoch,
      ServedSide served,
      List<RecordDrift> drifts,
      List<ServerAddress> unreachable,
      boolean stagedRevertValid,
      String detail) {
    this(
        cutover,
        epoch,
        observedAt,
        verdict,
        markEpoch,
        served,
        drifts,
        unreachable,
        stagedRevertValid,
        detail,
        Optional.empty());
  }

  /** The same with who it was; with nothing said, as it is. */
  public RecordsObserved with(List<ChangedBy> traced) {
    return new RecordsObserved(
        cutover,
        epoch,
        observedAt,
        verdict,
        markEpoch,
        served,
        drifts,
        unreachable,
        stagedRevertValid,
        detail,
        traced.isEmpty() ? Optional.empty() : Optional.of(traced));
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
   * @param holds the side that has exactly these values of that name and type; empty when neither
   *     has, both have, or nobody compared
   */
  public record RecordDrift(
      ServerAddress server,
      RecordSet expected,
      RecordSet found,
      Optional<String> view,
      Optional<Side> holds) {
    /** Of the switch itself. */
    public RecordDrift(ServerAddress server, RecordSet expected, RecordSet found) {
      this(server, expected, found, Optional.empty(), Optional.empty());
    }

    /** The same of a view. */
    public RecordDrift ofView(String name) {
      return new RecordDrift(server, expected, found, Optional.of(name), holds);
    }

    /** The same with the values of that side. */
    public RecordDrift holding(Optional<Side> side) {
      return new RecordDrift(server, expected, found, view, side);
    }
  }

  /**
   * Who changed records of a name, as far as its provider tells.
   *
   * @param name the switched name, or the zone where the provider tells no more
   * @param view whose it is; empty for the switch itself
   * @param who the provider's word for who it was; empty when it tells none, or not yet
   * @param at when, by the provider's clock
   * @param from address or program that the request came from
   * @param source where that stands, and what it can't tell: one sentence for people
   */
  public record ChangedBy(
      String name,
      Optional<String> view,
      Optional<String> who,
      Optional<Instant> at,
      Optional<String> from,
      String source) {
    /** For people. */
    public String sentence() {
      return who.map(
              actor ->
                  "%s was changed by %s%s%s (%s)"
                      .formatted(
                          name,
                          actor,
                          at.map(when -> " at " + when).orElse(""),
                          from.map(" from "::concat).orElse(""),
                          source))
          .orElseGet(
              () ->
                  "%s was changed%s by nobody that is told (%s)"
                      .formatted(name, at.map(when -> " at " + when).orElse(""), source));
    }

    /** The same of a view. */
    public ChangedBy ofView(String of) {
      return new ChangedBy(name, Optional.of(of), who, at, from, source);
    }
  }
}
