package dev.cutover.validator.adapter.system;

import dev.cutover.contract.ServerAddress;
import dev.cutover.runtime.AllowedHosts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** What a look may touch, and for how long. */
final class Reach {
  private static final String KEY = "CUTOVER_VALIDATOR_ALLOWED_HOSTS";

  private final AllowedHosts allowed;
  private final InstantSource clock;

  Reach(AllowedHosts allowed, InstantSource clock) {
    this.allowed = allowed;
    this.clock = clock;
  }

  Instant now() {
    return clock.instant();
  }

  void require(ServerAddress server) throws Unasked {
    if (!allowed.permits(server.host(), server.port())) {
      throw forbidden(server.toString());
    }
  }

  void require(String url) throws Unasked {
    if (!allowed.permits(url)) {
      throw forbidden(url);
    }
  }

  private static Unasked forbidden(String what) {
    return new Unasked(
        "Expected %s among %s of this service, but it is not: add it there if it may be touched"
            .formatted(what, KEY));
  }

  /** The time of one exchange: its own bound, or what is left. */
  Duration within(int timeoutMs, Instant deadline) throws Unasked {
    long leftMs = Duration.between(clock.instant(), deadline).toMillis();
    if (leftMs <= 0) {
      throw new Unasked("Expected time to ask, but the deadline has passed");
    }
    return Duration.ofMillis(Math.max(1, Math.min(timeoutMs, leftMs)));
  }
}
