package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.StepRef;
import dev.cutover.sync.domain.FenceLease;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.WriteGate;
import dev.cutover.sync.domain.WriterRow;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The gate in PostgreSQL: one row, a trigger per table; SQL of correctness.md 2.3. */
public final class PostgresWriteGate implements WriteGate {
  private final PostgresConnections connections;
  private final InstantSource clock;

  public PostgresWriteGate(PostgresConnections connections, InstantSource clock) {
    this.connections = connections;
    this.clock = clock;
  }

  @Override
  public Fenced fence(FenceOrder order) throws GateRefused, InterruptedException {
    DatabaseEndpoint database = order.database();
    try (PostgresSession fencer = fencer(database);
        PostgresSession second = fencer(database);
        PostgresSession applier =
            PostgresSession.open(connections, database, DatabaseRole.APPLIER)) {
      int lockTimeoutMs = PostgresFence.lockTimeoutMs(fencer);
      FenceBlockers blockers =
          new FenceBlockers(
              second,
              fencer.pid(),
              connections.user(database, DatabaseRole.APPLIER),
              order.endBlockers(),
              lockTimeoutMs);
      return new PostgresFence(order, clock, fencer, applier, blockers, lockTimeoutMs).run();
    } catch (SQLException e) {
      throw WriterTable.refusal(order.database(), e);
    }
  }

  @Override
  public Opened open(OpenOrder order) throws GateRefused {
    try (PostgresSession own = fencer(order.database())) {
      own.begin();
      own.execute("SET LOCAL lock_timeout = '2s'");
      WriterRow row = WriterTable.read(own, order.database(), "FOR UPDATE");
      long begun = System.nanoTime();
      WriterTable.requireOwn(row, order.step(), order.database());
      boolean neverFenced = row.isOpen() && row.epoch() < order.expectedEpoch();
      boolean repeated = row.isOpen() && row.epoch() == order.newEpoch();
      boolean byLease = FenceLease.gaveBack(row, order.expectedEpoch());
      if (neverFenced || byLease) {
        write(own, row, order);
      } else if (row.isFenced() && row.epoch() == order.expectedEpoch()) {
        if (order.otherSide().isPresent()) {
          openWhileOtherIsFenced(own, row, order, order.otherSide().get());
        } else {
          write(own, row, order);
        }
      } else if (!repeated) {
        throw unexpected(row, order);
      }
      return new Opened(
          order.newEpoch(),
          clock.instant(),
          neverFenced,
          byLease,
          (System.nanoTime() - begun) / 1e6);
    } catch (SQLException e) {
      throw WriterTable.refusal(order.database(), e);
    }
  }

  /**
   * Keeps the other side's row locked until this side's is committed: of two opens at once, one of
   * each side, none or one gets both rows.
   */
  private void openWhileOtherIsFenced(
      PostgresSession own, WriterRow ownRow, OpenOrder order, DatabaseEndpoint otherSide)
      throws SQLException, GateRefused {
    try (PostgresSession other =
        PostgresSession.openBriefly(connections, otherSide, DatabaseRole.FENCER)) {
      other.begin();
      other.execute("SET LOCAL lock_timeout = '500ms'");
      WriterRow row = WriterTable.read(other, otherSide, "FOR SHARE");
      WriterTable.requireOwn(row, order.step(), otherSide);
      List<String> unfenced = other.texts(CutoverSql.UNFENCED_TABLES);
      if (row.isOpen() || row.endsAt().isPresent() || !unfenced.isEmpty()) {
        throw new GateRefused(
            Reason.OTHER_SIDE_NOT_FENCED,
            "Expected %s to be fenced before %s is opened, but %s: fence it first"
                .formatted(
                    otherSide.address(),
                    order.database().address(),
                    row.isOpen()
                        ? "it is OPEN at epoch " + row.epoch()
                        : row.endsAt().isPresent()
                            ? "its fence is a drill and ends by itself"
                            : "the trigger is not enabled on " + String.join(", ", unfenced)));
      }
      write(own, ownRow, order);
    } catch (SQLException e) {
      throw new GateRefused(
          PostgresSession.isConnectionLoss(e) ? Reason.UNREACHABLE : Reason.OTHER_SIDE_NOT_FENCED,
          "Expected to read %s as fenced before %s is opened, but: %s"
              .formatted(otherSide.address(), order.database().address(), e.getMessage()),
          e);
    }
  }

  private void write(PostgresSession own, WriterRow row, OpenOrder order) throws SQLException {
    String cutover = order.step().cutover().value();
    own.execute(
        "UPDATE cutover.writer SET epoch = ?, state = 'OPEN', step = ?, at = clock_timestamp(),"
            + " by = session_user, cutover = ?, lease_until = ?, lease_epoch = ?, lease_other = ?,"
            + " ends_at = NULL, opened_lsn = COALESCE(opened_lsn, pg_current_wal_insert_lsn())",
        order.newEpoch(),
        order.step().toString(),
        cutover,
        order.deadSide().map(_ -> Timestamp.from(clock.instant())).orElse(null),
        order.deadSide().map(_ -> order.newEpoch()).orElse(null),
        order.deadSide().map(WriterTable::toText).orElse(null));
    if (row.endsAt().isPresent()) {
      // Else a row that a person sets to FENCED by hand later would refuse nobody.
      String applier = connections.user(order.database(), DatabaseRole.APPLIER);
      own.execute(CutoverSql.refuseWrite(applier, cutover, row.epoch(), Optional.empty()));
      own.execute(
          CutoverSql.refuseDdl(
              connections.user(order.database(), DatabaseRole.FENCER),
              applier,
              cutover,
              row.epoch(),
              Optional.empty()));
    }
    own.commit();
  }

