package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Copies in processes of their own that are killed as by {@code kill -9}, and begun again. */
final class KilledCopyIT {
  @RegisterExtension static final PostgresPair PAIR = PostgresPair.installed();
  private static final Duration BEGUN_MAX = Duration.ofSeconds(60);
  private static final List<String> TABLES = List.of("customers", "orders", "events", "notes");

  @TempDir private Path directory;
  private Path credentials;
  private final StringWriter told = new StringWriter();

  /** About 7 MB, so that a copy takes some seconds at the plan's rate. */
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
            CREATE TABLE sales.customers(id int PRIMARY KEY, name text UNIQUE);
            CREATE TABLE sales.orders(id serial PRIMARY KEY, customer int REFERENCES sales.customers, note text);
            CREATE TABLE sales.events(day int, n int, what text, PRIMARY KEY (day, n)) PARTITION BY RANGE (day);
            CREATE TABLE sales.events_1 PARTITION OF sales.events FOR VALUES FROM (0) TO (10);
            CREATE TABLE sales.events_2 PARTITION OF sales.events FOR VALUES FROM (10) TO (20);
            CREATE TABLE sales.notes(id int PRIMARY KEY, body xml);
            INSERT INTO sales.customers SELECT g, 'c' || g FROM generate_series(1, 2000) g;
            INSERT INTO sales.orders(customer, note) SELECT 1 + g % 2000, repeat(md5(g::text), 4) FROM generate_series(1, 20000) g;
            INSERT INTO sales.events SELECT g % 20, g, md5(g::text) FROM generate_series(1, 20000) g;
            INSERT INTO sales.notes SELECT g, ('<a>' || repeat(md5(g::text), 8) || '</a>')::xml FROM generate_series(1, 4000) g;
            CREATE INDEX ON sales.orders (customer);
            RESET ROLE;
            ANALYZE""");
    List<String> lines = new ArrayList<>();
    PostgresPair.credentials("shop").forEach((key, value) -> lines.add(key + "=" + value));
    credentials = Files.write(directory.resolve("credentials"), lines);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 5})
  void shouldHaveEveryRowWhenItIsCopiedAgainAfterItWasKilled(long seed) throws Exception {
    // given a copy that is killed somewhere: after so many tables, and a moment more
    SplittableRandom random = new SplittableRandom(seed);
    int tables = random.nextInt(3);
    Process copy = start("copy");
    await().atMost(BEGUN_MAX).until(() -> complete() >= tables);
    kill(copy, random.nextInt(400));
    PAIR.source().execute("UPDATE sales.orders SET note = 'seen' WHERE id % 7 = 0");

    // when
    int exit = run("copy", plan(""));

    // then
    assertThat(exit).as(told.toString()).isZero();
    assertEqualRows();
    assertThat(ask(PAIR.target(), "SELECT count(*) FROM pg_namespace WHERE nspname = 'cutover'"))
        .containsExactly("0");
    assertThat(constraints(PAIR.target())).isEqualTo(constraints(PAIR.source()));
  }

  @Test
  void shouldTellWhatAKilledFollowerLeftGoOnFromThereAndRemoveIt() throws Exception {
    // given one that dies when a table is complete and others are not
    killWhenATableIsComplete();

    // then
    told.getBuffer().setLength(0);
    assertThat(run("status", plan(""))).isEqualTo(1);
    assertThat(told.toString())
        .contains("The copy of cutover_shop_forward is not complete, ")
        .contains("Nobody reads slot cutover_shop_forward");

    // when
    PAIR.source().execute("DELETE FROM sales.orders WHERE id % 5 = 0");
    int exit = run("follow", plan(""), "--until-caught-up");

    // then
    assertThat(exit).as(told.toString()).isZero();
    assertEqualRows();

    // when
    int dropped = run("drop", plan(""));

    // then
    assertThat(dropped).as(told.toString()).isZero();
    assertThat(ask(PAIR.source(), "SELECT count(*) FROM pg_replication_slots"))
        .containsExactly("0");
    assertThat(run("status", plan(""))).as(told.toString()).isZero();
  }

  @Test
  void shouldRemoveTheSlotOfACopyThatWasKilled() throws Exception {
    // given
    killWhenATableIsComplete();
    assertThat(ask(PAIR.source(), "SELECT slot_name FROM pg_replication_slots"))
        .containsExactly("cutover_shop_forward");

    // when
    int dropped = run("drop", plan(""));

    // then
    assertThat(dropped).as(told.toString()).isZero();
    assertThat(ask(PAIR.source(), "SELECT slot_name FROM pg_replication_slots")).isEmpty();
    assertThat(ask(PAIR.source(), "SELECT pubname FROM pg_publication")).isEmpty();
  }

  private void killWhenATableIsComplete() throws Exception {
    Process follower = start("follow");
    await().atMost(BEGUN_MAX).until(() -> complete() > 0);
    kill(follower, 0);
    assertThat(ask(PAIR.target(), "SELECT stream FROM cutover.position")).isEmpty();
  }

  /** How many tables have all their rows; -1 before the first one comes. */
  private static int complete() throws SQLException {
    boolean isBegun =
        ask(PAIR.target(), "SELECT to_regclass('cutover.copied') IS NOT NULL").contains("t");
    return isBegun ? ask(PAIR.target(), "SELECT table_name FROM cutover.copied").size() : -1;
  }

  private static void kill(Process process, long afterMs) throws InterruptedException {
    assertThat(process.waitFor(afterMs, TimeUnit.MILLISECONDS)).as("it is done").isFalse();
    process.destroyForcibly();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  /** A process of its own, at a rate at which it takes a while. */
  private Process start(String command) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dcutover.home=" + directory,
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "sync",
            command,
            plan(", maxBytesPerSecond: 1000000"),
            "--credentials",
            credentials.toString(),
            "--workers",
            "2")
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve(command + ".log").toFile())
        .start();
  }

  private int run(String... arguments) {
    List<String> words = new ArrayList<>(List.of("sync"));
    words.addAll(List.of(arguments));
    words.addAll(List.of("--credentials", credentials.toString()));
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(told, true));
    line.setErr(new PrintWriter(told, true));
    return line.execute(words.toArray(String[]::new));
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
              tables: [sales.customers, sales.orders, sales.events, sales.notes]
              copy: {schema: carry%s}
            """
                .formatted(PAIR.source().port(), PAIR.target().port(), copy))
        .toString();
  }

  private static void assertEqualRows() throws SQLException {
    for (String table : TABLES) {
      String sql = "SELECT t::text FROM sales.%s t ORDER BY 1".formatted(table);
      List<String> expected = ask(PAIR.source(), sql);
      List<String> found = ask(PAIR.target(), sql);
      assertThat(expected).isNotEmpty();
      assertThat(found.size()).as("rows of %s", table).isEqualTo(expected.size());
      assertThat(found.equals(expected)).as("rows of %s are the source's", table).isTrue();
    }
  }

  private static List<String> constraints(PostgresPair.Server server) throws SQLException {
    return ask(
        server,
        "SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
            + " WHERE connamespace = 'sales'::regnamespace AND convalidated ORDER BY 1");
  }

  private static List<String> ask(PostgresPair.Server server, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
