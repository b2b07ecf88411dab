package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Direction;
import dev.cutover.contract.Side;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.VerifiedTypes;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Values of every type, copied and streamed, there and back; PostgreSQL's own text says whether
 * they are the same. {@code -Dseed} draws others, {@code -Drows} more.
 */
class ValueRoundTripIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final int ROWS = Integer.getInteger("rows", 120);

  private final long seed = Long.getLong("seed", 20269);
  private final Random random = new Random(seed);

  /** A column and an expression that draws a value for it. */
  private record Drawn(String name, String type, String expression) {}

  private static final String BUILT_IN =
      "SELECT typname FROM pg_type t WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b','r','m')"
          + " AND NOT EXISTS (SELECT FROM pg_type e WHERE e.oid = t.typelem AND e.typtype IN ('c','p')) ORDER BY 1";

  @Test
  @Tag("C12")
  void shouldReadAgainOrRefuseEveryTypeThatIsNotVerified() throws Exception {
    try (Connection source = PAIR.source().connect("cutover_fencer")) {
      // given: a column of each built-in type and of each kind that users make
      List<String> types = PostgresSql.texts(source, BUILT_IN);
      String columns =
          types.stream()
              .map(type -> ", \"%1$s\" pg_catalog.\"%1$s\"".formatted(type))
              .collect(Collectors.joining());
      PostgresSql.execute(
          source,
          "CREATE TYPE mood AS ENUM ('a'); CREATE TYPE coords AS (x int); CREATE TYPE spread AS RANGE (subtype = float8);"
              + " CREATE DOMAIN moods AS mood[]; CREATE DOMAIN amount AS numeric CHECK (value > 0);"
              + " CREATE TABLE every(id int PRIMARY KEY, d_amount amount, e_mood mood, o_moods moods, o_coords coords, o_spread spread"
              + columns
              + ")");

      // when
      TableShape shape =
          PostgresCatalog.columns(source, new dev.cutover.contract.TableName("public", "every"));

      // then
      List<String> expected = new ArrayList<>(List.of("o_moods", "o_coords", "o_spread"));
      types.stream().filter(type -> !VerifiedTypes.isVerified(type)).forEach(expected::add);
      assertThat(shape.refetched().stream().map(TableShape.Column::name))
          .containsExactlyInAnyOrderElementsOf(expected);
      assertThat(OddValues.ofEachType().keySet())
          .as("odd values of every verified type")
          .containsAll(
              types.stream()
                  .filter(type -> VerifiedTypes.isVerified(type) && !type.equals("xml"))
                  .toList());
      PostgresSql.execute(
          source,
          "DROP TABLE every; DROP TYPE coords, spread; DROP DOMAIN moods, amount; DROP TYPE mood");
    }
  }

  @Test
  @Tag("C13")
  void shouldCarryEveryValueThereAndBack() throws Exception {
    System.out.printf("seed %d, %d rows%n", seed, ROWS);
    List<Drawn> columns = columns();
    String ddl =
        "CREATE TYPE SCHEMA.mood AS ENUM ('sad', 'it''s ok', 'a,b'); CREATE DOMAIN SCHEMA.amount AS numeric;"
            + " CREATE TYPE SCHEMA.both AS (x int, y text);"
            + columns.stream()
                .map(column -> ", \"%s\" %s".formatted(column.name(), column.type()))
                .collect(
                    Collectors.joining(
                        "", "CREATE TABLE SCHEMA.t(id int PRIMARY KEY, big text", ");"))
            + " ALTER TABLE SCHEMA.t ALTER big SET STORAGE EXTERNAL";
    try (ReplicationWorld world = new ReplicationWorld(PAIR, KAFKA, ddl, "t")) {
      insert(world, Side.SOURCE, columns, 0);

      // when
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.replicator.copyAndStream(world.spec, Direction.REVERSE, _ -> {});
      insert(world, Side.SOURCE, columns, ROWS);
      change(world, Side.SOURCE, columns);
      world.drain(Direction.FORWARD, "there");

      // then
      assertSame(world, columns);

      // when
      insert(world, Side.TARGET, columns, 10 * ROWS);
      change(world, Side.TARGET, columns);
      world.drain(Direction.REVERSE, "back");
      world.drain(Direction.FORWARD, "quiet");

      // then
      assertSame(world, columns);
    }
  }

  /** One of each type and of arrays of it: nothing, an odd value, or one by chance. */
  private static List<Drawn> columns() {
    Map<String, String> values = new TreeMap<>(OddValues.ofEachType());
    values.putAll(OddValues.ofOthers());
    Map<String, String> chance = OddValues.byChance();
    List<Drawn> columns = new ArrayList<>();
    values.forEach(
        (name, odd) -> {
          String type = "pg_catalog.\"" + name + '"';
          String one =
              "(ARRAY[%1$s]::%2$s[])[1 + floor(random() * array_length(ARRAY[%1$s]::%2$s[], 1))::int]"
                  .formatted(odd, type);
          String drawn =
              "CASE WHEN random() < 0.2 THEN NULL WHEN random() < 0.6 THEN %s ELSE %s END"
                  .formatted(one, chance.getOrDefault(name, one));
          columns.add(new Drawn("c_" + name, type, drawn));
          columns.add(
              new Drawn(
                  "a_" + name,
                  type + "[]",
                  "CASE WHEN random() < 0.2 THEN NULL WHEN random() < 0.2 THEN '{}' WHEN random() < 0.5 THEN ARRAY[ARRAY[%1$s, NULL], ARRAY[%1$s, %1$s]] ELSE ARRAY[%1$s] END"
                      .formatted(one)));
        });
    columns.add(
        new Drawn(
            "mood", "SCHEMA.mood", "(enum_range(NULL::SCHEMA.mood))[1 + (random() * 2)::int]"));
    columns.add(new Drawn("amount", "SCHEMA.amount", "round(random()::numeric, 9)"));
    columns.add(
        new Drawn("both", "SCHEMA.both", "ROW((random() * 9)::int, 'a \"b\", c')::SCHEMA.both"));
    return columns;
  }

  private void insert(ReplicationWorld world, Side side, List<Drawn> columns, int from)
      throws SQLException {
    execute(
        world,
        side,
        "INSERT INTO SCHEMA.t(id, big, %s) SELECT g, repeat(md5(g::text), 300), %s FROM generate_series(%d, %d) g"
            .formatted(
                columns.stream().map(column -> quoted(column)).collect(Collectors.joining(", ")),
                columns.stream().map(Drawn::expression).collect(Collectors.joining(", ")),
                from,
                from + ROWS - 1));
  }

  /** Many rows by one statement, few by another, keys too; the large value stays out of line. */
  private void change(ReplicationWorld world, Side side, List<Drawn> columns) throws SQLException {
    for (int part = 0; part < 8; part++) {
      List<Drawn> some = new ArrayList<>(columns);
      Collections.shuffle(some, random);
      execute(
          world,
          side,
          some.stream()
              .limit(1 + random.nextInt(20))
              .map(column -> quoted(column) + " = " + column.expression())
              .collect(
                  Collectors.joining(
                      ", ", "UPDATE SCHEMA.t SET ", " WHERE id %% 8 = %d".formatted(part))));
    }
    execute(world, side, "UPDATE SCHEMA.t SET id = id + 100000 WHERE id % 11 = 3 AND id < 100000");
    execute(world, side, "UPDATE SCHEMA.t SET big = NULL WHERE id % 13 = 5");
    execute(world, side, "DELETE FROM SCHEMA.t WHERE id % 17 = 4");
  }

  private void execute(ReplicationWorld world, Side side, String sql) throws SQLException {
    try (Connection writer = world.connect(side)) {
      PostgresSql.query(writer, "SELECT setseed(?)::text", random.nextDouble());
      PostgresSql.execute(writer, sql.replace("SCHEMA", world.schema));
    }
  }

  private static String quoted(Drawn column) {
    return '"' + column.name() + '"';
  }

  private static void assertSame(ReplicationWorld world, List<Drawn> columns) throws SQLException {
    List<String> names = new ArrayList<>(List.of("\"big\""));
    columns.forEach(column -> names.add(quoted(column)));
    try (Connection source = PAIR.source().connect("postgres");
        Connection target = PAIR.target().connect("postgres")) {
      PostgresSql.pin(source);
      PostgresSql.pin(target);
      List<String> ids =
          PostgresSql.texts(source, "SELECT id FROM %s.t ORDER BY id".formatted(world.schema));
      assertThat(ids).hasSizeGreaterThan(ROWS);
      for (String name : names) {
        String sql = "SELECT %s::text FROM %s.t ORDER BY id".formatted(name, world.schema);
        List<String> expected = PostgresSql.texts(source, sql);
        List<String> found = PostgresSql.texts(target, sql);
        assertThat(found).as("values of %s", name).hasSameSizeAs(expected);
        List<Integer> wrong =
            IntStream.range(0, expected.size())
                .filter(i -> !java.util.Objects.equals(expected.get(i), found.get(i)))
                .boxed()
                .toList();
        assertThat(wrong)
            .as(
                () ->
                    "%s: expected %s of row %s, found %s"
                        .formatted(
                            name,
                            expected.get(wrong.getFirst()),
                            ids.get(wrong.getFirst()),
                            found.get(wrong.getFirst())))
            .isEmpty();
      }
    }
  }
}
