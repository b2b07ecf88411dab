package dev.cutover.contract;

import java.time.Duration;

/** Orders to the monitor-service. */
public sealed interface MonitorCommand extends Command {
  /** Measures the source for a while; refused when too thin to judge by. */
  record LearnBaseline(CommandHeader header, WatchSpec spec, Duration span)
      implements MonitorCommand {
    @Override
    public LearnBaseline withHeader(CommandHeader header) {
      return new LearnBaseline(header, spec, span);
    }
  }

  /** Judges the target against its objectives until stopped. Standing. */
  record WatchHealth(CommandHeader header, WatchSpec spec, HealthBaseline baseline)
      implements MonitorCommand {
    @Override
    public WatchHealth withHeader(CommandHeader header) {
      return new WatchHealth(header, spec, baseline);
    }
  }

  /** Ends the watch. */
  record StopWatching(CommandHeader header) implements MonitorCommand {
    @Override
    public StopWatching withHeader(CommandHeader header) {
      return new StopWatching(header);
    }
  }
}
