package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Direction;
import dev.cutover.contract.Side;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.io.BufferedReader;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a stream needs of memory does not depend on how large a transaction is; takes minutes. */
@Tag("storm")
class BoundedHeapIT {
  private static final int ROWS = Integer.getInteger("rows", 2_000_000);
  private static final String HEAP = System.getProperty("heap", "256m");

  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  @Test
  @Tag("D6")
  void shouldApplyATransactionOfMillionsOfRowsWithASmallHeap() throws Exception {
    // given
    String table = "CREATE TABLE SCHEMA.t(id int PRIMARY KEY, n int, note text, at timestamptz)";
    try (ReplicationWorld world = new ReplicationWorld(PAIR, KAFKA, table, "t")) {
      world.execute(Side.SOURCE, "INSERT INTO SCHEMA.t SELECT g FROM generate_series(-9, 0) g");
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.replicator.stop(world.spec, Direction.FORWARD);
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.t SELECT g, g, md5(g::text), now() FROM generate_series(1, %d) g"
              .formatted(ROWS));
      world.execute(Side.SOURCE, "UPDATE SCHEMA.t SET n = -1 WHERE id % 4 = 0");
      world.execute(Side.SOURCE, "INSERT INTO cutover.marker VALUES ('SCHEMA-large', now())");

      // when
      long startedNanos = System.nanoTime();
      Process process = StreamProcess.start(world, HEAP, world.schema + "-large");
      List<String> told;
      try (BufferedReader output = process.inputReader()) {
        told = output.lines().toList();
      }
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();

      // then
      assertThat(told).as("what the process told").anyMatch(line -> line.startsWith("PASSED"));
      System.out.printf(
          "%d rows in one transaction, a quarter changed in the next: %s, %d s%n",
          ROWS, told.getLast(), (System.nanoTime() - startedNanos) / 1_000_000_000);
      for (String sum :
          List.of(
              "count(*)", "sum(hashtextextended(t::text, 0))", "count(*) FILTER (WHERE n = -1)")) {
        String sql = "SELECT %s FROM %s.t t".formatted(sum, world.schema);
        try (var source = PAIR.source().connect("postgres");
            var target = PAIR.target().connect("postgres")) {
          PostgresSql.pin(source);
          PostgresSql.pin(target);
          assertThat(PostgresSql.query(target, sql))
              .as(sum)
              .isEqualTo(PostgresSql.query(source, sql));
        }
      }
    }
  }
}
