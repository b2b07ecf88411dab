package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.runtime.Credentials;
import dev.cutover.sync.adapter.PostgresConnections;
import dev.cutover.sync.adapter.PostgresCutoverSchema;
import dev.cutover.testkit.PostgresPair;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands for databases as a new user runs them, on real servers. */
final class SyncCommandsIT {
  @RegisterExtension static final PostgresPair PAIR = PostgresPair.installed();

  @TempDir private Path directory;
  private Path credentials;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void prepare() throws Exception {
    for (PostgresPair.Server server : List.of(PAIR.source(), PAIR.target())) {
      server.execute("DROP SCHEMA IF EXISTS sales CASCADE; DROP SCHEMA IF EXISTS cutover CASCADE");
    }
    PAIR.source()
        .execute(
            """
            CREATE SCHEMA sales AUTHORIZATION shop;
            SET ROLE shop;
            CREATE TABLE sales.customers(id int PRIMARY KEY, name text);
            CREATE TABLE sales.orders(id serial PRIMARY KEY, customer int REFERENCES sales.customers, note xml);
            INSERT INTO sales.customers SELECT g, 'c' || g FROM generate_series(1, 50) g;
            INSERT INTO sales.orders(customer) SELECT 1 + g % 50 FROM generate_series(1, 500) g;
            RESET ROLE;
            ANALYZE""");
    List<String> lines = new ArrayList<>();
    PostgresPair.credentials("shop").forEach((key, value) -> lines.add(key + "=" + value));
    credentials = Files.write(directory.resolve("credentials"), lines);
  }

  private String plan(String copy) throws Exception {
    return Files.writeString(
            directory.resolve("plan.yaml"),
            """
            cutover: shop
            approvers: [ana, bo]
            data:
              source: {host: localhost, port: %d, database: shop, credential: shop}
              target: {host: localhost, port: %d, database: shop, credential: shop}
              tables: [sales.customers, sales.orders]
              copy: {%s}
            """
                .formatted(PAIR.source().port(), PAIR.target().port(), copy))
        .toString();
  }

  private int run(String... arguments) {
    List<String> words = new ArrayList<>(List.of("sync"));
    words.addAll(List.of(arguments));
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(words.toArray(String[]::new));
  }

