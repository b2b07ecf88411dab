package dev.cutover.dns;

import dev.cutover.dns.NameCheck.Look;
import dev.cutover.dns.domain.proof.Inquiry;
import dev.cutover.dns.domain.proof.Undiscovered;
import dev.cutover.dns.domain.proof.WatchMemory;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.function.Consumer;

/** Looks at a name again and again, until all serve what they should or the time is over. */
public final class NameWatch {
  private final NameCheck check;
  private final Pace pace;

  public NameWatch(NameCheck check, Pace pace) {
    this.check = check;
    this.pace = pace;
  }

  /**
   * @param within how long to look; the last look may end later by what its answers take
   * @param every from the end of one look to the next
   * @param seen gets every look
   * @return the last look
   * @throws Undiscovered if at the first look nobody was found who answers for the name
   */
  public Look run(Inquiry inquiry, Duration within, Duration every, Consumer<Look> seen)
      throws Undiscovered, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    Look look = check.look(inquiry, WatchMemory.empty(true));
    seen.accept(look);
    while (!look.report().agrees()) {
      Duration left = Duration.ofNanos(endNanos - pace.nanoTime());
      if (!left.isPositive()) {
        break;
      }
      pace.sleep(left.compareTo(every) < 0 ? left : every);
      look = check.look(inquiry, look.memory());
      seen.accept(look);
    }
    return look;
  }
}
