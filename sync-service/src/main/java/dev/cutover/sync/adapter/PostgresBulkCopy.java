package dev.cutover.sync.adapter;

import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.BinaryTypes;
import dev.cutover.sync.domain.CopyProgress;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.SequenceAlignment;
import dev.cutover.sync.domain.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A copy by itself, without a cutover: the schema where the plan asks for it, rows of one snapshot,
 * indexes, constraints, statistics, sequences. Needs neither a slot nor {@code wal_level =
 * logical}; reads and writes as the fencer. Nothing of its own stays on either side.
 *
 * <p>What it needs to know of an earlier attempt is in schema {@code cutover} of the target while
 * it is not complete. One that was cut off begins anew with all tables: without a slot nothing
 * tells what has changed between two snapshots.
 */
public final class PostgresBulkCopy {
  private static final String STREAM = "copy";
  private static final String OURS = "rows";

  private final PostgresConnections connections;
  private final int workers;

  /**
   * Connects to nothing yet.
   *
   * @param workers connections to each side, at least 1
   */
  public PostgresBulkCopy(PostgresConnections connections, int workers) {
    this.connections = connections;
    this.workers = workers;
  }

  /**
   * A table as it would be copied.
   *
   * @param rowsExpected by the source's statistics; -1 when it has none
   * @param bytes on the source's disk, without indexes
   * @param binary whether COPY uses the binary form
   */
  public record Outlook(TableName table, long rowsExpected, long bytes, boolean binary) {}

  /** What a copy would have to do; tables that are not there are left out. Changes nothing. */
  public List<Outlook> outlook(ReplicationSpec spec) throws GateRefused {
    List<Outlook> tables = new ArrayList<>();
    try (Connection source = connections.open(spec.source(), DatabaseRole.FENCER);
        Connection target = connections.open(spec.target(), DatabaseRole.FENCER)) {
      long blockBytes = Long.parseLong(PostgresSql.query(source, "SHOW block_size").orElse("8192"));
      for (TableName table : spec.tables()) {
        TableShape shape = PostgresCatalog.columns(source, table);
        if (!shape.columns().isEmpty()) {
          CopyPieces pieces = CopyPieces.of(source, shape, true);
          tables.add(
              new Outlook(
                  table,
                  pieces.rowsExpected(),
                  pieces.size() * blockBytes,
                  BinaryTypes.areProven(
                      shape.columns().stream().map(TableShape.Column::base).toList(),
                      source.getMetaData().getDatabaseMajorVersion(),
                      target.getMetaData().getDatabaseMajorVersion())));
        }
      }
    } catch (SQLException e) {
      throw WriterTable.refusal(spec.source(), e);
    }
    return tables;
  }

