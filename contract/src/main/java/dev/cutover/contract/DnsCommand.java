package dev.cutover.contract;

import dev.cutover.contract.RecordsObserved.RecordDrift;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Orders to the dns-service. */
public sealed interface DnsCommand extends Command {
  /** The switch that it is about. */
  SwitchSpec spec();

  /**
   * Reads the exact record sets, with TTL, from the primary. Changes nothing.
   *
   * @param signedUntil when the cutover is over, but for TTLs that are waited out: signatures of a
   *     signed zone must last as long. Empty where it is not known
   */
  record CaptureRecords(CommandHeader header, SwitchSpec spec, Optional<Instant> signedUntil)
      implements DnsCommand {
    /** Of a cutover whose end is not known. */
    public CaptureRecords(CommandHeader header, SwitchSpec spec) {
      this(header, spec, Optional.empty());
    }

    @Override
    public CaptureRecords withHeader(CommandHeader header) {
      return new CaptureRecords(header, spec, signedUntil);
    }
  }

  /**
   * Computes and pins the forward and the revert change, proves the right to update, and writes the
   * epoch mark {@code _cutover.<name>} of each name.
   */
  record StageSwitch(
      CommandHeader header,
      SwitchSpec spec,
      List<RecordSet> captured,
      Optional<List<ViewRecords>> views)
      implements DnsCommand {
    public StageSwitch {
      captured = List.copyOf(captured);
      views = views.map(List::copyOf);
    }

    /** Of a switch without views. */
    public StageSwitch(CommandHeader header, SwitchSpec spec, List<RecordSet> captured) {
      this(header, spec, captured, Optional.empty());
    }

    @Override
    public StageSwitch withHeader(CommandHeader header) {
      return new StageSwitch(header, spec, captured, views);
    }
  }

  /** Lowers the TTL of the captured sets, values unchanged, and proves it at every authority. */
  record LowerTtl(
      CommandHeader header,
      SwitchSpec spec,
      List<RecordSet> captured,
      Optional<List<ViewRecords>> views)
      implements DnsCommand {
    public LowerTtl {
      captured = List.copyOf(captured);
      views = views.map(List::copyOf);
    }

    /** Of a switch without views. */
    public LowerTtl(CommandHeader header, SwitchSpec spec, List<RecordSet> captured) {
      this(header, spec, captured, Optional.empty());
    }

    @Override
    public LowerTtl withHeader(CommandHeader header) {
      return new LowerTtl(header, spec, captured, views);
    }
  }

