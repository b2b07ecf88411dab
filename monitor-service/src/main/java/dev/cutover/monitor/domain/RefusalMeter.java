package dev.cutover.monitor.domain;

import dev.cutover.contract.RollbackRequestRefused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps a flood of refusals from filling the topics: of each sender the first few of a minute are
 * told one by one, the rest as one when the minute is over. All that nobody known has signed counts
 * as one sender. Not safe for several threads.
 */
public final class RefusalMeter {
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int SINGLE_MAX = 5;

  private static final class Minute {
    private final Instant beganAt;
    private int single;
    private int counted;
    private Optional<RollbackRequestRefused> last = Optional.empty();

    private Minute(Instant beganAt) {
      this.beganAt = beganAt;
    }
  }

  private final Map<String, Minute> minutes = new HashMap<>();

  /** Counts a refusal; false when it must not be told by itself. */
  public boolean isSingle(RollbackRequestRefused refused, Instant now) {
    Minute minute = minutes.computeIfAbsent(refused.sender(), _ -> new Minute(now));
    if (minute.single < SINGLE_MAX) {
      minute.single++;
      return true;
    }
    minute.counted++;
    minute.last = Optional.of(refused);
    return false;
  }

  /** Ends the minutes that are over; says what was counted in them. */
  public List<RollbackRequestRefused> due(Instant now) {
    List<RollbackRequestRefused> sums = new ArrayList<>();
    Iterator<Minute> all = minutes.values().iterator();
    while (all.hasNext()) {
      Minute minute = all.next();
      if (!now.isBefore(minute.beganAt.plus(PERIOD))) {
        minute.last.map(last -> sum(last, minute.counted)).ifPresent(sums::add);
        all.remove();
      }
    }
    return sums;
  }

  private static RollbackRequestRefused sum(RollbackRequestRefused last, int count) {
    return new RollbackRequestRefused(
        last.cutover(),
        last.sender(),
        last.why(),
        count,
        last.partition(),
        last.offset(),
        "Expected few refusals of a sender, but %d more of '%s' within a minute were only counted; the last: %s"
            .formatted(count, last.sender(), last.reason()));
  }
}
