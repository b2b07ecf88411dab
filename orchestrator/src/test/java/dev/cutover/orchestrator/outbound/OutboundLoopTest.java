package dev.cutover.orchestrator.outbound;

import static org.awaitility.Awaitility.await;

import dev.cutover.runtime.LogException;
import dev.cutover.runtime.MessageLoop;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutboundLoopTest {
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void shouldMakeTheLoopAnewWhenItFails() {
    try (OutboundLoop outbound = OutboundLoop.start(this::loop)) {
      await().atMost(Duration.ofSeconds(20)).until(outbound::assigned);
      await().until(() -> made.get() == 2 && closed.get() == 1);
    }
    await().until(() -> closed.get() == 2);
  }

  /** The first one breaks. */
  private MessageLoop loop() {
    boolean breaks = made.incrementAndGet() == 1;
    return new MessageLoop() {
      @Override
      public void open() {}

      @Override
      public void round(Duration wait) {
        if (breaks) {
          throw new LogException("the broker is gone", null);
        }
      }

      @Override
      public boolean assigned() {
        return !breaks;
      }

      @Override
      public void wake() {}

      @Override
      public void close() {
        closed.incrementAndGet();
      }
    };
  }
}
