package dev.cutover.sync.adapter;

import java.sql.SQLException;
import java.util.List;

/**
 * Who could undo a fence. Its triggers refuse every login, superusers too, but not for ever: a
 * superuser can disable them, and so can an owner of tables where no event trigger refuses that.
 *
 * @param superusers by name
 * @param unreached owners of tables, and members of owners, where changes of the schema are not
 *     refused
 */
record FenceReach(List<String> superusers, List<String> unreached) {
  private static final String SUPERUSERS =
      "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolsuper AND rolname <> session_user ORDER BY 1";

  private static final String OWNERS =
      """
      SELECT r.rolname FROM pg_roles r
       WHERE r.rolcanlogin AND NOT r.rolsuper AND r.rolname NOT IN (session_user, ?) AND EXISTS (
         SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r','p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
            AND n.nspname NOT IN ('information_schema','cutover') AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
       ORDER BY 1
      """;

  /**
   * Looks, besides at the service's own logins.
   *
   * @param ddlRefused whether the event trigger is there while fenced
   */
  static FenceReach find(PostgresSession fencer, String applier, boolean ddlRefused)
      throws SQLException {
    return new FenceReach(
        fencer.texts(SUPERUSERS), ddlRefused ? List.of() : fencer.texts(OWNERS, applier));
  }
}
