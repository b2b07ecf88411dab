package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.CopyTerms;
import dev.cutover.contract.CopyTerms.SchemaOrigin;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ForwardMode;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.Credentials;
import dev.cutover.sync.domain.HostingProvider;
import dev.cutover.sync.domain.Preflight.Findings;
import dev.cutover.sync.domain.SideRights;
import dev.cutover.sync.domain.WriteGate.Fenced;
import dev.cutover.testkit.PostgresPair;
import dev.cutover.testkit.Subscriber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class PostgresPreflightIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  private static final Set<String> VERIFIED = Set.of("int8", "int4", "text", "enum");

  private FencedPair world;
  private PostgresSequences sequences;
  private PostgresPreflight preflight;

  @BeforeEach
  void reset() throws Exception {
    world = new FencedPair(PAIR);
    world.reset();
    sequences = new PostgresSequences(world.connections);
    preflight = new PostgresPreflight(world.connections, sequences, VERIFIED::contains);
  }

  @Test
  void shouldFindNoFaultAndNameTablesThatStayBehind() throws Exception {
    // when
    Findings findings = preflight.examine(spec("accounts", "orders", "measures"));

    // then
    assertThat(findings.faults()).isEmpty();
    assertThat(findings.refetchedColumns()).isEmpty();
    assertThat(findings.warnings())
        .anySatisfy(
            warning ->
                assertThat(warning)
                    .contains("public.audit, public.sessions")
                    .doesNotContain("measures_1"))
        .anySatisfy(warning -> assertThat(warning).contains("max_slot_wal_keep_size"));
  }

  @Test
  @Tag("C15")
  void shouldSayWhatIsWrongWithEachTable() throws Exception {
    // given
    both("CREATE TABLE keyless(id int)");
    both(
        "CREATE TABLE secret(id bigint PRIMARY KEY); ALTER TABLE secret ENABLE ROW LEVEL SECURITY");
    both("CREATE TABLE changed(id bigint PRIMARY KEY, total bigint, extra text)");
    PAIR.target()
        .execute(
            "ALTER TABLE changed ALTER COLUMN total TYPE int, DROP COLUMN extra, ADD needed text NOT NULL");
    PAIR.source().execute("CREATE TABLE lonely(id bigint PRIMARY KEY)");

    // when
    Findings findings =
        preflight.examine(spec("keyless", "secret", "changed", "lonely", "sessions", "nowhere"));

    // then
    assertThat(findings.faults())
        .anySatisfy(
            fault -> assertThat(fault).contains("primary key on public.keyless", "ADD PRIMARY KEY"))
        .anySatisfy(fault -> assertThat(fault).contains("public.secret", "BYPASSRLS"))
        .anySatisfy(
            fault -> assertThat(fault).contains("public.changed.total", "bigint", "integer"))
        .anySatisfy(fault -> assertThat(fault).contains("public.changed.extra on the target"))
        .anySatisfy(fault -> assertThat(fault).contains("public.changed.needed"))
        .anySatisfy(fault -> assertThat(fault).contains("public.lonely on the target"))
        .anySatisfy(fault -> assertThat(fault).contains("public.sessions", "UNLOGGED"))
        .anySatisfy(fault -> assertThat(fault).contains("public.nowhere on the source"))
        .allSatisfy(fault -> assertThat(fault).startsWith("Expected ").contains(": "));
  }

  @Test
  void shouldListColumnsThatAreRefetchedAndRefuseThemAsKeys() throws Exception {
    // given
    both("CREATE DOMAIN amount AS bigint; CREATE TYPE mood AS ENUM ('good')");
    both(
        "CREATE TABLE odd(id bigint PRIMARY KEY, tags text[], at timetz, price amount, mood mood,"
            + " twice bigint GENERATED ALWAYS AS (id * 2) STORED)");
    both("CREATE TABLE intervals(id interval PRIMARY KEY)");
    PAIR.source().execute("INSERT INTO odd VALUES (1, NULL, '10:00:00+05:30:15', 1, 'good')");

    // when
    Findings keys = preflight.examine(spec("odd", "intervals"));
    Findings seconds = preflight.examine(spec("odd"));

    // then
    assertThat(keys.refetchedColumns())
        .containsExactly("public.odd.tags", "public.odd.at", "public.intervals.id");
    assertThat(keys.faults()).singleElement().asString().contains("key of public.intervals");
    assertThat(seconds.faults()).singleElement().asString().contains("seconds in the offsets");
    both("DROP TABLE odd, intervals; DROP DOMAIN amount; DROP TYPE mood");
  }

  @Test
  @Tag("C14")
  @Tag("A3")
  void shouldRefuseWhatStreamAndFenceCannotSee() throws Exception {
    // given
    PAIR.source().execute("SELECT lo_create(4711)");
    PAIR.source()
        .execute("SELECT pg_create_logical_replication_slot('cutover_shop_forward', 'pgoutput')");
    PAIR.source().execute("CREATE PUBLICATION native FOR TABLE accounts");
    PAIR.target()
        .execute(
            "CREATE SUBSCRIPTION native CONNECTION 'dbname=nowhere' PUBLICATION native WITH (connect = false)");
    PAIR.target().execute("ALTER SUBSCRIPTION native SET (slot_name = 'native')");
    PAIR.target().execute("ALTER SUBSCRIPTION native ENABLE");
    PAIR.target()
        .execute(
            "INSERT INTO pg_subscription_rel SELECT oid, 'accounts'::regclass, 'r' FROM pg_subscription");
    PAIR.source()
        .execute(
            "BEGIN; UPDATE accounts SET balance = 2 WHERE id = 2; PREPARE TRANSACTION 'old-1'");
    try {
      // when
      Findings findings = preflight.examine(spec("accounts"));

      // then
      assertThat(findings.faults())
          .anySatisfy(fault -> assertThat(fault).contains("large objects"))
          .anySatisfy(
              fault ->
                  assertThat(fault).contains("cutover_shop_forward", "pg_drop_replication_slot"))
          .anySatisfy(fault -> assertThat(fault).contains("native writes accounts"));
      assertThat(findings.warnings()).anySatisfy(w -> assertThat(w).contains("old-1"));
    } finally {
      PAIR.source().execute("ROLLBACK PREPARED 'old-1'");
      PAIR.source().execute("SELECT pg_drop_replication_slot('cutover_shop_forward')");
      PAIR.source().execute("SELECT lo_unlink(4711)");
      PAIR.target().execute("ALTER SUBSCRIPTION native DISABLE");
      PAIR.target().execute("ALTER SUBSCRIPTION native SET (slot_name = NONE)");
      PAIR.target().execute("DROP SUBSCRIPTION native");
    }
  }

  @Test
  @Tag("C7")
  void shouldWarnOfTriggersThatFireForReplicatedRows() throws Exception {
    // given
    PAIR.target()
        .execute(
            "CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit(what) VALUES (1); RETURN NULL; END';"
                + " CREATE TRIGGER plain AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION counted();"
                + " CREATE TRIGGER always AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION counted();"
                + " ALTER TABLE accounts ENABLE ALWAYS TRIGGER always");

    // when
    Findings findings = preflight.examine(spec("accounts"));

    // then
    assertThat(findings.warnings())
        .filteredOn(warning -> warning.contains("fire for replicated rows"))
        .singleElement()
        .asString()
        .contains("public.accounts: always")
        .doesNotContain("plain");
  }

  @Test
  @Tag("C6")
  void shouldWarnOfForeignKeysThatLeaveThePlan() throws Exception {
    // given
    both("ALTER TABLE orders ADD CONSTRAINT leaves FOREIGN KEY (account) REFERENCES accounts");

    // when
    Findings outside = preflight.examine(spec("orders"));
    Findings inside = preflight.examine(spec("orders", "accounts"));

    // then
    assertThat(outside.warnings())
        .filteredOn(warning -> warning.contains("leaves of"))
        .hasSize(2)
        .allSatisfy(warning -> assertThat(warning).contains("take those tables into the plan"));
    assertThat(inside.warnings()).noneSatisfy(warning -> assertThat(warning).contains("leaves of"));
  }

  @Test
  void shouldSayWhichGrantsAreMissing() throws Exception {
    // given
    PAIR.source()
        .execute(
            "DROP ROLE IF EXISTS weak_fencer, weak_applier; CREATE ROLE weak_fencer LOGIN PASSWORD 'w';"
                + " CREATE ROLE weak_applier LOGIN PASSWORD 'w'");
    Map<String, String> entries = new TreeMap<>(PostgresPair.credentials("target"));
    for (String role : List.of("fencer", "applier")) {
      entries.put("weak." + role + ".user", "weak_" + role);
      entries.put("weak." + role + ".password", "w");
    }
    PostgresConnections weak = new PostgresConnections(Credentials.of(entries));
    DatabaseEndpoint source =
        new DatabaseEndpoint(world.source.host(), world.source.port(), "shop", "weak");
    ReplicationSpec spec =
        new ReplicationSpec(
            "shop", source, world.target, List.of(new TableName("public", "accounts")), true, 10);

    // when
    List<String> faults = new java.util.ArrayList<>();
    List<String> warnings = new java.util.ArrayList<>();
    SideRights rights = new PostgresServerCheck(weak, spec, Side.SOURCE).examine(faults, warnings);
    var noSchema =
        new PostgresCutoverSchema(weak).install(source, Side.SOURCE, FencedPair.step("prepare"), 1);
    PAIR.source().execute("GRANT CREATE ON DATABASE shop TO weak_fencer");
    var noTables =
        new PostgresCutoverSchema(weak).install(source, Side.SOURCE, FencedPair.step("prepare"), 1);
    PAIR.source().execute("GRANT shop TO weak_fencer");
    var ready =
        new PostgresCutoverSchema(weak).install(source, Side.SOURCE, FencedPair.step("prepare"), 1);

    // then
    assertThat(faults)
        .anySatisfy(
            fault -> assertThat(fault).contains("GRANT pg_signal_backend TO \"weak_fencer\""))
        .anySatisfy(
            fault -> assertThat(fault).contains("GRANT pg_read_all_stats TO \"weak_fencer\""))
        .anySatisfy(fault -> assertThat(fault).contains("ALTER ROLE \"weak_applier\" REPLICATION"))
        .anySatisfy(fault -> assertThat(fault).contains("GRANT \"shop\" TO \"weak_fencer\""))
        .anySatisfy(fault -> assertThat(fault).contains("GRANT CREATE ON DATABASE \"shop\""));
    assertThat(rights.superusers()).containsExactly("cutover_fencer", "postgres");
    assertThat(rights.unreached()).containsExactly("shop");
    assertThat(rights.script())
        .first()
        .asString()
        .startsWith("-- The source localhost:")
        .endsWith("self: run as a superuser, connected to this database.");
    assertThat(rights.at(HostingProvider.RDS).script())
        .contains("GRANT rds_replication TO \"weak_applier\";")
        .contains("GRANT rds_superuser TO \"weak_fencer\";");
    assertThat(PAIR.source())
        .satisfies(
            server -> {
              try (var connection = server.connect("postgres")) {
                assertThat(
                        PostgresSql.texts(
                            connection,
                            "SELECT nspname FROM pg_namespace WHERE nspname = 'cutover_check' UNION ALL SELECT pubname FROM pg_publication UNION ALL SELECT evtname FROM pg_event_trigger UNION ALL SELECT roname FROM pg_replication_origin"))
                    .as("nothing stays")
                    .isEmpty();
              }
            });
    assertThat(warnings)
        .anySatisfy(
            warning -> assertThat(warning).contains("GRANT SET ON PARAMETER deadlock_timeout"))
        .anySatisfy(
            warning ->
                assertThat(warning).contains("GRANT SET ON PARAMETER session_replication_role"));
    assertThat(noSchema.faults()).singleElement().asString().contains("GRANT CREATE ON DATABASE");
    assertThat(noTables.faults())
        .anySatisfy(fault -> assertThat(fault).contains("GRANT shop TO weak_fencer"));
    assertThat(ready.faults()).isEmpty();
    assertThat(ready.warnings()).anySatisfy(w -> assertThat(w).contains("event trigger"));
    Fenced fenced =
        new PostgresWriteGate(weak, java.time.InstantSource.system())
            .fence(world.fence(source, 2, false));
    assertThat(fenced.ddlRefused()).isFalse();
    assertThat(fenced.unreached()).containsExactly("shop");
  }

  @Test
  void shouldSayWhatServersNeedToReplicateByThemselves() throws Exception {
    // given
    ReplicationSpec spec =
        new ReplicationSpec(
            "shop",
            world.source,
            world.target,
            List.of(new TableName("public", "accounts")),
            true,
            10,
            Optional.of(new CopyTerms(SchemaOrigin.CARRY, Optional.empty(), Optional.empty())),
            Optional.of(ForwardMode.NATIVE),
            Optional.empty());
    List<String> source = new ArrayList<>();
    List<String> target = new ArrayList<>();
    String own =
        "CREATE SUBSCRIPTION cutover_shop_forward CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)";
    // when
    new PostgresServerCheck(world.connections, spec, Side.SOURCE)
        .examine(source, new ArrayList<>());
    new PostgresServerCheck(world.connections, spec, Side.TARGET)
        .examine(target, new ArrayList<>());
    // then
    assertThat(source)
        .anySatisfy(fault -> assertThat(fault).contains("to be there for 'forward: native'"))
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .contains("mark what it applies by a replication origin")
                    .contains(
                        "GRANT EXECUTE ON FUNCTION pg_replication_origin_session_setup(text) TO \"cutover_applier\""));
    assertThat(target)
        .anySatisfy(
            fault ->
                assertThat(fault).contains("GRANT pg_create_subscription TO \"cutover_applier\""));
    // when
    Subscriber.grant(PAIR);
    PAIR.target().execute(own);
    PAIR.target()
        .execute(
            "INSERT INTO pg_subscription_rel SELECT oid, 'accounts'::regclass, 'r' FROM pg_subscription");
    PAIR.target().execute("UPDATE pg_subscription SET subenabled = true");
    ReplicationSpec checked =
        new ReplicationSpec(
            "shop",
            world.source,
            world.target,
            spec.tables(),
            true,
            10,
            Optional.empty(),
            Optional.of(ForwardMode.NATIVE),
            Optional.empty());
    try {
      // then
      assertThat(preflight.examine(checked).faults()).isEmpty();
      assertThat(preflight.examine(spec("accounts")).faults())
          .as("to a stream of ours it is in the way")
          .anySatisfy(fault -> assertThat(fault).contains("cutover_shop_forward writes accounts"));
    } finally {
      PAIR.target().execute("UPDATE pg_subscription SET subenabled = false");
      PAIR.target().execute("DROP SUBSCRIPTION cutover_shop_forward");
    }
  }

  @Test
  void shouldSayWhatStandsInTheWayOfApplyingInOrderAndHowToMendIt() throws Exception {
    // given
    PAIR.source()
        .execute(
            """
            CREATE TABLE lines(account bigint REFERENCES accounts ON UPDATE CASCADE, n int, PRIMARY KEY(account, n));
            CREATE TABLE children(id bigint PRIMARY KEY, account bigint REFERENCES accounts ON DELETE CASCADE);
            CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER plain AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION noted();
            CREATE TRIGGER conditional AFTER UPDATE ON accounts FOR EACH ROW WHEN (new.balance > 1 OR old.balance > 1) EXECUTE FUNCTION noted();
            CREATE TRIGGER leaves_it_out AFTER UPDATE ON accounts FOR EACH ROW
              WHEN (session_user <> 'cutover_applier' AND (new.balance > 1 OR old.balance > 1)) EXECUTE FUNCTION noted();
            CREATE TRIGGER catches_it AFTER UPDATE ON accounts FOR EACH ROW
              WHEN (session_user <> 'cutover_applier' AND new.balance > 1 OR old.balance > 1) EXECUTE FUNCTION noted();
            CREATE TRIGGER off AFTER DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION noted();
            ALTER TABLE accounts DISABLE TRIGGER off;
            CREATE RULE quiet AS ON DELETE TO accounts DO ALSO NOTHING""");
    try (PostgresSession fencer =
        PostgresSession.open(world.connections, world.source, DatabaseRole.FENCER)) {
      InOrderCheck check =
          new InOrderCheck(
              fencer, spec("accounts", "lines", "children"), "the source", "cutover_applier");

      // when
      List<String> faults = check.faults();
      for (String fault : faults) {
        String mending = fault.substring(fault.indexOf(": ") + 2);
        if (mending.startsWith("CREATE OR REPLACE TRIGGER") || mending.startsWith("ALTER TABLE")) {
          PAIR.source().execute(mending);
        }
      }

      // then
      assertThat(faults)
          .hasSize(6)
          .anySatisfy(fault -> assertThat(fault).contains("trigger plain on public.accounts"))
          .anySatisfy(fault -> assertThat(fault).contains("trigger conditional", "beginning with"))
          .anySatisfy(fault -> assertThat(fault).contains("trigger catches_it"))
          .anySatisfy(fault -> assertThat(fault).contains("quiet on public.accounts"))
          .anySatisfy(fault -> assertThat(fault).contains("lines_account_fkey of public.lines"))
          .anySatisfy(
              fault ->
                  assertThat(fault)
                      .contains(
                          "ALTER TABLE public.children ALTER CONSTRAINT children_account_fkey DEFERRABLE"));
      assertThat(check.faults())
          .hasSize(4)
          .noneSatisfy(fault -> assertThat(fault).contains("plain"))
          .noneSatisfy(fault -> assertThat(fault).contains("DEFERRABLE"));
    }
  }

  @Test
  void shouldReadCredentialsAgainWhereALoginIsRefused(@TempDir Path directory) throws Exception {
    // given
    String lines = "shop.reader.user=%s\nshop.reader.password=cutover_reader\n";
    Path file = Files.writeString(directory.resolve("credentials"), lines.formatted("nobody"));
    PostgresConnections connections = new PostgresConnections(Credentials.load(file));
    DatabaseEndpoint database =
        new DatabaseEndpoint(world.source.host(), world.source.port(), "shop", "shop");
    assertThatThrownBy(() -> connections.open(database, DatabaseRole.READER).close())
        .hasMessageContaining("nobody");

    // when
    Files.writeString(file, lines.formatted("cutover_reader"));

    // then
    try (PostgresSession reader =
        PostgresSession.open(connections, database, DatabaseRole.READER)) {
      assertThat(reader.text("SELECT session_user")).isEqualTo("cutover_reader");
    }
  }

  @Test
  @Tag("C9")
  void shouldSetSequencesAheadBothWaysAndNeverBack() throws Exception {
    // given
    PAIR.source().execute("SELECT setval('orders_id_seq', 1000)");
    PAIR.source().execute("INSERT INTO audit(id, what) VALUES (777, 'x')");
    var plan =
        dev.cutover.sync.domain.SequenceAlignment.plan(
            sequences.read(world.source), sequences.read(world.target), 500);

    // when
    sequences.set(world.target, plan.settings());
    PAIR.target().execute("SELECT nextval('orders_id_seq') FROM generate_series(1, 10)");
    sequences.set(world.target, plan.settings());

    // then
    var target = sequences.read(world.target);
    assertThat(target).hasSize(2);
    assertThat(target.get(1).name()).isEqualTo("public.orders_id_seq");
    assertThat(target.get(1).lastValue()).isEqualTo(1511);
    assertThat(
            dev.cutover.sync.domain.SequenceAlignment.verify(sequences.read(world.source), target))
        .isEmpty();
    assertThat(sequences.highestInRows(world.source))
        .singleElement()
        .satisfies(
            highest -> {
              assertThat(highest.name()).isEqualTo("public.audit_id_seq");
              assertThat(highest.lastValue()).isEqualTo(777);
            });
  }

  private static void both(String sql) {
    PAIR.source().execute(sql);
    PAIR.target().execute(sql);
  }

  private ReplicationSpec spec(String... tables) {
    List<TableName> names =
        java.util.Arrays.stream(tables).map(table -> new TableName("public", table)).toList();
    return new ReplicationSpec("shop", world.source, world.target, names, true, 1000);
  }
}
