package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CopyTerms;
import dev.cutover.contract.CopyTerms.SchemaOrigin;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.BinaryTypes;
import dev.cutover.sync.domain.CopyProgress;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The copy by itself, and the schema that a cutover carries over; on servers of this machine. */
final class BulkCopyIT {
  @RegisterExtension static final PostgresPair PAIR = PostgresPair.installed();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final String SCHEMA =
      """
      CREATE SCHEMA sales AUTHORIZATION shop;
      SET ROLE shop;
      CREATE TYPE sales.mood AS ENUM ('good', 'so; so');
      CREATE DOMAIN sales.price AS numeric(12,2) CHECK (VALUE >= 0);
      CREATE TABLE sales.customers(id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL,
        "odd; name" text DEFAULT '-- Name: x; Type: y', mood sales.mood DEFAULT 'good', tags text[]);
      CREATE TABLE sales.orders(id bigserial PRIMARY KEY, amount sales.price, note text,
        customer int NOT NULL REFERENCES sales.customers ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        doubled numeric GENERATED ALWAYS AS (amount * 2) STORED, CONSTRAINT note_size CHECK (length(note) < 100000));
      ALTER TABLE sales.orders ADD CONSTRAINT "One of" UNIQUE (customer, id) INCLUDE (amount);
      CREATE INDEX orders_note ON sales.orders (lower(note)) WHERE note IS NOT NULL;
      CREATE STATISTICS sales.together ON customer, amount FROM sales.orders;
      CREATE TABLE sales.events(day int, n int, what text, PRIMARY KEY (day, n)) PARTITION BY RANGE (day);
      CREATE TABLE sales.events_1 PARTITION OF sales.events FOR VALUES FROM (0) TO (10);
      CREATE TABLE sales.events_2 PARTITION OF sales.events FOR VALUES FROM (10) TO (20);
      CREATE INDEX events_what ON sales.events (what);
      CREATE TABLE sales.ranges(id int PRIMARY KEY, during int4range, EXCLUDE USING gist (during WITH &&));
      CREATE TABLE sales.keyless(a xml, b regclass);
      CREATE VIEW sales.totals AS SELECT c.id, c.name, sum(o.amount) AS total
        FROM sales.customers c JOIN sales.orders o ON o.customer = c.id GROUP BY c.id;
      CREATE MATERIALIZED VIEW sales.counts AS SELECT count(*) AS n FROM sales.orders;
      CREATE MATERIALIZED VIEW sales.a_counts AS SELECT n FROM sales.counts;
      CREATE UNIQUE INDEX ON sales.a_counts (n);
      CREATE FUNCTION sales.touch() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.note := NEW.note || '!'; RETURN NEW; END $$;
      CREATE TRIGGER touch BEFORE INSERT ON sales.orders FOR EACH ROW EXECUTE FUNCTION sales.touch();
      CREATE FUNCTION sales.atomic(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a + 1; SELECT a + 2; END;
      GRANT SELECT ON sales.totals TO cutover_reader;
      INSERT INTO sales.customers(name, tags) SELECT 'c' || g, ARRAY['a', NULL, g::text] FROM generate_series(1, 100) g;
      INSERT INTO sales.orders(customer, note, amount) SELECT 1 + g % 100, repeat(md5(g::text), CASE WHEN g % 500 = 0 THEN 400 ELSE 1 END), g
        FROM generate_series(1, 5000) g;
      INSERT INTO sales.events SELECT g % 20, g, 'e' || g FROM generate_series(1, 1000) g;
      INSERT INTO sales.ranges SELECT g, int4range(g, g + 1) FROM generate_series(1, 10) g;
      INSERT INTO sales.keyless VALUES ('<a/>', 'sales.orders'), ('<b/>', NULL);
      REFRESH MATERIALIZED VIEW sales.counts; REFRESH MATERIALIZED VIEW sales.a_counts;
      RESET ROLE;
      """;
  private static final List<String> TABLES =
      List.of("customers", "orders", "events", "ranges", "keyless");

  private FencedPair world;
  private PostgresBulkCopy copy;

  @BeforeEach
  void reset() throws Exception {
    world = new FencedPair(PAIR);
    copy = new PostgresBulkCopy(world.connections, 3);
    for (PostgresPair.Server server : List.of(PAIR.source(), PAIR.target())) {
      try (Connection fencer = server.connect("cutover_fencer")) {
        PostgresSql.execute(
            fencer,
            "SET client_min_messages = error; DROP SCHEMA IF EXISTS cutover, sales, odd CASCADE;"
                + " DROP ROLE IF EXISTS clerk");
      }
    }
  }

