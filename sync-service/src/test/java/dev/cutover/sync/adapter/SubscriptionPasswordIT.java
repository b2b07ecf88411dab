package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.runtime.Credentials;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.testkit.PostgresPair;
import dev.cutover.testkit.Subscriber;
import java.sql.Connection;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the target's server is given to reach the source stands nowhere in its log. */
class SubscriptionPasswordIT {
  private static final String PASSWORD = "it's a \\ secret 4711";
  private static final String NAME = "cutover_shop_forward";

  @RegisterExtension static final PostgresPair PAIR = PostgresPair.logged();

  @Test
  void shouldStandInNoLogWhateverIsLogged() throws Exception {
    // given
    Subscriber.grant(PAIR);
    PAIR.source()
        .execute("ALTER ROLE cutover_applier PASSWORD '%s'".formatted(PASSWORD.replace("'", "''")));
    PAIR.target().execute("ALTER SYSTEM SET log_statement = 'all'");
    PAIR.target().execute("ALTER SYSTEM SET log_min_duration_statement = 0");
    PAIR.target().execute("ALTER SYSTEM SET log_parameter_max_length_on_error = -1");
    PAIR.target().execute("SELECT pg_reload_conf()");
    PAIR.target().execute("GRANT SET ON PARAMETER log_parameter_max_length TO cutover_applier");
    Map<String, String> entries = new TreeMap<>(PostgresPair.credentials("source"));
    entries.put("source.applier.password", PASSWORD);
    PostgresConnections connections = new PostgresConnections(Credentials.of(entries));
    DatabaseEndpoint source =
        new DatabaseEndpoint(
            PAIR.source().host(), PAIR.source().port(), PostgresPair.DATABASE, "source");
    try (Connection target = PAIR.target().connect("cutover_applier");
        Connection admin = PAIR.target().connect("postgres")) {
      PostgresSubscription subscription = new PostgresSubscription(NAME, connections, source);

      // when: it fails, and then it works
      DatabaseEndpoint nowhere =
          new DatabaseEndpoint(source.host(), 1, PostgresPair.DATABASE, "source");
      assertThatThrownBy(() -> new PostgresSubscription(NAME, connections, nowhere).create(target))
          .isInstanceOf(ReplicationFailed.class)
          .hasMessageContaining("could not connect")
          .satisfies(e -> assertThat(e.toString()).doesNotContain("4711"));
      PAIR.source().execute("CREATE PUBLICATION " + NAME);
      PAIR.source()
          .execute("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(NAME));
      subscription.create(target);
      subscription.logOnAnew(target);

      // then
      assertThat(subscription.state(target)).isPresent();
      String log =
          PostgresSql.query(admin, "SELECT pg_read_file(pg_current_logfile())").orElseThrow();
      assertThat(log).contains("CREATE SUBSCRIPTION", "set_config").doesNotContain("4711");
      subscription.drop(target);
    }
  }
}
