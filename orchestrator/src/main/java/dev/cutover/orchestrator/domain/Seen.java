package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Side;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What services saw unasked, as it was last journalled.
 *
 * @param schema of each side's database
 * @param records of the switched names
 * @param revertValid whether the staged revert would be taken
 * @param reverse how the reverse stream does
 * @param source whether the source is a worse place than the target
 * @param requestsPerSecond present traffic of the source
 * @param answered the last drift after a switch that something was decided about
 * @param damage how the source differs from the target that it follows after a switch, by the last
 *     comparison that could tell
 */
public record Seen(
    Map<Side, Look> schema,
    Optional<Look> records,
    Optional<Boolean> revertValid,
    Optional<Stream> reverse,
    Optional<SourceHealth> source,
    Optional<Double> requestsPerSecond,
    Optional<Answered> answered,
    Optional<String> damage) {
  /** Nothing was seen. */
  public static final Seen NOTHING =
      new Seen(
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public Seen {
    schema = Collections.unmodifiableMap(new TreeMap<>(schema));
  }

  /**
   * A look at something that should not change.
   *
   * @param drifts what did, one sentence each
   * @param since when that was first seen so
   * @param blind it could not be seen: {@code drifts} are what was known last
   * @param at when it was last heard of, as journalled
   */
  public record Look(List<String> drifts, Instant since, boolean blind, String detail, Instant at) {
    public Look {
      drifts = List.copyOf(drifts);
    }
  }

  /** How a stream does. */
  public record Stream(boolean running, long lagMs, Instant at) {}

  /** Whether the source could take traffic back. */
  public record SourceHealth(boolean worse, String detail, Instant at) {}

  /**
   * A drift after a switch, and what was done about it.
   *
   * @param markEpoch of the order that it came after: the same drift after a later one is another
   * @param traced whether people were told who it was
   */
  public record Answered(List<String> drifts, long markEpoch, boolean traced) {
    public Answered {
      drifts = List.copyOf(drifts);
    }
  }

  Seen withSchema(Side side, Look look) {
    Map<Side, Look> next = new TreeMap<>(schema);
    next.put(side, look);
    return new Seen(
        next, records, revertValid, reverse, source, requestsPerSecond, answered, damage);
  }

  Seen withRecords(Look look, boolean valid) {
    return new Seen(
        schema,
        Optional.of(look),
        Optional.of(valid),
        reverse,
        source,
        requestsPerSecond,
        answered,
        damage);
  }

  Seen withReverse(Stream stream) {
    return new Seen(
        schema,
        records,
        revertValid,
        Optional.of(stream),
        source,
        requestsPerSecond,
        answered,
        damage);
  }

  Seen withSource(SourceHealth health) {
    return new Seen(
        schema,
        records,
        revertValid,
        reverse,
        Optional.of(health),
        requestsPerSecond,
        answered,
        damage);
  }

  Seen withRequestsPerSecond(double rate) {
    return new Seen(
        schema, records, revertValid, reverse, source, Optional.of(rate), answered, damage);
  }

  Seen withAnswered(Answered drift) {
    return new Seen(
        schema,
        records,
        revertValid,
        reverse,
        source,
        requestsPerSecond,
        Optional.of(drift),
        damage);
  }

  Seen withDamage(Optional<String> sentence) {
    return new Seen(
        schema, records, revertValid, reverse, source, requestsPerSecond, answered, sentence);
  }
}
