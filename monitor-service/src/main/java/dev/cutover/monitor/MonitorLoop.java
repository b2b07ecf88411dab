package dev.cutover.monitor;

import dev.cutover.runtime.MessageLoop;
import java.time.Duration;

/** Turns the orders' loop and the outsiders' intake by one thread: neither outlives the other. */
record MonitorLoop(MessageLoop orders, RollbackRequestIntake intake) implements MessageLoop {
  @Override
  public void open() {
    orders.open();
    intake.open();
  }

  @Override
  public void round(Duration wait) {
    orders.round(intake.busy() ? Duration.ZERO : wait);
    intake.round(Duration.ZERO);
  }

  @Override
  public boolean assigned() {
    return orders.assigned() && intake.assigned();
  }

  @Override
  public void wake() {
    orders.wake();
    intake.wake();
  }

  @Override
  public void close() {
    intake.close();
    orders.close();
  }
}
