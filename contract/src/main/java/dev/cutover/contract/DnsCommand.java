package dev.cutover.contract;

import java.util.List;

/** Orders to the dns-service. */
public sealed interface DnsCommand extends Command {
  /** The switch that it is about. */
  SwitchSpec spec();

  /** Reads the exact record sets, with TTL, from the primary. Changes nothing. */
  record CaptureRecords(CommandHeader header, SwitchSpec spec) implements DnsCommand {
    @Override
    public CaptureRecords withHeader(CommandHeader header) {
      return new CaptureRecords(header, spec);
    }
  }

  /**
   * Computes and pins the forward and the revert change, proves the right to update, and writes the
   * epoch mark {@code _cutover.<name>} of each name.
   */
  record StageSwitch(CommandHeader header, SwitchSpec spec, List<RecordSet> captured)
      implements DnsCommand {
    public StageSwitch {
      captured = List.copyOf(captured);
    }

    @Override
    public StageSwitch withHeader(CommandHeader header) {
      return new StageSwitch(header, spec, captured);
    }
  }

  /** Lowers the TTL of the captured sets, values unchanged, and proves it at every authority. */
  record LowerTtl(CommandHeader header, SwitchSpec spec, List<RecordSet> captured)
      implements DnsCommand {
    public LowerTtl {
      captured = List.copyOf(captured);
    }

    @Override
    public LowerTtl withHeader(CommandHeader header) {
      return new LowerTtl(header, spec, captured);
    }
  }

  /**
   * Replaces the source's sets by the target's in one conditional change.
   *
   * @param expectedEpoch the mark that must be there; any other means that this order is void
   */
  record ShiftTraffic(CommandHeader header, SwitchSpec spec, long expectedEpoch)
      implements DnsCommand {
    @Override
    public ShiftTraffic withHeader(CommandHeader header) {
      return new ShiftTraffic(header, spec, expectedEpoch);
    }
  }

  /** Proves at every authority, then at resolvers, that exactly that side's sets are served. */
  record VerifyTraffic(CommandHeader header, SwitchSpec spec, Side side) implements DnsCommand {
    @Override
    public VerifyTraffic withHeader(CommandHeader header) {
      return new VerifyTraffic(header, spec, side);
    }
  }

  /**
   * Puts the source's sets back. Takes effect over any lower mark, and always writes its epoch,
   * also when the records are at the source already: a shift may be under way.
   */
  record RevertTraffic(CommandHeader header, SwitchSpec spec) implements DnsCommand {
    @Override
    public RevertTraffic withHeader(CommandHeader header) {
      return new RevertTraffic(header, spec);
    }
  }

  /**
   * Gives the sets that are served now their captured TTL back.
   *
   * @param captured as in {@link DnsReply.RecordsCaptured}; only name, type and TTL are used
   */
  record RestoreTtl(CommandHeader header, SwitchSpec spec, List<RecordSet> captured)
      implements DnsCommand {
    public RestoreTtl {
      captured = List.copyOf(captured);
    }

    @Override
    public RestoreTtl withHeader(CommandHeader header) {
      return new RestoreTtl(header, spec, captured);
    }
  }
}
