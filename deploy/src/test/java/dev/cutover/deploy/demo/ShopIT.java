package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.Side;
import dev.cutover.deploy.demo.Clients.Outcome;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopIT {
  private static final byte[] TOKEN_KEY = {1, 2, 3};

  @TempDir Path directory;
  private Vertx vertx;
  private Databases databases;
  private DemoDnsServer dns;
  private Shop shop;
  private Clients clients;
  private final Ledger ledger = new Ledger();

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    databases = new Databases(directory);
    dns = DemoDnsServer.start(0, List.of());
    dns.addZone(
        "demo.test.",
        """
        @ 60 IN SOA ns.demo.test. root.demo.test. 1 60 60 60 5
        @ 60 IN NS ns.demo.test.
        ns 60 IN A 127.0.0.1
        shop 1 IN A 127.0.0.2
        """);
    ShopStore store =
        new ShopStore(
            databases.url(Side.SOURCE),
            databases.applicationUser(),
            databases.applicationPassword());
    shop = new Shop(vertx, Side.SOURCE, new InetSocketAddress("127.0.0.2", 0), store, TOKEN_KEY, 1);
    clients =
        new Clients(
            new Clients.Settings(
                dns.address(),
                "shop.demo.test",
                shop.port(),
                Map.of(InetAddress.getByName("127.0.0.2"), Side.SOURCE),
                5,
                100,
                true,
                7),
            ledger);
  }

  @AfterEach
  void stop() {
    clients.close();
    shop.close();
    dns.close();
    databases.close();
    vertx.close();
  }

  @Test
  void shouldAccountForEveryAcknowledgedWriteAndFindEachLoss() throws Exception {
    // given
    try (Connection source = databases.connect(Side.SOURCE)) {
      ledger.open(source);
    }

    // when
    clients.start();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> clients.writes(Side.SOURCE, Outcome.ACKNOWLEDGED) > 600);
    clients.stop();

    // then
    assertThat(clients.writes(Side.SOURCE, Outcome.FAILED)).isLessThan(10);
    assertThat(
            clients.writes(Side.SOURCE, Outcome.REFUSED)
                + clients.writes(Side.SOURCE, Outcome.UNCERTAIN))
        .isZero();
    try (Connection source = databases.connect(Side.SOURCE)) {
      Ledger.Account account = ledger.account(source);
      assertThat(account.examples()).isEmpty();
      assertThat(account.writesMissing()).isZero();
      assertThat(account.valuesCompared()).isGreaterThan(30_000);

      damage(
          source,
          "UPDATE shop.documents SET body = body || 'x' WHERE id = (SELECT id FROM shop.documents"
              + " ORDER BY id LIMIT 1)");
      damage(source, "DELETE FROM shop.audit WHERE id = (SELECT max(id) FROM shop.audit)");
      damage(
          source,
          "UPDATE shop.products SET version = version - 1 WHERE id = (SELECT id FROM shop.products"
              + " ORDER BY sold DESC LIMIT 1)");
      assertThat(ledger.account(source).examples())
          .hasSize(3)
          .anyMatch(e -> e.contains("differs in body"));
    }
  }

  @Test
  void shouldRefuseWritesAndGoOnReadingWhenTheDatabaseIsFenced() throws Exception {
    // given
    clients.start();
    await().until(() -> clients.writes(Side.SOURCE, Outcome.ACKNOWLEDGED) > 100);
    try (Connection source = databases.connect(Side.SOURCE)) {
      for (String table : Row.TABLES.keySet()) {
        damage(
            source,
            """
            CREATE FUNCTION shop.refuse_%1$s() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '25006'; END $$;
            CREATE TRIGGER fence BEFORE INSERT OR UPDATE OR DELETE ON shop.%1$s EXECUTE FUNCTION shop.refuse_%1$s()
            """
                .formatted(table));
      }

      // when
      long acknowledged = clients.writes(Side.SOURCE, Outcome.ACKNOWLEDGED);
      long reads = clients.reads(Side.SOURCE, Outcome.ACKNOWLEDGED);
      await()
          .until(
              () ->
                  clients.writes(Side.SOURCE, Outcome.REFUSED) > 100
                      && clients.reads(Side.SOURCE, Outcome.ACKNOWLEDGED) > reads + 30);

      // then
      assertThat(clients.writes(Side.SOURCE, Outcome.ACKNOWLEDGED) - acknowledged).isLessThan(20);
      for (String table : Row.TABLES.keySet()) {
        damage(source, "DROP TRIGGER fence ON shop." + table);
      }
    }
    await().until(() -> clients.gaps().stream().map(GapMeter.Gap::client).distinct().count() == 5);
    assertThat(clients.gaps()).anyMatch(gap -> gap.ms() > 500);
  }

  @Test
  void shouldShowErrorsAndLatencyInItsMetricsWhenItSuffers() {
    // given
    shop.suffer(Fault.ERRORS);

    // when
    clients.start();
    await().until(() -> clients.writes(Side.SOURCE, Outcome.FAILED) > 20);
    shop.suffer(Fault.LATENCY);
    long answered = clients.writes(Side.SOURCE, Outcome.ACKNOWLEDGED);
    await().until(() -> clients.writes(Side.SOURCE, Outcome.ACKNOWLEDGED) > answered + 100);

    // then
    assertThat(shop.metrics().text())
        .containsPattern("http_requests_total\\{status=\"500\"} [1-9]")
        .containsPattern("http_request_duration_seconds_bucket\\{le=\"0.001\"} \\d")
        .contains("http_request_duration_seconds_bucket{le=\"+Inf\"} ");
  }

  private static void damage(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
