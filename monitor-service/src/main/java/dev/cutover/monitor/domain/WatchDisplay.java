package dev.cutover.monitor.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.HealthReported;

/** Shows people how watches stand. Returns at once and never throws. */
public interface WatchDisplay {
  /** Shows nothing. */
  WatchDisplay NONE =
      new WatchDisplay() {
        @Override
        public void show(HealthReported report) {}

        @Override
        public void end(CutoverId cutover) {}
      };

  /** Shows what a watch says now, in place of what it said before. */
  void show(HealthReported report);

  /** Shows that watch no more. */
  void end(CutoverId cutover);
}
