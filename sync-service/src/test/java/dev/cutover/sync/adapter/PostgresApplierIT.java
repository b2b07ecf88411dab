package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.Direction;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.ChangeFrame;
import dev.cutover.sync.domain.Commit;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Value;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresApplierIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final List<String> COLUMNS = List.of("id", "n");
  private static final Set<String> CALLS =
      Set.of("prepareStatement", "createStatement", "commit", "setAutoCommit");

  private static ReplicationWorld world() throws SQLException {
    ReplicationWorld world =
        new ReplicationWorld(
            PAIR, KAFKA, "CREATE TABLE SCHEMA.t(id int PRIMARY KEY, n int NOT NULL)", "t");
    try (Connection target = world.connect(Side.TARGET)) {
      PostgresSql.update(
          target, "INSERT INTO cutover.position VALUES (?, '0/0', 0, now())", stream(world));
    }
    return world;
  }

  private static String stream(ReplicationWorld world) {
    return StreamName.of(world.spec, Direction.FORWARD);
  }

  private static Row row(int id, int n) {
    return new Row(
        COLUMNS,
        List.of(new Value.Text(Integer.toString(id)), new Value.Text(Integer.toString(n))));
  }

  private static Row key(int id) {
    return new Row(List.of("id"), List.of(new Value.Text(Integer.toString(id))));
  }

  /** Transactions that fail when one of them is left out or applied twice. */
  private static List<ChangeFrame> frames(TableName t, int count) {
    List<ChangeFrame> frames = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      List<Change> changes = new ArrayList<>();
      changes.add(new Change.Insert(t, row(i, i)));
      if (i > 1) {
        changes.add(new Change.Update(t, key(i - 1), row(1000 + i, i)));
      }
      if (i > 2) {
        changes.add(new Change.Delete(t, key(1000 + i - 1)));
      }
      if (i % 3 == 0) {
        changes.add(new Change.Mark("m" + i, Instant.EPOCH));
      }
      frames.add(new ChangeFrame(new Commit(new Lsn(i * 16L), Instant.EPOCH), i, changes));
    }
    return frames;
  }

  private static PostgresApplier applier(
      ReplicationWorld world, Connection connection, Lsn position) throws Exception {
    String owner = UUID.randomUUID().toString();
    try (Connection catalog = world.connect(Side.TARGET)) {
      PostgresApplier.claim(catalog, stream(world), owner);
      Map<TableName, TableShape> shapes = PostgresCatalog.shapes(catalog, world.spec.tables());
      PostgresRefetch refetch = new PostgresRefetch(() -> world.connect(Side.SOURCE), shapes);
      return new PostgresApplier(connection, refetch, stream(world), owner, shapes, position);
    }
  }

  private static Connection open(ReplicationWorld world) throws SQLException {
    return world.connections.open(
        world.spec.target(), DatabaseRole.APPLIER, PostgresSql.textOnly());
  }

  /** A connection that breaks at a call, before it or after it was done. */
  private static Connection breaking(Connection real, int at, boolean isDoneBefore) {
    AtomicInteger calls = new AtomicInteger();
    return (Connection)
        Proxy.newProxyInstance(
            PostgresApplierIT.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> {
              boolean isLast = CALLS.contains(method.getName()) && calls.incrementAndGet() == at;
              if (isLast && !isDoneBefore) {
                real.close();
                throw new SQLException("killed", "08006");
              }
              try {
                Object result = method.invoke(real, arguments);
                if (isLast) {
                  real.close();
                  throw new SQLException("killed", "08006");
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  @Tag("D5")
  void shouldApplyOnceWhenKilledBetweenAnyTwoStatements() throws Exception {
    // given
    try (ReplicationWorld world = world()) {
      List<ChangeFrame> frames = frames(world.table("t"), 25);
      int next = 0;
      int kills = 0;

      // when
      for (int at = 5; next < frames.size(); at = at < 20 ? at + 1 : 5) {
        PostgresApplier.Position position;
        try (Connection target = world.connect(Side.TARGET)) {
          position = PostgresApplier.position(target, stream(world));
        }
        next = (int) position.kafkaOffset();
        try (PostgresApplier applier =
            applier(world, breaking(open(world), at, kills % 3 == 0), position.lsn())) {
          for (; next < frames.size(); next++) {
            applier.apply(frames.subList(next, next + 1));
          }
        } catch (SQLException e) {
          kills++;
        }
      }

      // then
      assertThat(kills).isGreaterThan(10);
      assertThat(world.rows(Side.TARGET, world.table("t")))
          .containsExactlyInAnyOrder("(25,25)", "(1025,25)");
    }
  }

  @Test
  @Tag("D4")
  void shouldStopBeforeAnyRowWhenAnotherApplierHasTakenOver() throws Exception {
    // given
    try (ReplicationWorld world = world();
        PostgresApplier undead = applier(world, open(world), Lsn.ZERO)) {
      List<ChangeFrame> frames = frames(world.table("t"), 3);
      undead.apply(frames.subList(0, 1));

      // when
      try (PostgresApplier current = applier(world, open(world), frames.getFirst().end())) {
        // then: whoever claimed last goes on, whether or not it moved anything yet
        assertThatThrownBy(() -> undead.apply(frames.subList(1, 2)))
            .isInstanceOf(PostgresApplier.Replaced.class)
            .hasMessageContaining("another instance applies it now");
        current.apply(frames.subList(1, 2));
        assertThatThrownBy(() -> undead.apply(frames.subList(2, 3)))
            .isInstanceOf(PostgresApplier.Replaced.class);
        current.apply(frames.subList(2, 3));
      }
      assertThat(world.rows(Side.TARGET, world.table("t"))).hasSize(2);
    }
  }

  // The fence lets nobody but the applier in.
  private static void executeOnTarget(ReplicationWorld world, String sql) throws SQLException {
    try (Connection target = world.connect(Side.TARGET)) {
      PostgresSql.execute(target, sql.replace("SCHEMA", world.schema));
    }
  }

  private static ChangeFrame frame(long end, List<Change> changes) {
    return new ChangeFrame(new Commit(new Lsn(end), Instant.EPOCH), end, changes);
  }

  @Test
  void shouldFindTheConflictWhenManyRowsAreWrittenAtOnce() throws Exception {
    // given
    try (ReplicationWorld world = world();
        PostgresApplier applier = applier(world, open(world), Lsn.ZERO)) {
      TableName t = world.table("t");
      List<Change> inserts = new ArrayList<>();
      List<Change> updates = new ArrayList<>();
      List<Change> deletes = new ArrayList<>();
      for (int i = 1; i <= 60; i++) {
        inserts.add(new Change.Insert(t, row(i, i)));
        updates.add(new Change.Update(t, key(i), row(i, i + 1)));
        updates.add(new Change.Update(t, key(i), row(i, i + 2)));
        deletes.add(new Change.Delete(t, key(i)));
      }
      executeOnTarget(world, "INSERT INTO SCHEMA.t VALUES (30, 7)");

      // when / then
      assertThatThrownBy(() -> applier.apply(List.of(frame(16, inserts))))
          .isInstanceOf(PostgresApplier.Conflict.class)
          .hasMessageContaining("1 changes do not fit")
          .hasMessageContaining("23505")
          .hasMessageContaining("id=30");
      executeOnTarget(world, "DELETE FROM SCHEMA.t");
      applier.apply(List.of(frame(16, inserts)));
      applier.apply(List.of(frame(32, updates)));
      assertThat(world.rows(Side.TARGET, t)).hasSize(60).contains("(1,3)", "(60,62)");
      executeOnTarget(world, "DELETE FROM SCHEMA.t WHERE id = 40");
      for (List<Change> changes : List.of(updates, deletes)) {
        assertThatThrownBy(() -> applier.apply(List.of(frame(48, changes))))
            .isInstanceOf(PostgresApplier.Conflict.class)
            .hasMessageContaining("no row for a change of")
            .hasMessageContaining("id=40");
      }
      assertThat(world.rows(Side.TARGET, t)).hasSize(59).contains("(1,3)");
    }
  }

  @Test
  @Tag("C5")
  void shouldKeepTheOrderWhenATableHasAnotherUniqueKey() throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection ddl = world.server(Side.TARGET).connect("cutover_fencer")) {
      PostgresSql.execute(
          ddl, "ALTER TABLE %s ADD UNIQUE (n)".formatted(PostgresSql.quote(world.table("t"))));
      try (PostgresApplier applier = applier(world, open(world), Lsn.ZERO)) {
        TableName t = world.table("t");
        List<Change> changes = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
          changes.add(new Change.Insert(t, row(i, i)));
        }
        // two rows change places; last values alone would meet each other
        changes.add(new Change.Update(t, key(1), row(1, 1000)));
        changes.add(new Change.Update(t, key(2), row(2, 1)));
        changes.add(new Change.Update(t, key(1), row(1, 2)));

        // when
        applier.apply(List.of(frame(16, changes)));

        // then
        assertThat(world.rows(Side.TARGET, t)).hasSize(60).contains("(1,2)", "(2,1)");
      }
    }
  }
}
