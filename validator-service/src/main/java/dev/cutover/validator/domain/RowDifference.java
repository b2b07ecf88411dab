package dev.cutover.validator.domain;

/** One row that is not the same on both sides. Holds keys and hashes, never customers' rows. */
public sealed interface RowDifference {
  /** Which row. */
  RowKey key();

  /** On the source only. */
  record Missing(RowKey key, RowHash source) implements RowDifference {}

  /** On the target only. */
  record Extra(RowKey key, RowHash target) implements RowDifference {}

  /** On both sides, with other content or another number of copies. */
  record Changed(RowKey key, RowHash source, RowHash target) implements RowDifference {}

  /** The difference between two unequal rows of one key. */
  static RowDifference between(RowKey key, RowHash source, RowHash target) {
    if (!target.present()) {
      return new Missing(key, source);
    }
    return source.present() ? new Changed(key, source, target) : new Extra(key, target);
  }

  /** One line of evidence. */
  default String describe() {
    return switch (this) {
      case Missing m -> "%s is missing on the target; source %s".formatted(m.key, m.source);
      case Extra e -> "%s is only on the target: %s".formatted(e.key, e.target);
      case Changed c -> "%s differs: source %s, target %s".formatted(c.key, c.source, c.target);
    };
  }
}
