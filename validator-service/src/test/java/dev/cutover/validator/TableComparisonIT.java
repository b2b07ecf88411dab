package dev.cutover.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.TableName;
import dev.cutover.testkit.PostgresPair;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.RowDifference;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.TableFindings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeds every known way to miss a difference, on two real servers. */
class TableComparisonIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();

  private static final String PAIRS = "id bigint PRIMARY KEY, a text, b text";
  private static final String FILL =
      "INSERT INTO pairs SELECT i, 'a' || i, 'b' || i FROM generate_series(1, 50000) i";
  private static World world;

  @BeforeAll
  static void openWorld() {
    world = new World(PAIR);
  }

  @AfterAll
  static void closeWorld() {
    world.close();
  }

  private static TableName pairs(boolean large) {
    TableName table = world.table("pairs", PAIRS, FILL);
    if (large) {
      world.takenForLarge(table);
    }
    return table;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "boundary shift; UPDATE pairs SET a='x0', b='y' WHERE id=777; UPDATE pairs SET a='x', b='0y' WHERE id=777",
        "separator inside a value; UPDATE pairs SET a='x,y', b='z' WHERE id=777; UPDATE pairs SET a='x', b='y,z' WHERE id=777",
        "quote inside a value; UPDATE pairs SET a='\"', b='x' WHERE id=777; UPDATE pairs SET a='\"\"', b='x' WHERE id=777",
        "case; UPDATE pairs SET a='Anna' WHERE id=777; UPDATE pairs SET a='anna' WHERE id=777",
        "trailing space; UPDATE pairs SET a='x' WHERE id=777; UPDATE pairs SET a='x ' WHERE id=777",
        "null and empty; UPDATE pairs SET a=NULL WHERE id=777; UPDATE pairs SET a='' WHERE id=777",
        "null and its print; UPDATE pairs SET a=NULL WHERE id=777; UPDATE pairs SET a='NULL' WHERE id=777",
        "composed and decomposed; UPDATE pairs SET a=U&'\\00e9' WHERE id=777; UPDATE pairs SET a=U&'e\\0301' WHERE id=777",
      })
  void shouldFindAndLocateRowWhenContentDiffers(String what, String onSource, String onTarget)
      throws Exception {
    // given
    TableName table = world.table("pairs", PAIRS, FILL);
    PAIR.source().execute(onSource);
    PAIR.target().execute(onTarget);

    // when
    TableFindings found = world.compare(table);

    // then
    assertThat(found.differences()).as(what).hasSize(1);
    assertThat(found.differences().getFirst()).isInstanceOf(RowDifference.Changed.class);
    assertThat(found.differences().getFirst().key()).isEqualTo(RowKey.of("777"));
  }

  @Test
  void shouldFindBothRowsWhenTheirValuesAreSwapped() throws Exception {
    // given: sums over values without keys, and XOR over anything, stay the same
    TableName table = world.table("pairs", PAIRS, FILL);
    world.onBoth("UPDATE pairs SET a='same', b='left' WHERE id IN (10, 20)");
    PAIR.source().execute("UPDATE pairs SET b='right' WHERE id=10");
    PAIR.target().execute("UPDATE pairs SET b='right' WHERE id=20");

    // when
    TableFindings found = world.compare(table);

    // then
    assertThat(found.differences())
        .extracting(RowDifference::key)
        .containsExactlyInAnyOrder(RowKey.of("10"), RowKey.of("20"));
  }

  @Test
  @Tag("E2")
  void shouldFindPairsWhenXorWouldCancelThem() throws Exception {
    // given
    TableName table =
        world.table(
            "bag",
            "a text",
            "INSERT INTO bag SELECT 'x' || i % 100 FROM generate_series(1, 5000) i");
    PAIR.source().execute("INSERT INTO bag VALUES ('pair'), ('pair')");
    PAIR.target().execute("INSERT INTO bag VALUES ('other'), ('other')");

    // when
    TableFindings found = world.compare(table);

    // then
    assertThat(found.differences())
        .extracting(Object::getClass)
        .containsExactlyInAnyOrder(RowDifference.Missing.class, RowDifference.Extra.class);
  }

  @Test
  void shouldFindAnotherNumberOfCopiesWhenTableHasNoKey() throws Exception {
    // given
    TableName table =
        world.table(
            "bag",
            "a text",
            "INSERT INTO bag SELECT 'x' || i % 100 FROM generate_series(1, 5000) i");
    PAIR.target().execute("DELETE FROM bag WHERE ctid = (SELECT min(ctid) FROM bag WHERE a='x7')");

    // when
    TableFindings found = world.compare(table);

    // then
    assertThat(found.differences()).singleElement().isInstanceOf(RowDifference.Changed.class);
    assertThat(found.differences().getFirst().describe()).contains("x50").contains("x49");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldFindMissingAndExtraRowsWhenNumbersAreEqual(boolean large) throws Exception {
    // given
    TableName table = pairs(large);
    PAIR.source().execute("DELETE FROM pairs WHERE id=40000");
    PAIR.target()
        .execute(
            "DELETE FROM pairs WHERE id IN (1, 2); INSERT INTO pairs VALUES (50001, 'a', 'b')");

    // when
    TableFindings found = world.compare(table);

    // then
    assertThat(found.differences())
        .extracting(difference -> difference.getClass().getSimpleName() + difference.key())
        .containsExactlyInAnyOrder("Missing(1)", "Missing(2)", "Extra(40000)", "Extra(50001)");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "one unit in the last place; f; 0.1::float8; 0.10000000000000002::float8",
        "negative zero; f; 0.0::float8; '-0'::float8",
        "one unit in the last place of a real; r; 0.1::float4; 0.10000001::float4",
        "scale; n; 1.0; 1.00",
        "a microsecond; t; '2026-01-01 00:00:00.000001+00'; '2026-01-01 00:00:00.000002+00'",
        "text of json; j; '{\"a\":1}'; '{\"a\": 1}'",
        "lower bound of an array; ia; '[0:1]={1,2}'; '{1,2}'",
        "null in an array; ta; ARRAY['a',NULL]; ARRAY['a','NULL']",
        "days and hours; iv; '1 day'; '24 hours'",
        "bytes; by; '\\x00'; '\\x0000'",
      })
  @Tag("E1")
  @Tag("E3")
  void shouldFindDifferenceWhenValuesOnlyLookEqual(
      String what, String column, String onSource, String onTarget) throws Exception {
    // given
    TableName table =
        world.table(
            "looks",
            "id int PRIMARY KEY, f float8, r float4, n numeric, t timestamptz, j json, ia int[], ta text[], iv interval, by bytea",
            "INSERT INTO looks(id) SELECT generate_series(1, 100)");
    PAIR.source().execute("UPDATE looks SET %s=%s WHERE id=42".formatted(column, onSource));
    PAIR.target().execute("UPDATE looks SET %s=%s WHERE id=42".formatted(column, onTarget));

    // when
    TableFindings found = world.compare(table);

    // then
    assertThat(found.differences())
        .as(what)
        .extracting(RowDifference::key)
        .containsExactly(RowKey.of("42"));
  }

  @Test
  @Tag("E4")
  void shouldMatchAllCommonTypesWhenSettingsOfTheServersDiffer() throws Exception {
    // given
    String columns =
        """
        id uuid PRIMARY KEY, b boolean, i2 int2, i8 int8, n numeric(30,10), f float8, m money, c char(10), v varchar(20),
        t text, by bytea, d date, ti time, tz timetz, ts timestamp, tstz timestamptz, iv interval, j json, jb jsonb,
        a int[], aa text[][], net inet, mac macaddr, r int4range, tr tstzrange, p point, bits bit(5), x xml, tv tsvector, rc regclass
        """;
    String fill =
        """
        INSERT INTO types SELECT ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, i%2=0, i, i::bigint*1000000007,
          CASE i WHEN 1 THEN 'NaN' ELSE i/7.0 END, CASE i WHEN 2 THEN 'Infinity' WHEN 3 THEN 'NaN' WHEN 4 THEN '-0' ELSE i/3.0 END, i::money, 'c'||i, 'v'||i,
          'täxt '||i, decode(lpad(to_hex(i),4,'0'),'hex'), CASE i WHEN 5 THEN 'infinity' WHEN 6 THEN '0044-03-15 BC' ELSE '2026-01-01'::date+i END,
          '24:00', '12:00+05:30', '2026-01-01'::timestamp + i*interval '1 us', '2026-03-29 00:59:59+00'::timestamptz + i*interval '1 s',
          i*interval '1 month 2 days 3.5 seconds', ('{"b":1,"a":'||i||'}')::json, '{"b":1,"a":[1,null]}', ARRAY[i,NULL], '{{a,b},{c,"d,e"}}', '10.0.0.1/8',
          '08:00:2b:01:02:03', int4range(i,i+5), tstzrange('2026-01-01','2026-02-01'), point(i,0.1), B'10101', '<a>1</a>', 'fat cats'::tsvector, 'pg_class'
        FROM generate_series(1, 1000) i
        """;
    TableName table = world.table("types", columns, fill);
    PAIR.target()
        .execute(
            "ALTER ROLE cutover_reader SET TimeZone='Asia/Tokyo'; ALTER ROLE cutover_reader SET DateStyle='German';"
                + " ALTER ROLE cutover_reader SET IntervalStyle='iso_8601'; ALTER ROLE cutover_reader SET extra_float_digits=-10;"
                + " ALTER ROLE cutover_reader SET bytea_output='escape'; ALTER ROLE cutover_reader SET search_path='public'");

    // when
    TableFindings found;
    try (World other = new World(PAIR)) {
      found = other.compare(table);
    } finally {
      PAIR.target().execute("ALTER ROLE cutover_reader RESET ALL");
    }

    // then
    assertThat(found.isClean()).as(found.toString()).isTrue();
    assertThat(found.sourceRows()).isEqualTo(1000);
  }

  @Test
  @Tag("E5")
  void shouldUseHashBucketsWhenTextKeysAreCollated() throws Exception {
    // given: the servers order these keys differently
    String fill =
        "INSERT INTO words SELECT CASE WHEN i%2=0 THEN 'Word-'||i ELSE 'word '||i END, i FROM generate_series(1, 20000) i";
    PAIR.source()
        .execute(
            "DROP TABLE IF EXISTS words; CREATE TABLE words (w text COLLATE \"en-x-icu\" PRIMARY KEY, n int); "
                + fill);
    PAIR.target()
        .execute(
            "DROP TABLE IF EXISTS words; CREATE TABLE words (w text COLLATE \"C\" PRIMARY KEY, n int); "
                + fill);
    TableName table = TableName.parse("words");

    // when
    TableFindings clean = world.compare(table);
    PAIR.target()
        .execute("UPDATE words SET n=-1 WHERE w='word 4711'; DELETE FROM words WHERE w='Word-8'");
    TableFindings damaged = world.compare(table);

    // then
    assertThat(clean.isClean()).as(clean.toString()).isTrue();
    assertThat(clean.coverage()).contains("hash buckets");
    assertThat(damaged.differences())
        .extracting(difference -> difference.key().toString())
        .containsExactlyInAnyOrder("(word 4711)", "(Word-8)");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldUseKeyRangesWhenKeyHasSeveralColumns(boolean large) throws Exception {
    // given
    TableName table =
        world.table(
            "lines",
            "order_id bigint, line int, sku text COLLATE \"C\", q int, PRIMARY KEY (order_id, line, sku)",
            "INSERT INTO lines SELECT i/3, i%3, 'it''s ' || i, i FROM generate_series(1, 30000) i");
    if (large) {
      world.takenForLarge(table);
    }
    PAIR.target().execute("UPDATE lines SET q=0 WHERE order_id=5000 AND line=1");

    // when
    TableFindings found = world.compare(table);

    // then
    assertThat(found.coverage()).containsPattern(large ? "in [2-9] key ranges" : "in 1 key ranges");
    assertThat(found.differences())
        .singleElement()
        .extracting(d -> d.key().toString())
        .isEqualTo("(5000,1,it's 15001)");
  }

  @Test
  void shouldNameColumnWhenItIsMissing() throws Exception {
    // given
    TableName table = world.table("pairs", PAIRS, FILL);
    PAIR.target().execute("ALTER TABLE pairs DROP COLUMN b");

    // when
    TableFindings found = world.compare(table);

    // then
    assertThat(found.isWrong()).isTrue();
    assertThat(found.shapeFaults()).containsExactly("column b is missing on the target");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldStopEarlyWhenTargetIsEmpty(boolean large) throws Exception {
    // given
    TableName table = pairs(large);
    PAIR.target().execute("TRUNCATE pairs");

    // when
    TableFindings found = world.compare(table);

    // then
    assertThat(found.differences()).hasSize(TableFindings.DIFFERENCES_MAX);
    assertThat(found.stopped()).isPresent();
  }

  @Test
  void shouldSaySoWhenTableIsNotThere() {
    // when, then
    assertThatThrownBy(() -> world.compare(TableName.parse("nowhere")))
        .isInstanceOf(ReadFailed.class)
        .hasMessageContaining("Expected table public.nowhere");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Tag("E6")
  void shouldNeverReportDamageWhenTargetLagsBehind(boolean large) throws Exception {
    // given: a stream that applies late and keeps no position
    TableName table = pairs(large);
    try (LaggingStream stream = new LaggingStream(PAIR, Duration.ofMillis(150), false)) {
      stream.awaitChanges(50);

      // when
      List<RowDifference> differences = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        differences.addAll(
            world.compare(table, Duration.ofSeconds(2), Duration.ofSeconds(4)).differences());
      }

      // then
      assertThat(differences).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Tag("E6")
  void shouldFindDamageAndOnlyDamageWhenTargetLagsBehind(boolean large) throws Exception {
    // given: a stream that applies late and keeps its position
    TableName table = pairs(large);
    PAIR.target()
        .execute("UPDATE pairs SET a='damaged' WHERE id=49999; DELETE FROM pairs WHERE id=3");
    try (LaggingStream stream = new LaggingStream(PAIR, Duration.ofMillis(600), true)) {
      stream.awaitChanges(50);

      // when
      TableFindings found = world.compare(table, Duration.ofMillis(1), Duration.ofSeconds(20));

      // then
      assertThat(found.differences())
          .extracting(difference -> difference.key().toString())
          .containsExactlyInAnyOrder("(49999)", "(3)");
      // A row that changes between any two readings may stay undecided; it is never called damage.
      assertThat(found.undecided()).isSubsetOf(RowKey.of("7"));
    }
  }

  @Test
  void shouldStayUndecidedWhenStreamStands() throws Exception {
    // given: the position says that the target has not seen what the source shows
    TableName table = world.table("pairs", PAIRS, FILL);
    world.onBoth(
        "CREATE SCHEMA IF NOT EXISTS cutover; CREATE TABLE IF NOT EXISTS cutover.position(stream text PRIMARY KEY, lsn pg_lsn NOT NULL)");
    PAIR.target()
        .execute(
            "TRUNCATE cutover.position; INSERT INTO cutover.position VALUES ('cutover_shop_forward', '0/1')");
    PAIR.source().execute("UPDATE pairs SET a='new' WHERE id=5");
    try {
      // when
      TableFindings found = world.compare(table, Duration.ofMillis(1), Duration.ofSeconds(1));

      // then
      assertThat(found.differences()).isEmpty();
      assertThat(found.undecided()).isEqualTo(List.of(RowKey.of("5")));
    } finally {
      world.onBoth("DROP SCHEMA cutover CASCADE");
    }
  }

  @Test
  void shouldFindTheOneRowThatDiffersAmongMany() throws Exception {
    // given
    TableName table =
        world.table(
            "many",
            "id bigint PRIMARY KEY, customer int, total numeric(12,2), note text, at timestamptz, f float8, flag boolean",
            "INSERT INTO many SELECT i, i%1000, i*1.37, CASE WHEN i%7=0 THEN NULL ELSE 'note number '||i END, '2026-01-01'::timestamptz + i*interval '1 s', i/3.0, i%2=0 FROM generate_series(1, 200000) i");
    PAIR.target().execute("UPDATE many SET f=f*1.0000000000000002 WHERE id=154321");

    // when
    TableFindings found = world.compare(table);

    // then
    assertThat(found.differences())
        .singleElement()
        .extracting(RowDifference::key)
        .isEqualTo(RowKey.of("154321"));
    world.onBoth("DROP TABLE many");
  }
}
