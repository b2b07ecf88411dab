package dev.cutover.sync.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.DatabaseState.ManualMark;
import dev.cutover.contract.StepRef;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.WriterRow;
import dev.cutover.sync.domain.WriterRow.Lease;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the row of {@code cutover.writer}, and words the refusals that follow from it. */
final class WriterTable {
  private static final String SELECT =
      "SELECT epoch, state, step, at, manual, manual_by, manual_why, manual_at, by, cutover,"
          + " lease_until, lease_epoch, lease_other, ends_at FROM cutover.writer ";
  private static final Pattern ENDPOINT = Pattern.compile("([^@]*)@(.*):(\\d+)/(.*)");

  private WriterTable() {}

  static WriterRow read(PostgresSession session, DatabaseEndpoint database)
      throws SQLException, GateRefused {
    return read(session, database, "");
  }

  /**
   * Reads the row.
   *
   * @param lock such as {@code FOR UPDATE}
   */
  static WriterRow read(PostgresSession session, DatabaseEndpoint database, String lock)
      throws SQLException, GateRefused {
    return session
        .one(WriterTable::row, SELECT + lock)
        .orElseThrow(
            () ->
                new GateRefused(
                    Reason.NOT_PREPARED,
                    "Expected one row in cutover.writer of %s, but there is none: prepare again"
                        .formatted(database.address())));
  }

  static String toText(DatabaseEndpoint endpoint) {
    return "%s@%s:%d/%s"
        .formatted(endpoint.credential(), endpoint.host(), endpoint.port(), endpoint.database());
  }

  /** Refuses for a person's mark, or because another cutover owns the row. */
  static void requireOwn(WriterRow row, StepRef step, DatabaseEndpoint database)
      throws GateRefused {
    row.requireNotManual(database.address());
    if (row.cutover().isPresent() && !row.cutover().get().equals(step.cutover())) {
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected %s to belong to cutover %s, but it belongs to %s: finish or abandon that one first"
              .formatted(database.address(), step.cutover(), row.cutover().get()));
    }
  }

  /** Refuses a fence that is late: the side was opened or fenced anew meanwhile (data.md A7). */
  static void requireFencedAt(long epoch, PostgresSession session, DatabaseEndpoint database)
      throws SQLException, GateRefused {
    WriterRow row = read(session, database);
    if (row.epoch() != epoch || !row.isFenced()) {
      throw newerEpoch(row, epoch, database);
    }
  }

  static GateRefused newerEpoch(WriterRow row, long epoch, DatabaseEndpoint database) {
    return new GateRefused(
        Reason.NEWER_EPOCH,
        "Expected %s at epoch %d or lower, but found the newer epoch %d (%s, step %s): this command came too late"
            .formatted(
                database.address(), epoch, row.epoch(), row.state(), row.step().orElse("unknown")));
  }

  static GateRefused refusal(DatabaseEndpoint database, SQLException e) {
    String problem = String.valueOf(e.getMessage());
    if (PostgresSession.isConnectionLoss(e)) {
      return new GateRefused(
          Reason.UNREACHABLE,
          "Expected an answer of %s, but: %s".formatted(database.address(), problem),
          e);
    }
    if (PostgresSession.isMissingSchema(e)) {
      return new GateRefused(
          Reason.NOT_PREPARED,
          "Expected schema cutover in %s, but: %s. Prepare the replication first"
              .formatted(database.address(), problem),
          e);
    }
    if (PostgresSession.isBusy(e)) {
      return new GateRefused(
          Reason.BLOCKED,
          "Expected a short lock in %s, but: %s".formatted(database.address(), problem),
          e);
    }
    return new GateRefused(
        Reason.NOT_PREPARED,
        "Expected %s to do it, but: %s (%s)"
            .formatted(database.address(), problem, e.getSQLState()),
        e);
  }

  private static WriterRow row(ResultSet row) throws SQLException {
    return new WriterRow(
        row.getLong("epoch"),
        WriterRow.State.valueOf(row.getString("state")),
        Optional.ofNullable(row.getString("step")),
        instant(row, "at"),
        manual(row),
        Optional.ofNullable(row.getString("by")),
        Optional.ofNullable(row.getString("cutover")).map(CutoverId::new),
        lease(row),
        instant(row, "ends_at"));
  }

  private static Optional<ManualMark> manual(ResultSet row) throws SQLException {
    return row.getBoolean("manual")
        ? Optional.of(
            new ManualMark(
                Optional.ofNullable(row.getString("manual_by")),
                Optional.ofNullable(row.getString("manual_why")),
                instant(row, "manual_at")))
        : Optional.empty();
  }

  private static Optional<Lease> lease(ResultSet row) throws SQLException {
    Optional<Instant> until = instant(row, "lease_until");
    long epoch = row.getLong("lease_epoch");
    Optional<DatabaseEndpoint> other = endpoint(row.getString("lease_other"));
    return until.isPresent() && other.isPresent()
        ? Optional.of(new Lease(until.get(), epoch, other.get()))
        : Optional.empty();
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
  }

  private static Optional<DatabaseEndpoint> endpoint(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    Matcher matcher = ENDPOINT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new DatabaseEndpoint(
                matcher.group(2),
                Integer.parseInt(matcher.group(3)),
                matcher.group(4),
                matcher.group(1)))
        : Optional.empty();
  }
}