  /**
   * Replaces the source's sets by the target's in one conditional change.
   *
   * @param expectedEpoch the mark that must be there; any other means that this order is void
   * @param weightPercent how much of the traffic the target gets, 1 to 100; 100 is all of it.
   *     Refused below 100 by a switch without weights
   */
  record ShiftTraffic(CommandHeader header, SwitchSpec spec, long expectedEpoch, int weightPercent)
      implements DnsCommand {
    public ShiftTraffic {
      Arguments.require(
          weightPercent >= 1 && weightPercent <= 100,
          "Expected a weight of 1 to 100 percent, but got " + weightPercent);
    }

    @Override
    public ShiftTraffic withHeader(CommandHeader header) {
      return new ShiftTraffic(header, spec, expectedEpoch, weightPercent);
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
   * Proves what a view serves, from where its people are. Only dns-service instances of that
   * vantage point take it; the others leave it to them, and say nothing.
   *
   * @param spec the view's own switch
   */
  record VerifyView(CommandHeader header, SwitchSpec spec, Side side, String view, String vantage)
      implements DnsCommand {
    @Override
    public VerifyView withHeader(CommandHeader header) {
      return new VerifyView(header, spec, side, view, vantage);
    }
  }

  /**
   * Proves at every authority that traffic is shared out by that weight: each answers with the
   * values of both sides, and how often does not speak against it.
   */
  record VerifySplit(CommandHeader header, SwitchSpec spec, int weightPercent)
      implements DnsCommand {
    public VerifySplit {
      Arguments.require(
          weightPercent >= 1 && weightPercent <= 99,
          "Expected a weight of 1 to 99 percent, but got " + weightPercent);
    }

    @Override
    public VerifySplit withHeader(CommandHeader header) {
      return new VerifySplit(header, spec, weightPercent);
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
   * Puts back what somebody else changed after a shift: what was seen becomes again what the shift
   * left, if it is still there and the mark is the expected one. One conditional change for each
   * zone, which leaves its own mark; a drift that is not exactly there any more is refused.
   *
   * @param expectedEpoch the mark that must be there; any other means that this order is void
   * @param weightPercent how much of the traffic the target has by the last shift, 1 to 100
   * @param drifts what the primaries held instead, as {@link RecordsObserved} told; all of it
   */
  record PutBackRecords(
      CommandHeader header,
      SwitchSpec spec,
      long expectedEpoch,
      int weightPercent,
      List<RecordDrift> drifts)
      implements DnsCommand {
    public PutBackRecords {
      drifts = List.copyOf(drifts);
      Arguments.require(
          weightPercent >= 1 && weightPercent <= 100,
          "Expected a weight of 1 to 100 percent, but got " + weightPercent);
      Arguments.require(!drifts.isEmpty(), "Expected something to put back, but got nothing");
    }

    /** What of it is about one zone. */
    public List<RecordDrift> driftsOf(String view) {
      return drifts.stream().filter(drift -> drift.view().orElse("").equals(view)).toList();
    }

    @Override
    public PutBackRecords withHeader(CommandHeader header) {
      return new PutBackRecords(header, spec, expectedEpoch, weightPercent, drifts);
    }
  }

  /**
   * Compares the records with what is expected, again and again, and says so as {@link
   * RecordsObserved}. Standing, from the capture on, until {@link RestoreTtl}. What later orders of
   * this cutover change is no drift: the service learns it from them. Told again to a new instance,
   * the order carries what is expected by then.
   *
   * @param markEpoch the mark that the last answered order of this cutover left; 0 for none. Where
   *     a later mark of this cutover is found, an order passed that this one does not know yet
   * @param expected the sets with their TTL as this cutover's last answered order left them: the
   *     captured ones, then {@link SwitchSpec#lowered}, then {@link SwitchSpec#served}
   * @param before what they were before that order: secondaries may still follow; empty when that
   *     is not known
   * @param views the same of each view; empty where there are none
   */
  record WatchRecords(
      CommandHeader header,
      SwitchSpec spec,
      long markEpoch,
      List<RecordSet> expected,
      List<RecordSet> before,
      Optional<List<WatchedView>> views)
      implements DnsCommand {
    public WatchRecords {
      expected = List.copyOf(expected);
      before = List.copyOf(before);
      views = views.map(List::copyOf);
    }

    /** Of a switch without views. */
    public WatchRecords(
        CommandHeader header,
        SwitchSpec spec,
        long markEpoch,
        List<RecordSet> expected,
        List<RecordSet> before) {
      this(header, spec, markEpoch, expected, before, Optional.empty());
    }

    @Override
    public WatchRecords withHeader(CommandHeader header) {
      return new WatchRecords(header, spec, markEpoch, expected, before, views);
    }
  }

  /** What {@link WatchRecords} says, of one view. */
  record WatchedView(String view, List<RecordSet> expected, List<RecordSet> before) {
    public WatchedView {
      expected = List.copyOf(expected);
      before = List.copyOf(before);
    }
  }

  /** Reads how the switch stands at every authority, and proves the way back. Changes nothing. */
  record ReadSwitch(CommandHeader header, SwitchSpec spec) implements DnsCommand {
    @Override
    public ReadSwitch withHeader(CommandHeader header) {
      return new ReadSwitch(header, spec);
    }
  }

  /**
   * Gives the sets that are served now their captured TTL back.
   *
   * @param captured as in {@link DnsReply.RecordsCaptured}; only name, type and TTL are used
   */
  record RestoreTtl(
      CommandHeader header,
      SwitchSpec spec,
      List<RecordSet> captured,
      Optional<List<ViewRecords>> views)
      implements DnsCommand {
    public RestoreTtl {
      captured = List.copyOf(captured);
      views = views.map(List::copyOf);
    }

    /** Of a switch without views. */
    public RestoreTtl(CommandHeader header, SwitchSpec spec, List<RecordSet> captured) {
      this(header, spec, captured, Optional.empty());
    }

    @Override
    public RestoreTtl withHeader(CommandHeader header) {
      return new RestoreTtl(header, spec, captured, views);
    }
  }
}