  private void makeSource() throws SQLException {
    try (Connection source =
        world.connections.open(world.source, DatabaseRole.FENCER, PostgresSql.simple())) {
      PostgresSql.script(source, SCHEMA);
    }
  }

  private ReplicationSpec spec(CopyTerms terms, String schema, List<String> tables) {
    return new ReplicationSpec(
        "shop",
        world.source,
        world.target,
        tables.stream().map(table -> new TableName(schema, table)).toList(),
        true,
        1000,
        Optional.of(terms));
  }

  private ReplicationSpec carried() {
    return spec(
        new CopyTerms(SchemaOrigin.CARRY, Optional.empty(), Optional.empty()), "sales", TABLES);
  }

  private static boolean hasTargetSchema(String name) throws SQLException {
    try (Connection target = PAIR.target().connect("postgres")) {
      return PostgresSql.query(target, "SELECT 1 FROM pg_namespace WHERE nspname = ?", name)
          .isPresent();
    }
  }

  @Test
  void shouldNameTheRoleThatTheTargetLacksAndMakeNothing() throws Exception {
    // given
    makeSource();
    PAIR.source().execute("CREATE ROLE clerk; GRANT SELECT ON sales.orders TO clerk");

    // when / then
    assertThatThrownBy(() -> copy.copy(carried(), _ -> {}))
        .isInstanceOf(ReplicationFailed.class)
        .hasMessageContaining("Expected role \"clerk\"")
        .hasMessageContaining("CREATE ROLE \"clerk\"");
    assertThat(hasTargetSchema("sales")).isFalse();
    PAIR.source().execute("DROP OWNED BY clerk");
  }

  @Test
  void shouldSayWhatCouldNotBeMadeAndMakeNothing() throws Exception {
    // given
    makeSource();
    PAIR.target().execute("CREATE SCHEMA sales; CREATE TYPE sales.mood AS ENUM ('other')");

    // when / then
    assertThatThrownBy(() -> copy.copy(carried(), _ -> {}))
        .isInstanceOf(ReplicationFailed.class)
        .hasMessageContaining("Expected TYPE sales.mood of the source's schema")
        .hasMessageContaining("already exists");
    assertThat(hasTargetSchema("cutover")).isFalse();
  }

  @Test
  void shouldRefuseATargetThatHasRowsOrBelongsToACutover() throws Exception {
    // given
    String table = "CREATE SCHEMA odd; CREATE TABLE odd.t(id int); INSERT INTO odd.t VALUES (1)";
    PAIR.source().execute(table);
    PAIR.target().execute(table);
    ReplicationSpec spec = spec(CopyTerms.DEFAULT, "odd", List.of("t"));

    // when / then
    assertThatThrownBy(() -> copy.copy(spec, _ -> {}))
        .isInstanceOf(ReplicationFailed.class)
        .hasMessageContaining("odd.t on " + world.target.address() + " to be empty");
    PAIR.target().execute("DELETE FROM odd.t");
    world.prepare(1);
    assertThatThrownBy(() -> copy.copy(spec, _ -> {}))
        .isInstanceOf(ReplicationFailed.class)
        .hasMessageContaining("not to belong to a cutover");
  }

  @Test
  @Tag("C15")
  @Tag("E10")
  void shouldCarrySchemaAndRowsAndAllThatFollows() throws Exception {
    // given
    makeSource();

    // when
    CopyResult copied = copy.copy(carried(), _ -> {});

    // then
    assertThat(copied.rows()).isEqualTo(100 + 5000 + 1000 + 10 + 2);
    assertThat(copied.perTable()).containsEntry(new TableName("sales", "orders"), 5000L);
    for (String table : TABLES) {
      assertThat(rows(PAIR.target(), "sales." + table))
          .as(table)
          .isEqualTo(rows(PAIR.source(), "sales." + table));
    }
    assertThat(facts(PAIR.target())).isEqualTo(facts(PAIR.source()));
    for (String query :
        List.of(
            "SELECT n::text FROM sales.counts",
            "SELECT n::text FROM sales.a_counts",
            "SELECT count(*)::text FROM sales.totals",
            "SELECT sales.atomic(1)::text",
            "SELECT nextval('sales.orders_id_seq')::text",
            "SELECT relacl::text FROM pg_class WHERE oid = 'sales.totals'::regclass",
            "SELECT count(*)::text FROM pg_constraint WHERE NOT convalidated")) {
      assertThat(value(PAIR.target(), query)).as(query).isEqualTo(value(PAIR.source(), query));
    }
    assertThat(
            value(
                PAIR.target(),
                "SELECT count(DISTINCT tablename)::text FROM pg_stats WHERE schemaname = 'sales' AND tablename IN ('orders', 'events', 'customers')"))
        .isEqualTo("3");
    assertThat(hasTargetSchema("cutover")).isFalse();
  }

