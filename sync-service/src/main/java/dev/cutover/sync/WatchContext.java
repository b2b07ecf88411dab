package dev.cutover.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Event;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Pace;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.WriteGate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all that goes on between commands shares.
 *
 * @param reports takes what is said unasked; returns at once, with when it is durable
 */
record WatchContext(
    WriteGate gate,
    Function<Event, CompletableFuture<Void>> reports,
    InstantSource clock,
    Pace pace) {
  private static final Logger LOGGER = LoggerFactory.getLogger(SyncWatch.class);

  /** Work on the gate that nobody waits for. */
  interface Aside {
    void run() throws GateRefused;
  }

  Instant now() {
    return clock.instant();
  }

  void report(Event event) {
    var _ =
        reports
            .apply(event)
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    LOGGER
                        .atWarn()
                        .addKeyValue(LogKeys.CUTOVER_ID, event.cutover())
                        .addKeyValue(LogKeys.CAUSE, failure.toString())
                        .log("report not published");
                  }
                });
  }

  void aside(CutoverId cutover, Aside work) {
    var _ =
        pace.fork(
            "sync-aside",
            () -> {
              try {
                work.run();
                return true;
              } catch (GateRefused e) {
                warn(cutover, "lease not changed", e);
                return false;
              }
            });
  }

  static void log(CutoverId cutover, String message, String reason) {
    LOGGER
        .atInfo()
        .addKeyValue(LogKeys.CUTOVER_ID, cutover)
        .addKeyValue(LogKeys.CAUSE, reason)
        .log(message);
  }

  static void warn(CutoverId cutover, String message, GateRefused e) {
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.CUTOVER_ID, cutover)
        .addKeyValue(LogKeys.CAUSE, e.getMessage())
        .log(message);
  }
}
