package dev.cutover.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Orders to the validator-service. */
public sealed interface ValidatorCommand extends Command {
  /** Compares both databases in full, while streams may run: lag is never taken for damage. */
  record CompareData(CommandHeader header, ReplicationSpec spec, List<DataCheck> checks)
      implements ValidatorCommand {
    public CompareData {
      checks = List.copyOf(checks);
    }

    @Override
    public CompareData withHeader(CommandHeader header) {
      return new CompareData(header, spec, checks);
    }
  }

  /**
   * Compares what changed since the last pass, while a stream runs: lag is never taken for damage.
   * Its match leaves the next pass, or the final validation, only what changes from then on. A
   * table of which no pass is known is compared in full.
   *
   * @param direction of the stream that runs: forward before the switch, reverse after it
   */
  record CompareChanged(CommandHeader header, ReplicationSpec spec, Direction direction)
      implements ValidatorCommand {
    @Override
    public CompareChanged withHeader(CommandHeader header) {
      return new CompareChanged(header, spec, direction);
    }
  }

  /**
   * Inside the write outage: both sides are fenced and drained; checks only what can have changed
   * since the last full pass.
   *
   * @param lastFullPassAt when {@link CompareData} last matched; its age is part of the evidence
   * @param budget how long it may take; past it the outcome is inconclusive
   */
  record ValidateFinal(
      CommandHeader header, ReplicationSpec spec, Instant lastFullPassAt, Duration budget)
      implements ValidatorCommand {
    @Override
    public ValidateFinal withHeader(CommandHeader header) {
      return new ValidateFinal(header, spec, lastFullPassAt, budget);
    }
  }

  /** Runs checks that concern one side, such as HTTP flows. */
  record RunChecks(CommandHeader header, Side side, List<DataCheck> checks)
      implements ValidatorCommand {
    public RunChecks {
      checks = List.copyOf(checks);
    }

    @Override
    public RunChecks withHeader(CommandHeader header) {
      return new RunChecks(header, side, checks);
    }
  }
}