  private static GateRefused unexpected(WriterRow row, OpenOrder order) {
    if (row.epoch() > order.newEpoch()) {
      return WriterTable.newerEpoch(row, order.newEpoch(), order.database());
    }
    return new GateRefused(
        Reason.UNEXPECTED_STATE,
        "Expected %s to be FENCED at epoch %d, but it is %s at epoch %d since step %s: it stays as it is"
            .formatted(
                order.database().address(),
                order.expectedEpoch(),
                row.state(),
                row.epoch(),
                row.step().orElse("unknown")));
  }

  @Override
  public void raise(DatabaseEndpoint database, long epoch, StepRef step) throws GateRefused {
    try (PostgresSession fencer = fencer(database)) {
      fencer.execute("SET lock_timeout = '2s'");
      if (fencer.execute(
              "UPDATE cutover.writer SET epoch = ?, step = ?, at = clock_timestamp(),"
                  + " by = session_user WHERE state = 'FENCED' AND NOT manual"
                  + " AND (cutover IS NULL OR cutover = ?) AND (epoch < ? OR epoch = ? AND step = ?)",
              epoch,
              step.toString(),
              step.cutover().value(),
              epoch,
              epoch,
              step.toString())
          == 0) {
        WriterRow row = WriterTable.read(fencer, database);
        WriterTable.requireOwn(row, step, database);
        if (row.isOpen()) {
          throw new GateRefused(
              Reason.UNEXPECTED_STATE,
              "Expected %s to be fenced, but it is OPEN at epoch %d: its epoch is not raised"
                  .formatted(database.address(), row.epoch()));
        }
        throw WriterTable.newerEpoch(row, epoch, database);
      }
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public void renewLease(DatabaseEndpoint database, long epoch, Optional<Instant> until)
      throws GateRefused {
    try (PostgresSession fencer = fencer(database)) {
      fencer.execute(
          "UPDATE cutover.writer SET lease_until = ? WHERE epoch = ? AND lease_epoch = epoch"
              + " AND lease_until IS NOT NULL",
          until.map(Timestamp::from).orElse(null),
          epoch);
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public WriterRow state(DatabaseEndpoint database) throws GateRefused {
    try (PostgresSession fencer = fencer(database)) {
      return WriterTable.read(fencer, database);
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public FenceEvidence evidence(DatabaseEndpoint database) throws GateRefused {
    try (PostgresSession fencer = fencer(database)) {
      return new FenceEvidence(
          WriterTable.read(fencer, database),
          fencer.texts(CutoverSql.UNFENCED_TABLES),
          fencer.one(
              row -> row.getBoolean(1),
              "SELECT evtenabled = 'A' FROM pg_event_trigger WHERE evtname = 'cutover_ddl'"),
          timeline(fencer));
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  /** Aurora has no timelines, and says so: a failover there keeps its storage, and the fence. */
  private static long timeline(PostgresSession fencer) throws SQLException {
    try {
      return Long.parseLong(
          fencer.text("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"), 16);
    } catch (SQLException e) {
      if (PostgresSession.NOT_SUPPORTED.equals(e.getSQLState())) {
        return 0;
      }
      throw e;
    }
  }

  @Override
  public Probed probe(DatabaseEndpoint database) throws GateRefused {
    DatabaseRole role =
        connections.knows(database, DatabaseRole.APPLICATION)
            ? DatabaseRole.APPLICATION
            : DatabaseRole.FENCER;
    try (PostgresSession fencer = fencer(database);
        PostgresSession writer = PostgresSession.open(connections, database, role)) {
      return new FenceProbe(database, fencer, writer, connections.user(database, role)).run();
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public String mark(DatabaseEndpoint database) throws GateRefused {
    try (PostgresSession applier =
        PostgresSession.open(connections, database, DatabaseRole.APPLIER)) {
      return applier.text(
          "INSERT INTO cutover.marker VALUES ('proof-' || pg_current_xact_id()::text,"
              + " clock_timestamp()) RETURNING id");
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public int relax(DatabaseEndpoint database, long epoch) throws GateRefused {
    try (PostgresSession fencer = fencer(database)) {
      return new FenceRelaxation(fencer, epoch).run();
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public void forgetOpening(DatabaseEndpoint target, DatabaseEndpoint source) throws GateRefused {
    if (!state(source).isOpen()) {
      return;
    }
    try (PostgresSession fencer = fencer(target)) {
      fencer.execute("UPDATE cutover.writer SET opened_lsn = NULL WHERE state = 'FENCED'");
    } catch (SQLException e) {
      throw WriterTable.refusal(target, e);
    }
  }

  private PostgresSession fencer(DatabaseEndpoint database) throws SQLException {
    return PostgresSession.open(connections, database, DatabaseRole.FENCER);
  }
}
