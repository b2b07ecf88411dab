package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.WriteGate.Probed;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tries a write that changes nothing on each table of a fenced side.
 *
 * @param fencer lists the tables
 * @param writer tries to write
 * @param asRole the writer's login
 */
record FenceProbe(
    DatabaseEndpoint database, PostgresSession fencer, PostgresSession writer, String asRole) {
  Probed run() throws SQLException, GateRefused {
    long begun = System.nanoTime();
    int refused = 0;
    int withoutRight = 0;
    List<String> leaks = new ArrayList<>();
    for (String table : fencer.texts(CutoverSql.USER_TABLES)) {
      switch (answer("DELETE FROM %s WHERE false".formatted(table))) {
        case PostgresSession.READ_ONLY -> refused++;
        case PostgresSession.INSUFFICIENT_PRIVILEGE -> withoutRight++;
        case PostgresSession.UNDEFINED_TABLE -> {} // dropped since the list was read
        default -> leaks.add(table);
      }
    }
    if (!leaks.isEmpty()) {
      throw new GateRefused(
          Reason.NOT_PROVEN,
          "Expected every write to %s to be refused as %s, but these tables took one: %s"
              .formatted(database.address(), asRole, String.join(", ", leaks)));
    }
    return new Probed(refused, withoutRight, asRole, (System.nanoTime() - begun) / 1e6);
  }

  /** The SQLSTATE of a refusal; empty when the statement went through. */
  private String answer(String sql) throws SQLException {
    try {
      writer.execute(sql);
      return "";
    } catch (SQLException e) {
      if (PostgresSession.isConnectionLoss(e)) {
        throw e;
      }
      return String.valueOf(e.getSQLState());
    }
  }
}
