package dev.cutover.validator.adapter.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.InstanceSource;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SystemCheck.DatabaseClients;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.Credentials;
import dev.cutover.testkit.PostgresPair;
import dev.cutover.validator.adapter.PostgresSessions;
import dev.cutover.validator.adapter.PostgresTableReader;
import dev.cutover.validator.domain.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions of a real PostgreSQL. */
final class ClientsLookIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();

  @Test
  void shouldLookForASessionFromEachInstance() throws Exception {
    Credentials credentials = Credentials.of(PostgresPair.credentials("shop"));
    PostgresPair.Server server = PAIR.source();
    DatabaseEndpoint endpoint =
        new DatabaseEndpoint(server.host(), server.port(), PostgresPair.DATABASE, "shop");
    try (PostgresSessions sessions = new PostgresSessions(credentials, 2);
        SystemLooks looks =
            new SystemLooks(
                new AllowedHosts(List.of("localhost", "127.0.0.1")),
                credentials,
                Optional.empty(),
                at ->
                    new PostgresTableReader(sessions.to(at), at.address(), Duration.ofSeconds(30)),
                InstantSource.system())) {
      // given: what other roles do is hidden from the reader
      server.execute("REVOKE pg_monitor, pg_read_all_stats FROM cutover_reader");
      try (var _ = server.connect("postgres")) {
        assertThat(look(looks, endpoint, "127.0.0.1"))
            .isInstanceOfSatisfying(
                Verdict.Inconclusive.class,
                hidden -> assertThat(hidden.detail()).contains("GRANT pg_read_all_stats"));
        server.execute("GRANT pg_read_all_stats TO cutover_reader");
        assertThat(look(looks, endpoint, "127.0.0.1")).isInstanceOf(Verdict.Match.class);
        assertThat(look(looks, endpoint, "127.0.0.1", "127.0.0.9").detail())
            .isEqualTo(
                "Expected a session in %s from each instance, but there is none from 127.0.0.9"
                    .formatted(endpoint.address()));
      }
      // then: the session that looks is none of an instance's
      await("the session is gone")
          .untilAsserted(
              () ->
                  assertThat(look(looks, endpoint, "127.0.0.1"))
                      .isInstanceOf(Verdict.Mismatch.class));
    }
  }

  private static Verdict look(SystemLooks looks, DatabaseEndpoint endpoint, String... hosts)
      throws InterruptedException {
    return looks.look(
        new DatabaseClients(
            "sessions",
            endpoint,
            new InstanceSource.Listed(
                Arrays.stream(hosts).map(host -> new ServerAddress(host, 8080)).toList())),
        Instant.now().plusSeconds(60));
  }
}
