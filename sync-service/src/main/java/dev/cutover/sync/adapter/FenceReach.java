package dev.cutover.sync.adapter;

import java.sql.SQLException;
import java.util.List;

/**
 * Who could undo the fence. Its triggers refuse every login, superusers too; but who is superuser
 * can disable them, and so can an owner of tables where no event trigger refuses that.
 */
final class FenceReach {
  private static final String BEYOND =
      """
      SELECT r.rolname FROM pg_roles r
       WHERE r.rolcanlogin AND r.rolname NOT IN (session_user, ?) AND (r.rolsuper OR NOT ? AND EXISTS (
         SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r','p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
            AND n.nspname NOT IN ('information_schema','cutover') AND pg_has_role(r.oid, c.relowner, 'MEMBER')))
       ORDER BY 1
      """;

  private FenceReach() {}

  /**
   * The logins, besides the service's own.
   *
   * @param ddlRefused whether the event trigger is there while fenced
   */
  static List<String> beyond(PostgresSession fencer, String applier, boolean ddlRefused)
      throws SQLException {
    return fencer.texts(BEYOND, applier, ddlRefused);
  }
}
