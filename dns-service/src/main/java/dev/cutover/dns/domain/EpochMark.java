package dev.cutover.dns.domain;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the TXT record {@code _cutover.<name>} says: which decision changed the name last. It is the
 * fence against late, doubled and undead orders, kept in the zone itself so that it changes
 * together with the records.
 */
public sealed interface EpochMark {
  /** Prefix of the name that carries the mark: a TXT can't sit beside a CNAME (trap 32). */
  String LABEL = "_cutover.";

  /** What a person writes who takes over by hand; every order is refused from then on. */
  String MANUAL = "\"manual\"";

  /** No mark: the name was never staged. */
  record Absent() implements EpochMark {}

  /**
   * Written by a stage, shift or revert.
   *
   * @param value the epoch of the decision
   */
  record Epoch(long value) implements EpochMark {}

  /**
   * Something that this product did not write, or a person's {@code manual}.
   *
   * @param values in presentation format, as found
   */
  record Foreign(List<String> values) implements EpochMark {
    public Foreign {
      values = List.copyOf(values);
    }
  }

  /** Name of the mark's record. */
  static String nameFor(String switchedName) {
    return LABEL + switchedName;
  }

  /** The record's value in presentation format. */
  static String text(long epoch) {
    return "\"epoch=" + epoch + "\"";
  }

  /** Reads the values of the TXT set; empty means absent. */
  static EpochMark parse(List<String> values) {
    if (values.isEmpty()) {
      return new Absent();
    }
    Matcher matcher = Pattern.compile("\"epoch=(\\d{1,18})\"").matcher(values.getFirst());
    return values.size() == 1 && matcher.matches()
        ? new Epoch(Long.parseLong(matcher.group(1)))
        : new Foreign(values);
  }

  /** For people. */
  default String describe() {
    return switch (this) {
      case Absent() -> "no mark";
      case Epoch(long value) -> "epoch=" + value;
      case Foreign(List<String> values) -> String.join(" ", values);
    };
  }

  /** The record's values as they stand; empty if absent. */
  default List<String> values() {
    return switch (this) {
      case Absent() -> List.of();
      case Epoch(long value) -> List.of(text(value));
      case Foreign(List<String> values) -> values;
    };
  }
}
