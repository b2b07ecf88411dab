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

  /**
   * Judges the target against its objectives until stopped. Standing. Its warm-up begins when it
   * arrives; told again to a new instance, it carries what is left of it.
   */
  record WatchHealth(CommandHeader header, WatchSpec spec, HealthBaseline baseline)
      implements MonitorCommand {
    @Override
    public WatchHealth withHeader(CommandHeader header) {
      return new WatchHealth(header, spec, baseline);
    }

    /** The same for an instance that begins so much later: only the rest of the warm-up is left. */
    public WatchHealth laterBy(Duration elapsed) {
      Objectives objectives = spec.objectives();
      return new WatchHealth(
          header,
          spec.withObjectives(
              objectives.withWarmUp(objectives.warmUp().flatMap(warmUp -> warmUp.after(elapsed)))),
          baseline);
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
