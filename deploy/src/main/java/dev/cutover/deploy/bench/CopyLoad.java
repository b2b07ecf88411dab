package dev.cutover.deploy.bench;

import java.util.List;

/** What is copied: tables of one kind, with their rows. */
enum CopyLoad {
  /** The tables of pgbench, with narrow rows; nearly all of them in one table with one index. */
  PGBENCH("pgbench", "pgbench_branches, pgbench_tellers, pgbench_accounts, pgbench_history") {
    @Override
    String sql(int size) {
      return """
      CREATE TABLE pgbench_branches(bid int NOT NULL, bbalance int, filler char(88)) WITH (fillfactor = 100);
      CREATE TABLE pgbench_tellers(tid int NOT NULL, bid int, tbalance int, filler char(84)) WITH (fillfactor = 100);
      CREATE TABLE pgbench_accounts(aid int NOT NULL, bid int, abalance int, filler char(84)) WITH (fillfactor = 100);
      CREATE TABLE pgbench_history(tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
      INSERT INTO pgbench_branches SELECT g, 0, '' FROM generate_series(1, %1$d) g;
      INSERT INTO pgbench_tellers SELECT g, 1 + (g - 1) / 10, 0, '' FROM generate_series(1, %1$d * 10) g;
      INSERT INTO pgbench_accounts SELECT g, 1 + (g - 1) / 100000, 0, '' FROM generate_series(1, %1$d * 100000) g;
      ALTER TABLE pgbench_branches ADD PRIMARY KEY (bid);
      ALTER TABLE pgbench_tellers ADD PRIMARY KEY (tid);
      ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid);
      """
          .formatted(size);
    }
  },

  /** One table of many columns of many types, three indexes, and a table that refers to it. */
  WIDE("wide rows", "wide, note") {
    @Override
    String sql(int size) {
      return """
      CREATE TABLE wide(id bigint NOT NULL, customer int NOT NULL, code uuid NOT NULL, state text NOT NULL,
        amount numeric(14,2), tax numeric(14,2), total double precision, born date, made timestamptz NOT NULL,
        changed timestamp, is_open boolean, tags text[], data jsonb, address inet, raw bytea,
        a text, b text, c text, d text, e varchar(80), f int, g int, h smallint, i bigint, j real,
        k numeric, l numeric, m interval, n date, o text);
      CREATE TABLE note(id bigint NOT NULL, wide bigint NOT NULL, words text);
      INSERT INTO wide SELECT g, g %% 10000, md5(g::text)::uuid, 'state ' || g %% 7, g / 7.0, g / 9.0, g / 11.0,
        date '2000-01-01' + g %% 9000, timestamptz '2020-01-01' + g * interval '1 second', timestamp '2021-01-01' + g * interval '1 minute',
        g %% 2 = 0, ARRAY['t' || g %% 10, 'u' || g %% 20], jsonb_build_object('id', g, 'name', md5(g::text), 'list', ARRAY[g, g + 1]),
        ('10.0.' || g %% 256 || '.1')::inet, decode(md5(g::text), 'hex'), repeat(md5(g::text), 3), md5((g + 1)::text), NULL, 'constant', 'v' || g,
        g, -g, g %% 100, g::bigint * 1000000, g / 3.0, g, g / 13.0, g * interval '1 minute', date '1990-01-01' + g %% 5000, repeat('o', g %% 200)
        FROM generate_series(1, %1$d) g;
      INSERT INTO note SELECT g, 1 + g %% %1$d, repeat(md5(g::text), 4) FROM generate_series(1, %1$d) g;
      ALTER TABLE wide ADD PRIMARY KEY (id);
      CREATE INDEX wide_customer ON wide (customer, made);
      CREATE UNIQUE INDEX wide_code ON wide (code);
      ALTER TABLE note ADD PRIMARY KEY (id), ADD FOREIGN KEY (wide) REFERENCES wide;
      """
          .formatted(size);
    }
  };

  private final String title;
  private final String tables;

  CopyLoad(String title, String tables) {
    this.title = title;
    this.tables = tables;
  }

  String title() {
    return title;
  }

  /** Without schema, parents before children. */
  List<String> tables() {
    return List.of(tables.split(", ", -1));
  }

  /** Makes and fills the tables of the source. */
  abstract String sql(int size);
}
