package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a password that one server needs to reach the other out of that server's log. It is bound
 * as a parameter, and the statement that uses it runs inside another one, so by default it is
 * written nowhere. Settings under which it would be are turned off for the session, or refused.
 */
final class UnloggedPassword {
  /**
   * One way for it to be written down.
   *
   * @param setting which does it
   * @param isOn whether it does, as SQL; all of it may be unknown to the server
   * @param remedy what turns it off for a session that may
   */
  private record Leak(String setting, String isOn, String remedy) {}

  private static final List<Leak> LEAKS =
      List.of(
          new Leak(
              "log_parameter_max_length",
              """
              current_setting('log_parameter_max_length') <> '0' AND (current_setting('log_statement') = 'all'
                OR current_setting('log_min_duration_statement') <> '-1'
                OR current_setting('log_min_duration_sample') <> '-1'
                OR current_setting('log_transaction_sample_rate') <> '0')""",
              "SET log_parameter_max_length = 0"),
          new Leak(
              "auto_explain.log_parameter_max_length",
              """
              COALESCE(current_setting('auto_explain.log_min_duration', true), '-1') <> '-1'
                AND COALESCE(current_setting('auto_explain.log_parameter_max_length', true), '-1') <> '0'""",
              "SET auto_explain.log_parameter_max_length = 0"),
          new Leak(
              "pgaudit.log",
              "COALESCE(current_setting('pgaudit.log', true), 'none') NOT IN ('none', '')",
              "SET pgaudit.log = 'none'"),
          new Leak(
              "pg_stat_statements.track",
              "current_setting('pg_stat_statements.track', true) = 'all'",
              "SET pg_stat_statements.track = 'top'"));

  private UnloggedPassword() {}

  /**
   * Sees to it that this session writes no parameter down.
   *
   * @throws ReplicationFailed naming the setting that it may not change
   */
  static void require(Connection connection) throws SQLException, ReplicationFailed {
    for (Leak leak : LEAKS) {
      if (!isOn(connection, leak)) {
        continue;
      }
      Optional<String> refused = refusal(connection, leak.remedy());
      if (refused.isPresent() || isOn(connection, leak)) {
        throw new ReplicationFailed(
            "Expected a session whose password the server writes nowhere, but %s would have it written down, and the applier may not change it (%s): GRANT SET ON PARAMETER %s TO it, or turn it off while the subscription is made"
                .formatted(leak.setting(), refused.orElse("it stays"), leak.setting()));
      }
    }
  }

  private static boolean isOn(Connection connection, Leak leak) throws SQLException {
    return PostgresSql.query(connection, "SELECT 1 WHERE " + leak.isOn()).isPresent();
  }

  private static Optional<String> refusal(Connection connection, String statement) {
    try {
      PostgresSql.execute(connection, statement);
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }
}
