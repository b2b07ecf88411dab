package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Direction;
import dev.cutover.contract.Side;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReplicationTypesIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final String TYPES =
      """
      CREATE TYPE SCHEMA.mood AS ENUM ('sad', 'it''s ok', 'a,b');
      CREATE TYPE SCHEMA.pair AS (x int, y text);
      CREATE DOMAIN SCHEMA.price AS numeric(10,2) CHECK (value IS NULL OR value >= 0);
      CREATE DOMAIN SCHEMA.dear AS SCHEMA.price;
      CREATE DOMAIN SCHEMA.stamp AS timestamp;
      CREATE TABLE SCHEMA.t(id int PRIMARY KEY, b bool, i2 int2, i4 int4, i8 int8, o oid, f4 float4, f8 float8,
        n numeric, n2 numeric(12,4), tx text, vc varchar(20), ch char(8), u uuid, j json, jb jsonb, x xml, ip inet, net cidr, mac macaddr,
        m SCHEMA.mood, pr SCHEMA.price, de SCHEMA.dear, st SCHEMA.stamp, r4 int4range, rn numrange, rd daterange, rt tstzrange, rs tsrange, r8 int8range, ts tsvector, by bytea,
        d date, ti time, ti3 time(3), tst timestamp, tst0 timestamp(0), tz timestamptz, tz3 timestamptz(3),
        iv interval, bi bit(3), vb varbit, mo money, ttz timetz, po point, ia int[], iaa int[][], ta text[], na numeric[], tza timestamptz[] NOT NULL DEFAULT '{}',
        co SCHEMA.pair, tq tsquery, m8 macaddr8, bx box, lsn pg_lsn, mr int4multirange, c1 "char", nm name, g int GENERATED ALWAYS AS (i4 + 1) STORED);
      """;

  private static final List<String> ROWS =
      List.of(
          "id) VALUES (%d",
          """
          id, b, i2, i4, i8, o, f4, f8, n, n2, tx, vc, ch, u, j, jb, x, ip, net, mac) VALUES (%d, true, -32768, 2147483646, 9223372036854775807, 4294967295,
          'NaN', '-0', 'NaN', -1.5000, E'a\\nb\\tc\\\\ü€😀', 'x', 'pad', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b": 1,  "a":  [1.0, null]}', '{"b": 1.50, "a": "\\u00e9"}', '<a b="c">&amp;</a>', '10.1.2.3/8', '10.0.0.0/8', '08:00:2b:01:02:03'""",
          """
          id, b, f4, f8, n, n2, tx, vc, ch) VALUES (%d, false, 'Infinity', 4.9e-324, 'Infinity', 99999999.9999, '', '', ''""",
          """
          id, f4, f8, n) VALUES (%d, 1.1754944e-38, 1.7976931348623157e308, '-Infinity'""",
          """
          id, f8, n) VALUES (%d, '-Infinity', 123456789012345678901234567890.123456789000""",
          """
          id, n, f8) VALUES (%d, 1e-20, 0.1""",
          """
          id, m, pr, de, st, r4, rn, rd, rt, rs, r8, ts, by) VALUES (%d, 'it''s ok', 1.50, 7, '2020-02-29 23:59:59.999999', '[1,5)', '(,1.5]', '[2020-01-01,infinity)', '[2020-01-01 00:00:00.000001+00,)', 'empty', '[1,2)', 'a:1 b:2A', '\\x00ff10'""",
          """
          id, d, ti, ti3, tst, tst0, tz, tz3) VALUES (%d, 'infinity', '24:00', '12:34:56.789', 'infinity', '2020-01-01 00:00:01', '-infinity', '2020-01-01 00:00:00.123+05'""",
          """
          id, d, ti, tst, tz) VALUES (%d, '0044-03-15 BC', '00:00:00.000001', '0044-03-15 12:00:00.5 BC', '0044-03-15 12:00:00.5+00 BC'""",
          """
          id, d, tst, tz) VALUES (%d, '4713-01-01 BC', '4713-01-01 00:00:00 BC', '4713-01-02 00:00:00+00 BC'""",
          """
          id, d, tst, tz) VALUES (%d, '5874897-12-31', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00'""",
          """
          id, d, tst, tz) VALUES (%d, '-infinity', '-infinity', 'infinity'""",
          """
          id, d, tst, tz) VALUES (%d, '10000-01-01', '12345-06-07 08:09:10.111213', '12345-06-07 08:09:10.111213+00'""",
          """
          id, d, tst, tz) VALUES (%d, '0001-01-01', '1582-10-10 00:00:00', '0001-01-01 00:00:00+00'""",
          """
          id, iv, bi, vb, mo, ttz, po, ia, iaa, ta, na, tza) VALUES (%d, '-1 year 3 days -04:05:06.789', B'101', B'1100110011', '$1,234.56', '24:00:00+05:30', '(1.5,-2)', '{1,NULL,3}', '{{1,2},{3,4}}', '{"a,b",NULL,"c\\"d"}', '{NaN,1.50}', '{infinity}'""",
          """
          id, iv, ttz, ia, co, tq, m8, bx, lsn, mr, c1, nm) VALUES (%d, 'infinity', '12:00:00+05:30:15', '[5:6]={1,2}', '(1,"a b")', '''a'' & ''b''', '08:00:2b:01:02:03:04:05', '(1,1),(0,0)', '16/B374D848', '{[1,3),[5,7)}', 'z', 'nm'""");

  private static void insert(ReplicationWorld world, int from) {
    for (int i = 0; i < ROWS.size(); i++) {
      world.execute(
          Side.SOURCE, "INSERT INTO SCHEMA.t(" + ROWS.get(i).replace("%d", "" + (from + i)) + ")");
    }
  }

  @Test
  @Tag("C4")
  void shouldKeepEveryValueWhenCopiedAndStreamed() throws Exception {
    // given
    try (ReplicationWorld world = new ReplicationWorld(PAIR, KAFKA, TYPES, "t")) {
      insert(world, 0);

      // when
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      insert(world, 100);
      // all at once: by COPY, and then by one update with an array for each column
      world.execute(
          Side.SOURCE,
          """
          DO $all$ DECLARE names text; BEGIN
            SELECT string_agg(quote_ident(attname), ', ') INTO names FROM pg_attribute
             WHERE attrelid = 'SCHEMA.t'::regclass AND attnum > 0 AND attgenerated = '' AND attname <> 'id';
            EXECUTE format('INSERT INTO SCHEMA.t(id, %1$s) SELECT id + 2000, %1$s FROM SCHEMA.t', names);
          END $all$""");
      world.execute(Side.SOURCE, "UPDATE SCHEMA.t SET tx = 'changed' WHERE id >= 100");
      world.execute(Side.SOURCE, "UPDATE SCHEMA.t SET ia = '{7}', iv = '1 day' WHERE id < 8");
      world.execute(Side.SOURCE, "UPDATE SCHEMA.t SET id = id + 1000 WHERE id BETWEEN 100 AND 108");
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.t(id, ia) VALUES (5000, '{1}'); DELETE FROM SCHEMA.t WHERE id = 5000");
      world.drain(Direction.FORWARD, "types");

      // then
      world.assertEqualRows();
      assertThat(world.rows(Side.TARGET, world.table("t"))).hasSize(4 * ROWS.size());
    }
  }

  @Test
  @Tag("C1")
  void shouldLeaveLargeValuesAloneWhenOtherColumnsChange() throws Exception {
    // given
    String ddl =
        """
        CREATE TABLE SCHEMA.big(id int PRIMARY KEY, n int, tx text, by bytea, jb jsonb, j json, x xml, nu numeric, vc varchar, ts tsvector, ta text[]);
        ALTER TABLE SCHEMA.big ALTER tx SET STORAGE EXTERNAL, ALTER by SET STORAGE EXTERNAL, ALTER jb SET STORAGE EXTERNAL, ALTER j SET STORAGE EXTERNAL,
          ALTER x SET STORAGE EXTERNAL, ALTER nu SET STORAGE EXTERNAL, ALTER vc SET STORAGE EXTERNAL, ALTER ts SET STORAGE EXTERNAL, ALTER ta SET STORAGE EXTERNAL;
        """;
    String insert =
        """
        INSERT INTO SCHEMA.big SELECT %d, 0, repeat(md5('a'), 2000), decode(repeat(md5('b'), 2000), 'hex'), to_jsonb(repeat(md5('c'), 2000)), to_json(repeat(md5('d'), 2000)),
          xmlparse(content '<a>' || repeat(md5('e'), 2000) || '</a>'), ('1' || repeat('23456789', 2000))::numeric, repeat(md5('f'), 2000),
          (SELECT to_tsvector('simple', string_agg(md5(g::text), ' ')) FROM generate_series(1, 2000) g), (SELECT array_agg(md5(g::text)) FROM generate_series(1, 2000) g);
        """;
    try (ReplicationWorld world = new ReplicationWorld(PAIR, KAFKA, ddl, "big")) {
      world.execute(Side.SOURCE, insert.formatted(1));
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});

      // when
      world.execute(Side.SOURCE, insert.formatted(2));
      world.execute(Side.SOURCE, "UPDATE SCHEMA.big SET n = n + 1");
      world.execute(Side.SOURCE, "UPDATE SCHEMA.big SET id = 3 WHERE id = 2");
      world.execute(Side.SOURCE, "UPDATE SCHEMA.big SET tx = 'short', jb = NULL WHERE id = 1");
      // far beyond what one record of a broker may hold
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.big(id, tx, by) VALUES (9, repeat('0123456789', 300000), decode(repeat('ab', 1000000), 'hex'))");
      world.drain(Direction.FORWARD, "large");

      // then
      world.assertEqualRows();
    }
  }
}