  @Test
  void shouldBeginAnewWhenAnEarlierCopyWasCutOff() throws Exception {
    // given
    makeSource();
    CopyTerms slow = new CopyTerms(SchemaOrigin.CARRY, Optional.of(100_000L), Optional.empty());
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread first =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    copy.copy(spec(slow, "sales", TABLES), _ -> {});
                  } catch (Exception e) {
                    failure.complete(e);
                  }
                });
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> !rowsIfAny("sales.ranges").isEmpty() || !rowsIfAny("sales.events").isEmpty());
    first.interrupt();
    assertThat(failure.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);

    // when
    copy.copy(carried(), _ -> {});

    // then
    for (String table : TABLES) {
      assertThat(rows(PAIR.target(), "sales." + table))
          .as(table)
          .isEqualTo(rows(PAIR.source(), "sales." + table));
    }
    assertThat(facts(PAIR.target())).isEqualTo(facts(PAIR.source()));
  }

  @Test
  void shouldWaitWhileTheSourceHasMuchToDo() throws Exception {
    // given
    String table = "CREATE SCHEMA odd; CREATE TABLE odd.t(id int PRIMARY KEY);";
    PAIR.source().execute(table + " INSERT INTO odd.t SELECT generate_series(1, 1000)");
    PAIR.target().execute(table);
    CopyTerms terms = new CopyTerms(SchemaOrigin.CHECK, Optional.empty(), Optional.of(0));
    List<CopyProgress> told = new CopyOnWriteArrayList<>();
    try (Connection busy = PAIR.source().connect("shop")) {
      CompletableFuture<CopyResult> copied = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> sleepLong(busy));
      await()
          .until(
              () ->
                  value(
                          PAIR.source(),
                          "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(%' AND state = 'active' AND usename = 'shop'")
                      .equals("1"));
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  copied.complete(copy.copy(spec(terms, "odd", List.of("t")), told::add));
                } catch (Exception e) {
                  copied.completeExceptionally(e);
                }
              });

      // when
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> told.stream().anyMatch(CopyProgress::waiting));
      assertThat(rows(PAIR.target(), "odd.t")).isEmpty();
      PAIR.source()
          .execute(
              "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(%' AND usename = 'shop'");

      // then
      assertThat(copied.get(20, TimeUnit.SECONDS).rows()).isEqualTo(1000);
      assertThat(told.getLast().waiting()).isFalse();
      assertThat(rows(PAIR.target(), "odd.t")).hasSize(1000);
    }
  }

  private static void sleepLong(Connection connection) {
    try {
      PostgresSql.execute(connection, "SELECT pg_sleep(60)");
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("57014"); // cancelled
    }
  }

  @Test
  @Tag("C13")
  void shouldCopyOddValuesOfEveryTypeThatGoesAsBinary() throws Exception {
    // given
    Map<String, String> values = OddValues.ofEachType();
    List<String> binary = new ArrayList<>();
    try (Connection source = PAIR.source().connect("postgres")) {
      int version = source.getMetaData().getDatabaseMajorVersion();
      for (String type :
          PostgresSql.texts(
              source,
              "SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b','r','m') ORDER BY 1")) {
        if (BinaryTypes.areProven(List.of(type), version, version) && !type.startsWith("_")) {
          binary.add(type);
        }
      }
      assertThat(values.keySet()).containsAll(binary);
    }
    StringBuilder table =
        new StringBuilder(
            "CREATE SCHEMA odd; CREATE TYPE odd.mood AS ENUM ('a', 'b'); CREATE DOMAIN odd.amount AS numeric; CREATE TABLE odd.t(id serial PRIMARY KEY, m odd.mood, d odd.amount");
    binary.forEach(
        type ->
            table.append(
                ", \"c_%1$s\" pg_catalog.\"%1$s\", \"a_%1$s\" pg_catalog.\"%1$s\"[]"
                    .formatted(type)));
    table.append(')');
    PAIR.source().execute(table.toString());
    PAIR.target().execute(table.toString());
    for (String type : binary) {
      PAIR.source()
          .execute(
              "INSERT INTO odd.t(m, d, \"c_%1$s\", \"a_%1$s\") SELECT 'b', 'NaN', v, ARRAY[ARRAY[v, NULL], ARRAY[v, v]] FROM unnest(ARRAY[%2$s]::pg_catalog.\"%1$s\"[]) v"
                  .formatted(type, values.get(type)));
    }
    ReplicationSpec spec = spec(CopyTerms.DEFAULT, "odd", List.of("t"));
    assertThat(copy.outlook(spec)).singleElement().matches(PostgresBulkCopy.Outlook::binary);

    // when
    copy.copy(spec, _ -> {});

    // then
    assertThat(rows(PAIR.target(), "odd.t")).isEqualTo(rows(PAIR.source(), "odd.t"));
  }

  @Test
  void shouldCarryTheSchemaOfACutoverAndStreamIntoIt() throws Exception {
    // given
    makeSource();
    ReplicationSpec all = carried();
    ReplicationSpec spec =
        new ReplicationSpec(
            "carried",
            all.source(),
            all.target(),
            all.tables().stream().filter(table -> !table.name().equals("keyless")).toList(),
            true,
            1000,
            all.copy());
    PostgresPreflight preflight =
        new PostgresPreflight(
            world.connections, new PostgresSequences(world.connections), _ -> true);
    PostgresSchemaCarrier carrier = new PostgresSchemaCarrier(world.connections);
    assertThat(preflight.examine(spec).faults()).isEmpty();

    // when
    assertThat(carrier.carry(spec)).isEmpty();
    assertThat(preflight.examine(spec).faults()).isEmpty();
    assertThat(carrier.carry(spec)).isEmpty();
    world.prepare(1);
    try (PostgresReplicator replicator =
        new PostgresReplicator(world.connections, KAFKA.settings(), KAFKA.topics(1), 2)) {
      replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
      PAIR.source()
          .execute(
              "INSERT INTO sales.orders(customer, note, amount) VALUES (1, 'new', 1); DELETE FROM sales.customers WHERE id = 2; UPDATE sales.events SET what = 'x' WHERE n = 3;"
                  + " INSERT INTO cutover.marker VALUES ('all', clock_timestamp())");
      replicator.awaitMarker(
          spec, Direction.FORWARD, "all", Instant.now().plus(Duration.ofSeconds(60)));

      // then
      for (TableName table : spec.tables()) {
        assertThat(rows(PAIR.target(), table.toString()))
            .as(table.toString())
            .isEqualTo(rows(PAIR.source(), table.toString()));
      }
      assertThat(facts(PAIR.target())).isEqualTo(facts(PAIR.source()));
      assertThat(preflight.examine(spec).faults()).isEmpty();
      assertThat(carrier.isUnfinished(spec)).isFalse();
      assertThat(world.schema.drift(spec.endpoint(Side.TARGET))).isEmpty();
      replicator.drop(spec);
    }
  }

  private static List<String> rowsIfAny(String table) {
    try {
      return rows(PAIR.target(), table);
    } catch (SQLException e) {
      return List.of(); // not there yet
    }
  }

  private static List<String> rows(PostgresPair.Server server, String table) throws SQLException {
    try (Connection connection = server.connect("postgres")) {
      PostgresSql.pin(connection);
      return PostgresSql.texts(connection, "SELECT t::text FROM %s t ORDER BY 1".formatted(table));
    }
  }

  private static String value(PostgresPair.Server server, String sql) throws SQLException {
    try (Connection connection = server.connect("postgres")) {
      return PostgresSql.query(connection, sql).orElse("");
    }
  }

  private static List<String> facts(PostgresPair.Server server) throws SQLException {
    try (Connection connection = server.connect("postgres")) {
      PostgresSql.execute(connection, "SET search_path = pg_catalog");
      List<String> facts = new ArrayList<>();
      facts.addAll(
          PostgresSql.texts(
              connection,
              "SELECT subject || ' / ' || part || ' / ' || definition FROM (%s) f WHERE subject LIKE '%%sales.%%' ORDER BY 1"
                  .formatted(SchemaFactsSql.FACTS),
              (Object) TABLES.stream().map(table -> "sales." + table).toArray(String[]::new)));
      facts.addAll(
          PostgresSql.texts(
              connection,
              "SELECT c.relname || ' ' || c.relkind::text || ' ' || pg_get_userbyid(c.relowner) FROM pg_class c WHERE relnamespace = 'sales'::regnamespace ORDER BY 1"));
      assertThat(facts).hasSizeGreaterThan(30);
      return facts;
    }
  }
}