  /**
   * Copies.
   *
   * @param progress told about once a second
   * @throws ReplicationFailed when the world is not as expected, with a sentence for people
   */
  public CopyResult copy(ReplicationSpec spec, Consumer<CopyProgress> progress)
      throws GateRefused, ReplicationFailed, InterruptedException {
    long startedNanos = System.nanoTime();
    PostgresSchemaCarrier carrier = new PostgresSchemaCarrier(connections);
    try (Connection target = connections.openUnhurried(spec.target(), DatabaseRole.FENCER)) {
      CopyPlaces places = places(spec);
      places.endEarlier();
      requireNoCutover(target, spec);
      List<String> faults = carrier.carry(spec);
      if (!faults.isEmpty()) {
        throw new ReplicationFailed(String.join(". ", faults));
      }
      empty(target, spec);
      SchemaFinish finish = carrier.finish(spec);
      PostgresCopy copy = new PostgresCopy(places, new CopyRecord(STREAM), finish, progress);
      run(copy, spec, finish, places);
      setSequences(target, spec);
      leave(target);
      return new CopyResult(
          copy.rows(),
          copy.bytes(),
          copy.perTable(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos));
    } catch (SQLException e) {
      throw new ReplicationFailed(
          "The copy from %s to %s cannot go on: %s"
              .formatted(spec.source().address(), spec.target().address(), e.getMessage()),
          e);
    } catch (PostgresSchemaCarrier.Unwritten e) {
      throw new ReplicationFailed(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * What a copy by itself wrote down on the target: it is under way, or was cut off.
   *
   * @return such as {@code rows of db.old.example.com:5432/shop, 2 of 5 tables complete}
   */
  static Optional<String> underWay(PostgresSession target, ReplicationSpec spec)
      throws SQLException {
    if (!target.isTrue("SELECT to_regclass('cutover.carried') IS NOT NULL")) {
      return Optional.empty();
    }
    Optional<String> what =
        target.one(
            row -> row.getString(1), "SELECT what FROM cutover.carried WHERE item = ?", OURS);
    if (what.isEmpty() || !target.isTrue("SELECT to_regclass('cutover.copied') IS NOT NULL")) {
      return what;
    }
    String complete = target.text("SELECT count(*) FROM cutover.copied WHERE stream = ?", STREAM);
    return Optional.of(
        "%s, %s of %d tables complete".formatted(what.get(), complete, spec.tables().size()));
  }

  private static void requireNoCutover(Connection target, ReplicationSpec spec)
      throws SQLException, ReplicationFailed {
    if (PostgresSql.query(target, "SELECT to_regclass('cutover.writer')").isPresent()) {
      throw new ReplicationFailed(
          "Expected %s not to belong to a cutover, but it has the table cutover.writer: its rows come by that cutover; abandon it first if they shall not"
              .formatted(spec.target().address()));
    }
  }

  private static void empty(Connection target, ReplicationSpec spec)
      throws SQLException, ReplicationFailed {
    for (TableName table : spec.tables()) {
      if (PostgresCatalog.columns(target, table).columns().isEmpty()) {
        throw new ReplicationFailed(
            "Expected table %s on %s, but there is none: create it, or set schema: carry and remove the plan's other tables there"
                .formatted(table, spec.target().address()));
      }
    }
    boolean isOurs = PostgresSchemaCarrier.isMade(target, OURS);
    if (!isOurs) {
      Resumption.requireEmpty(target, spec);
    }
    target.setAutoCommit(false);
    PostgresSchemaCarrier.prepareRecord(target);
    PostgresSql.execute(target, CopyRecord.COPIED);
    if (isOurs) {
      PostgresSql.execute(
          target,
          "TRUNCATE "
              + spec.tables().stream().map(PostgresSql::quote).collect(Collectors.joining(", ")));
      new CopyRecord(STREAM).forget(target);
    } else {
      PostgresSchemaCarrier.record(target, OURS, "rows of " + spec.source().address());
    }
    target.commit();
    target.setAutoCommit(true);
  }

  private void run(PostgresCopy copy, ReplicationSpec spec, SchemaFinish finish, CopyPlaces places)
      throws SQLException, InterruptedException, ReplicationFailed {
    try (Connection holder = connections.openUnhurried(spec.source(), DatabaseRole.FENCER)) {
      List<TableShape> shapes = new ArrayList<>();
      for (TableName table : spec.tables()) {
        TableShape shape = PostgresCatalog.columns(holder, table);
        if (shape.columns().isEmpty()) {
          throw new ReplicationFailed(
              "Expected table %s on %s, but there is none: correct the plan's tables"
                  .formatted(table, spec.source().address()));
        }
        shapes.add(shape);
      }
      PostgresSql.execute(holder, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      String snapshot = PostgresSql.query(holder, "SELECT pg_export_snapshot()").orElseThrow();
      copy.run(
          new PostgresCopy.Order(
              shapes, Set.of(), snapshot, Lsn.ZERO, holder::close, workers, spec.copyTerms()));
    }
    finish.run(places, workers);
  }

  private CopyPlaces places(ReplicationSpec spec) {
    String session = spec.name() + "-copy";
    return new CopyPlaces(
        () ->
            connections.openUnhurried(
                spec.source(),
                DatabaseRole.FENCER,
                EarlierSessions.named(session, new Properties())),
        () -> connections.open(spec.source(), DatabaseRole.FENCER),
        () ->
            connections.openUnhurried(
                spec.target(),
                DatabaseRole.FENCER,
                EarlierSessions.named(session, new Properties())),
        () ->
            connections.openUnhurried(
                spec.target(),
                DatabaseRole.FENCER,
                EarlierSessions.named(session, PostgresSql.simple())));
  }

  /** As the source's are now: nobody else has taken numbers of the target's. */
  private void setSequences(Connection target, ReplicationSpec spec)
      throws SQLException, GateRefused {
    for (SequenceAlignment.Sequence sequence :
        new PostgresSequences(connections).read(spec.source())) {
      if (PostgresSql.query(target, "SELECT to_regclass(?)", sequence.name()).isPresent()) {
        PostgresSql.query(
            target,
            "SELECT setval(?::regclass, ?, ?)",
            sequence.name(),
            sequence.lastValue(),
            sequence.isCalled());
      }
    }
  }

  private static void leave(Connection target) throws SQLException {
    PostgresSql.execute(target, "DROP TABLE cutover.copied, cutover.carried");
    PostgresSql.execute(target, "DROP SCHEMA cutover");
  }
}
