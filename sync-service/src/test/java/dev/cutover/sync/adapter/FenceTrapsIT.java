package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.sync.domain.FenceWatch;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.WriteGate.FenceEvidence;
import dev.cutover.testkit.KilledServer;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fences that come late, and fences whose server dies: see docs/data-traps.md. */
class FenceTrapsIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();

  private FencedPair world;

  @BeforeEach
  void prepare() throws Exception {
    world = new FencedPair(PAIR);
    world.reset();
    world.prepare(1);
  }

  private static void write(PostgresPair.Server server, String sql) throws SQLException {
    try (Connection shop = server.connect("shop");
        Statement statement = shop.createStatement()) {
      statement.execute(sql);
    }
  }

  private String fence(long epoch) {
    try {
      world.gate.fence(world.fenceSource(epoch));
      return "fenced";
    } catch (GateRefused e) {
      return e.reason().name();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Tag("A7")
  void shouldLeaveTheSourceOpenWhenAFenceThatHungIsOvertakenByAnAbort() throws Exception {
    // given: a fence that waits behind a transaction that nobody can end for it
    write(
        PAIR.source(),
        "BEGIN; UPDATE accounts SET balance = 2 WHERE id = 2; PREPARE TRANSACTION 'payment-7'");
    CompletableFuture<String> hung = CompletableFuture.supplyAsync(() -> fence(2));
    await().atMost(Duration.ofSeconds(15)).until(() -> world.gate.state(world.source).epoch() == 2);

    // when
    world.gate.open(world.openSource(2, 3));
    PAIR.source().execute("COMMIT PREPARED 'payment-7'");

    // then
    assertThat(hung.join()).isEqualTo("NEWER_EPOCH");
    assertThat(world.gate.state(world.source).epoch()).isEqualTo(3);
    assertThat(world.gate.state(world.source).isFenced()).isFalse();
    write(PAIR.source(), "UPDATE accounts SET balance = 3");
    write(PAIR.source(), "INSERT INTO orders(account) VALUES (1)");
    write(PAIR.source(), "CREATE TABLE born(id int)");
  }

  @Test
  @Tag("A9")
  void shouldBeFencedStillWhenTheServerDiesAndComesBack() throws Exception {
    // given
    world.gate.fence(world.fenceSource(7));
    FenceEvidence then = world.gate.evidence(world.source);
    KilledServer server = new KilledServer(PAIR.source());

    // when
    server.kill();
    server.start();

    // then
    assertThat(world.gate.state(world.source).epoch()).isEqualTo(7);
    assertThat(FenceWatch.losses(then, world.gate.evidence(world.source))).isEmpty();
    for (String sql :
        new String[] {
          "UPDATE accounts SET balance = 9", "TRUNCATE orders", "CREATE TABLE born(id int)"
        }) {
      assertThatThrownBy(() -> write(PAIR.source(), sql))
          .hasMessageContaining("refused: cutover fence");
    }
    world.gate.open(world.openSource(7, 8));
    write(PAIR.source(), "UPDATE accounts SET balance = 9");
  }
}
