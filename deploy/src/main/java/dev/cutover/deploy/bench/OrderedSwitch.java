package dev.cutover.deploy.bench;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.DnsService;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * A switch and the real dns-service, which is given the orders that the orchestrator gives, each
 * with a higher epoch than the last.
 */
final class OrderedSwitch {
  private static final CutoverId CUTOVER = new CutoverId("bench");
  private static final Duration ORDER_MAX = Duration.ofSeconds(150);
  private static final Duration CONVERGED_MAX = Duration.ofSeconds(60);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);

  private final DnsService service;
  private final SwitchSpec spec;
  private List<RecordSet> captured = List.of();
  private long epoch;
  private long markEpoch;

  OrderedSwitch(DnsService service, SwitchSpec spec) {
    this.service = service;
    this.spec = spec;
  }

  SwitchSpec spec() {
    return spec;
  }

  void capture() throws InterruptedException {
    captured = ((RecordsCaptured) order(new DnsCommand.CaptureRecords(header(), spec))).records();
  }

  void stage() throws InterruptedException {
    order(new DnsCommand.StageSwitch(header(), spec, captured));
    markEpoch = epoch;
  }

  /** Answered once every authority serves the lower TTL. */
  void lower() throws InterruptedException {
    order(new DnsCommand.LowerTtl(header(), spec, captured));
  }

  void shift() throws InterruptedException {
    shift(100);
  }

  /** Gives the target that share of the traffic, in percent. */
  void shift(int percent) throws InterruptedException {
    order(new ShiftTraffic(header(), spec, markEpoch, percent));
    markEpoch = epoch;
  }

  void revert() throws InterruptedException {
    order(new RevertTraffic(header(), spec));
    markEpoch = epoch;
  }

  /** Answered once every authority serves that side, and resolvers had the time to. */
  void verify(Side side) throws InterruptedException {
    order(new DnsCommand.VerifyTraffic(header(), spec, side));
  }

  /** Answered once what was counted meanwhile does not speak against that share, in percent. */
  void verifySplit(int percent) throws InterruptedException {
    order(new DnsCommand.VerifySplit(header(), spec, percent));
  }

  void restore() throws InterruptedException {
    order(new DnsCommand.RestoreTtl(header(), spec, captured));
  }

  private CommandHeader header() {
    return new CommandHeader(
        new StepRef(CUTOVER, "bench", 1), ++epoch, Instant.now().plus(ORDER_MAX));
  }

  private Reply order(DnsCommand command) throws InterruptedException {
    Reply reply = service.handle(command, _ -> {});
    if (reply instanceof StepFailed(StepRef _, var failure)) {
      throw new IllegalStateException(failure.reason());
    }
    return reply;
  }

  /** Asks the authorities, and nobody else, until each serves every name as that side has it. */
  void awaitAuthorities(Side side) throws InterruptedException {
    for (ServerAddress authority : spec.authorities()) {
      for (SwitchedName name : spec.names()) {
        RecordSet wanted = address(name, side);
        Waiting.untilTrue(
            "%s to serve the %s of %s".formatted(authority, side, name.name()),
            CONVERGED_MAX,
            () -> serves(authority, wanted));
      }
    }
  }

  private static RecordSet address(SwitchedName name, Side side) {
    return name.sets(side).stream()
        .filter(set -> set.type() == RecordType.A)
        .findFirst()
        .orElseThrow();
  }

  private static boolean serves(ServerAddress authority, RecordSet wanted) {
    return new DnsjavaQueries().ask(authority, false, wanted.name(), wanted.type(), ANSWER_MAX)
            instanceof Answered(var set, boolean _, var _)
        && Set.copyOf(set.values()).equals(Set.copyOf(wanted.values()));
  }

  /** Fills every resolver's cache with what is served now. */
  void fillCaches() {
    for (ServerAddress resolver : spec.resolvers()) {
      for (SwitchedName name : spec.names()) {
        for (RecordSet set : name.source()) {
          new DnsjavaQueries().ask(resolver, true, set.name(), set.type(), ANSWER_MAX);
        }
      }
    }
  }
}