  @Test
  void shouldSayWhatItCannotUnderstand() throws Exception {
    // when / then
    assertThat(run("check", directory.resolve("nowhere.yaml").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("Expected a readable plan");
    assertThat(run("copy", plan("schema: steal"), "--credentials", credentials.toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("carry or check for data.copy.schema").contains("'steal'");
    assertThat(run("copy", plan("schema: carry"), "--credentials", directory + "/none"))
        .isEqualTo(2);
    assertThat(run("copy", plan(""), "--credentials", credentials.toString(), "--workers", "0"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("Expected --workers from 1 to 64, but got 0");
  }

  @Test
  void shouldSayWhatWouldStopASync() throws Exception {
    // when
    int exit = run("check", plan("schema: check"), "--credentials", credentials.toString());

    // then
    assertThat(exit).as(out + "\n" + err).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern("sales.customers +50 +8.2 kB +binary\n")
        .containsPattern("sales.orders +500 +[0-9.]+ kB +text\n")
        .contains("Fault: Expected table sales.customers on the target, but it is not there")
        .containsPattern("[0-9]+ faults would stop a sync.\n$")
        .doesNotContain("\033");
  }

  @Test
  void shouldSayWhatTheLoginsMayDoAndGiveTheGrantsThatAreMissing() throws Exception {
    // given
    PAIR.source().execute("REVOKE SET ON PARAMETER session_replication_role FROM cutover_applier");
    try {
      String plan = plan("schema: carry");

      // when / then
      run("check", plan, "--credentials", credentials.toString(), "--provider", "rds");
      assertThat(out.toString())
          .containsPattern("cutover_fencer +yes +put the fence's trigger on every table\n")
          .containsPattern(
              "cutover_applier +no +set session_replication_role +rows are applied one by one")
          .doesNotContain("Not reached by the fence")
          .containsPattern("-- The source localhost.*, rds: run as a member of rds_superuser")
          .containsPattern("-- Optional. Without it rows are applied one by one, .*\n")
          .contains("\nGRANT SET ON PARAMETER session_replication_role TO \"cutover_applier\";\n")
          .contains("ALTER TABLE sales.orders ALTER CONSTRAINT orders_customer_fkey DEFERRABLE");
      assertThat(run("check", plan, "--credentials", credentials.toString(), "--provider", "acme"))
          .isEqualTo(2);
      assertThat(err.toString()).contains("Expected one of rds, aurora, cloudsql, azure, self");
    } finally {
      PAIR.source().execute("GRANT SET ON PARAMETER session_replication_role TO cutover_applier");
    }
  }

  @Test
  void shouldFindNoFaultWhereTheSchemaIsCarriedAndGiveItAsJson() throws Exception {
    // when
    int exit =
        run("check", plan("schema: carry"), "--credentials", credentials.toString(), "--json");

    // then
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(exit).as(out + "\n" + err).isZero();
    assertThat(report.path("ready").asBoolean()).isTrue();
    assertThat(report.path("tables")).hasSize(2);
    assertThat(report.path("refetchedColumns")).isEmpty();
    assertThat(report.path("rights")).hasSize(2);
    assertThat(report.at("/rights/0/provider").asText()).isEqualTo("self");
    assertThat(report.at("/rights/0/found/0/verdict").asText()).isEqualTo("HELD");
    assertThat(report.at("/rights/0/found/0/withoutIt").asText())
        .isEqualTo("nothing can be prepared");
    assertThat(report.at("/rights/0/superusers/0").asText()).isEqualTo("postgres");
    assertThat(count("SELECT count(*) FROM pg_namespace WHERE nspname = 'sales'")).isZero();
  }

  @Test
  void shouldCopyAndRefuseToDoItTwice() throws Exception {
    // given
    String plan = plan("schema: carry, maxBytesPerSecond: 1000000");

    // when
    int first = run("copy", plan, "--credentials", credentials.toString());
    String told = out.toString();
    int second = run("copy", plan, "--credentials", credentials.toString(), "--json");

    // then
    assertThat(first).as(told + "\n" + err).isZero();
    assertThat(told)
        .containsPattern("sales.orders +500\n")
        .containsPattern("Copied 550 rows, [0-9.]+ kB, in [0-9.]+ s.\n$");
    assertThat(count("SELECT count(*) FROM sales.orders")).isEqualTo(500);
    assertThat(
            count("SELECT count(*) FROM pg_constraint WHERE connamespace = 'sales'::regnamespace"))
        .isEqualTo(3);
    assertThat(count("SELECT nextval('sales.orders_id_seq')")).isEqualTo(501);
    assertThat(second).isEqualTo(1);
    assertThat(err.toString())
        .contains("Expected table sales.customers on")
        .contains("to be empty");
  }

  @Test
  void shouldFollowUntilItIsStoppedGoOnFromThereAndLeaveNothingWhenDropped() throws Exception {
    // given somebody who follows
    String plan = plan("schema: carry");
    Follower follower = new Follower(plan);
    follower.awaitRows(500);
    write("INSERT INTO sales.orders(customer) VALUES (1)");
    follower.awaitRows(501);

    // then it is seen, and nobody else writes there
    JsonNode status = status(plan, 0);
    assertThat(status.path("found").path("forward").path("slot").path("active").asBoolean())
        .isTrue();
    assertThat(status.path("found").path("forward").path("published")).hasSize(2);
    assertThat(status.path("found").path("target").path("fence").path("fenced").asBoolean())
        .isTrue();
    assertThatThrownBy(() -> PAIR.target().execute("DELETE FROM sales.orders"))
        .hasMessageContaining("cutover fence");

    assertThat(run("status", plan, "--credentials", credentials.toString())).isZero();
    assertThat(out.toString())
        .containsPattern("source +localhost:[0-9]+/shop +open +shop/follow/1 +1\n")
        .containsPattern("target +localhost:[0-9]+/shop +fenced +shop/follow/1 +1\n")
        .containsPattern("cutover_shop_forward +read .* ago +2 of 2 +2\n");

    // when it is stopped, and what was written meanwhile is fetched
    assertThat(follower.stop()).as(follower.told()).isZero();
    write("UPDATE sales.orders SET note = '<a/>'; DELETE FROM sales.orders WHERE id <= 100");
    assertThat(status(plan, 1).path("warnings").toString()).contains("Nobody reads slot");
    int caughtUp =
        run("follow", plan, "--credentials", credentials.toString(), "--until-caught-up");

    // then
    assertThat(caughtUp).as(out + "\n" + err).isZero();
    assertThat(count("SELECT count(*) FROM sales.orders WHERE note IS NOT NULL")).isEqualTo(401);

    // when it is dropped under somebody who follows
    Follower surprised = new Follower(plan);
    write("INSERT INTO sales.orders(customer) VALUES (2)");
    surprised.awaitRows(402);
    int dropped = run("drop", plan, "--credentials", credentials.toString());

    // then nothing is left but the rows
    assertThat(dropped).as(out + "\n" + err).isZero();
    assertThat(surprised.end()).as(surprised.told()).isEqualTo(1);
    assertThat(surprised.told())
        .containsAnyOf("nother instance", "dropped", "Prepare the replication");
    assertThat(status(plan, 0).path("found").path("forward").path("absent").asBoolean()).isTrue();
    for (PostgresPair.Server server : List.of(PAIR.source(), PAIR.target())) {
      assertThat(count(server, "SELECT count(*) FROM pg_replication_slots")).isZero();
      assertThat(count(server, "SELECT count(*) FROM pg_publication")).isZero();
      assertThat(count(server, "SELECT count(*) FROM pg_namespace WHERE nspname = 'cutover'"))
          .isZero();
    }
    PAIR.target().execute("DELETE FROM sales.orders WHERE id = 300");
  }

  @Test
  void shouldLeaveAloneWhatBelongsToACutover() throws Exception {
    // given databases that a cutover took over
    String plan = plan("schema: carry");
    assertThat(run("follow", plan, "--credentials", credentials.toString(), "--until-caught-up"))
        .as(err.toString())
        .isZero();
    PostgresConnections connections = new PostgresConnections(Credentials.load(credentials));
    StepRef step = new StepRef(new CutoverId("shop"), "prepare-replication", 1);
    DatabaseEndpoint source =
        new DatabaseEndpoint("localhost", PAIR.source().port(), PostgresPair.DATABASE, "shop");
    assertThat(
            new PostgresCutoverSchema(connections).install(source, Side.SOURCE, step, 7).faults())
        .isEmpty();

    // when
    int follow = run("follow", plan, "--credentials", credentials.toString());
    int drop = run("drop", plan, "--credentials", credentials.toString());

    // then
    assertThat(follow).isEqualTo(1);
    assertThat(drop).isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "Expected no cutover to have these databases, but shop has them (step shop/prepare-replication/1)");
    assertThat(count(PAIR.source(), "SELECT count(*) FROM pg_replication_slots")).isEqualTo(1);

    // when it is nobody's any more
    PAIR.source().execute("UPDATE cutover.writer SET epoch = 1");
    assertThat(run("drop", plan, "--credentials", credentials.toString()))
        .as(err.toString())
        .isZero();
  }

  private JsonNode status(String plan, int expected) throws Exception {
    StringWriter told = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(told, true));
    line.setErr(new PrintWriter(err, true));
    assertThat(
            line.execute("sync", "status", plan, "--credentials", credentials.toString(), "--json"))
        .as(told + "\n" + err)
        .isEqualTo(expected);
    return new ObjectMapper().readTree(told.toString());
  }

  private static void write(String sql) {
    PAIR.source().execute(sql);
  }

  /** Somebody who follows, until interrupted as by Ctrl-C. */
  private final class Follower {
    private final StringWriter told = new StringWriter();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final Thread thread;

    Follower(String plan) {
      CommandLine line = Main.commandLine();
      line.setOut(new PrintWriter(told, true));
      line.setErr(new PrintWriter(told, true));
      String[] words = {"sync", "follow", plan, "--credentials", credentials.toString()};
      thread = Thread.ofPlatform().start(() -> exit.complete(line.execute(words)));
    }

    void awaitRows(long rows) {
      await()
          .atMost(Duration.ofSeconds(60))
          .failFast(() -> assertThat(exit.isDone()).as(told()).isFalse())
          .ignoreExceptions() // the table comes with the copy
          .until(() -> count("SELECT count(*) FROM sales.orders") == rows);
    }

    int stop() throws Exception {
      thread.interrupt();
      return end();
    }

    int end() throws Exception {
      return exit.get(60, TimeUnit.SECONDS);
    }

    String told() {
      return told.toString();
    }
  }

  private static long count(String sql) throws SQLException {
    return count(PAIR.target(), sql);
  }

  private static long count(PostgresPair.Server server, String sql) throws SQLException {
    try (Connection target = server.connect("postgres");
        Statement statement = target.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
