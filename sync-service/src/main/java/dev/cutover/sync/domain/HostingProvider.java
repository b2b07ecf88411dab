package dev.cutover.sync.domain;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who runs a PostgreSQL server, and how rights are granted there. No managed service gives a
 * superuser; each has a role that its administrators are members of.
 *
 * <ul>
 *   <li>RDS and Aurora: the main user is NOSUPERUSER and NOREPLICATION, and a member of {@code
 *       rds_superuser}, which may end any session, and grant {@code rds_replication} (AWS,
 *       "Understanding the rds_superuser role"), {@code pg_monitor} and {@code pg_signal_backend}
 *       (its memberships, as listed in aws/pgactive#9); it may create event triggers (AWS, "Event
 *       triggers for RDS for PostgreSQL").
 *   <li>Cloud SQL: {@code cloudsqlsuperuser} may create event triggers, publications and
 *       replication users (Google, "About PostgreSQL users and roles"); ALTER USER .. WITH
 *       REPLICATION (Google, "Configure a Cloud SQL for PostgreSQL database").
 *   <li>Azure: {@code azure_pg_admin}; the server's administrator is NOSUPERUSER, and ALTER ROLE ..
 *       REPLICATION is what is documented (Microsoft, "Logical replication and logical decoding").
 * </ul>
 */
public enum HostingProvider {
  RDS("rds", "rds_superuser"),
  AURORA("aurora", "rds_superuser"),
  CLOUD_SQL("cloudsql", "cloudsqlsuperuser"),
  AZURE("azure", "azure_pg_admin"),
  SELF("self", "");

  private final String word;
  private final String administrators;

  HostingProvider(String word, String administrators) {
    this.word = word;
    this.administrators = administrators;
  }

  /** As it is called on the command line. */
  public String word() {
    return word;
  }

  /** The role whose presence tells it; empty where there is none. */
  public String administrators() {
    return administrators;
  }

  /** The provider of that word; empty for another word. */
  public static Optional<HostingProvider> of(String word) {
    return Stream.of(values()).filter(provider -> provider.word.equals(word)).findFirst();
  }

  /** All words, for people. */
  public static String words() {
    return Stream.of(values()).map(HostingProvider::word).collect(Collectors.joining(", "));
  }

  /**
   * The database and the logins that grants name.
   *
   * @param owners of user tables whose rights the fencer has not got
   */
  public record Place(String database, String fencer, String applier, List<String> owners) {
    public Place {
      owners = List.copyOf(owners);
    }
  }

  /** The statements that give a right; none where it can't be given there, or is of no use. */
  public List<String> grants(DatabaseRight right, Place place) {
    String fencer = quoted(place.fencer());
    String applier = quoted(place.applier());
    return switch (right) {
      case CREATE_SCHEMA, PUBLISH ->
          List.of("GRANT CREATE ON DATABASE %s TO %s".formatted(quoted(place.database()), fencer));
      case OWN_TABLES ->
          place.owners().stream()
              .map(owner -> "GRANT %s TO %s".formatted(quoted(owner), fencer))
              .toList();
      case END_SESSIONS -> List.of("GRANT pg_signal_backend TO " + fencer);
      case SEE_SESSIONS ->
          List.of(
              switch (this) {
                // What rds_superuser has, and may pass on.
                case RDS, AURORA -> "GRANT pg_monitor TO " + fencer;
                case CLOUD_SQL, AZURE, SELF -> "GRANT pg_read_all_stats TO " + fencer;
              });
      case SET_DEADLOCK_TIMEOUT -> parameter("deadlock_timeout", fencer);
      case SKIP_TRIGGERS -> parameter("session_replication_role", applier);
      case REFUSE_SCHEMA_CHANGES ->
          List.of(
              this == SELF
                  ? "ALTER ROLE %s SUPERUSER".formatted(fencer)
                  : "GRANT %s TO %s".formatted(administrators, fencer));
      case REPLICATE ->
          List.of(
              switch (this) {
                case RDS, AURORA -> "GRANT rds_replication TO " + applier;
                case CLOUD_SQL, AZURE, SELF -> "ALTER ROLE %s REPLICATION".formatted(applier);
              });
      case SUBSCRIBE ->
          List.of(
              "GRANT pg_create_subscription TO " + applier,
              "GRANT CREATE ON DATABASE %s TO %s".formatted(quoted(place.database()), applier));
      case MARK_APPLIED ->
          Stream.of("oid", "create", "session_setup", "drop")
              .map(
                  use ->
                      "GRANT EXECUTE ON FUNCTION pg_replication_origin_%s(text) TO %s"
                          .formatted(use, applier))
              .toList();
      case USE_ORIGINS, SET_DATABASE_READ_ONLY -> List.of();
    };
  }

  /** PostgreSQL 15 and later; superusers only grant it, and what stands in for them at some. */
  private static List<String> parameter(String name, String login) {
    return List.of("GRANT SET ON PARAMETER %s TO %s".formatted(name, login));
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
