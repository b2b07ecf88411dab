package dev.cutover.dns.domain;

import dev.cutover.contract.CutoverId;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the TXT record {@code _cutover.<name>} says: which decision of which cutover changed the
 * name last. It is the fence against late, doubled and undead orders, kept in the zone itself so
 * that it changes together with the records.
 *
 * <p>Epochs count within one cutover, so the cutover is part of the mark: else the next cutover of
 * the name would never get past the last one's, and a late order of the last one would pass as
 * newer.
 */
public sealed interface EpochMark {
  /** Prefix of the name that carries the mark: a TXT can't sit beside a CNAME (trap 32). */
  String LABEL = "_cutover.";

  /** What a person writes who takes over by hand; every order is refused from then on. */
  String MANUAL = "\"manual\"";

  /** No mark: the name was never staged. */
  record Absent() implements EpochMark {}

  /**
   * Written by a stage, shift, revert or, as the last of a cutover, the restoring of TTLs.
   *
   * @param value the epoch of the decision
   * @param ended whether that cutover is over, so that another may take the name
   */
  record Epoch(long value, CutoverId cutover, boolean ended) implements EpochMark {
    /** The record's value in presentation format. */
    public String text() {
      return "\"epoch=%d cutover=%s%s\"".formatted(value, cutover, ended ? " ended" : "");
    }
  }

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

  /** Reads the values of the TXT set; empty means absent. */
  static EpochMark parse(List<String> values) {
    if (values.isEmpty()) {
      return new Absent();
    }
    Matcher mark =
        Pattern.compile("\"epoch=(\\d{1,18}) cutover=([a-z0-9][a-z0-9-]{0,62})( ended)?\"")
            .matcher(values.getFirst());
    return values.size() == 1 && mark.matches()
        ? new Epoch(
            Long.parseLong(mark.group(1)), new CutoverId(mark.group(2)), mark.group(3) != null)
        : new Foreign(values);
  }

  /** For people. */
  default String describe() {
    return values().isEmpty() ? "no mark" : String.join(" ", values());
  }

  /** The record's values as they stand; empty if absent. */
  default List<String> values() {
    return switch (this) {
      case Absent() -> List.of();
      case Epoch epoch -> List.of(epoch.text());
      case Foreign(List<String> values) -> values;
    };
  }
}
