package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import java.sql.SQLException;
import java.util.List;

/** Examines what a server needs to replicate by itself: {@code forward: native} in the plan. */
final class SubscriptionCheck {
  /** From here on {@code origin = none} and {@code run_as_owner} exist. */
  private static final int OLDEST_VERSION = 160_000;

  private final PostgresSession fencer;
  private final ReplicationSpec spec;
  private final Side side;
  private final String where;

  SubscriptionCheck(PostgresSession fencer, ReplicationSpec spec, Side side, String where) {
    this.fencer = fencer;
    this.spec = spec;
    this.side = side;
    this.where = where;
  }

  void examine(List<String> faults) throws SQLException {
    int version = Integer.parseInt(fencer.text("SHOW server_version_num"));
    if (version < OLDEST_VERSION) {
      faults.add(
          "Expected PostgreSQL 16 or later on %s for 'forward: native', but it is %s, which can't leave out of a subscription what the way back has applied: use 'forward: builtin'"
              .formatted(where, fencer.text("SHOW server_version")));
    }
    if (spec.copyTerms().carriesSchema()) {
      faults.add(
          "Expected the target's tables to be there for 'forward: native', but the plan has them carried: the servers copy into tables that have their keys. Use 'schema: check', or 'forward: builtin'");
    }
    switch (side) {
      case SOURCE -> source(faults);
      case TARGET -> target(faults);
    }
  }

  /** One slot for the stream, and one for each table that is copied at the same time. */
  private void source(List<String> faults) throws SQLException {
    int needed = 1 + number("SHOW max_sync_workers_per_subscription");
    for (String setting : List.of("max_replication_slots", "max_wal_senders")) {
      int free =
          number("SHOW " + setting)
              - number(
                  setting.equals("max_wal_senders")
                      ? "SELECT count(*) FROM pg_stat_replication"
                      : "SELECT count(*) FROM pg_replication_slots");
      if (free < needed && !isBegun("pg_replication_slots WHERE slot_name = ?")) {
        faults.add(
            "Expected %d free of %s on %s for 'forward: native', but there are %d: raise it"
                .formatted(needed, setting, where, free));
      }
    }
  }

  private void target(List<String> faults) throws SQLException {
    int free =
        number("SHOW max_logical_replication_workers")
            - number("SELECT count(*) FROM pg_stat_subscription WHERE pid IS NOT NULL");
    if (free < 2 && !isBegun("pg_subscription WHERE subname = ?")) {
      faults.add(
          "Expected 2 free of max_logical_replication_workers on %s for 'forward: native', but there are %d: raise it"
              .formatted(where, free));
    }
  }

  private boolean isBegun(String what) throws SQLException {
    return fencer.isTrue(
        "SELECT EXISTS (SELECT FROM %s)".formatted(what), StreamName.of(spec, Direction.FORWARD));
  }

  private int number(String sql) throws SQLException {
    return Integer.parseInt(fencer.text(sql));
  }
}
