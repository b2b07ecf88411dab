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
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.DnsService;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.Rfc2136Switch;
import dev.cutover.dns.adapter.TsigKeys;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.runtime.Credentials;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Some names of a zone and the real dns-service, which is given the orders that the orchestrator
 * gives, each with a higher epoch than the last.
 */
final class OrderedSwitch {
  private static final int LOWERED_TTL_SECONDS = 5;
  private static final Duration ORDER_MAX = Duration.ofSeconds(60);
  private static final Duration CONVERGED_MAX = Duration.ofSeconds(60);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);
  private static final Set<String> SOURCE = Set.of("10.0.0.1", "10.0.0.2");
  private static final Set<String> TARGET = Set.of("10.1.0.1");

  private final DnsService service;
  private final CutoverId cutover;
  private final SwitchSpec spec;
  private List<RecordSet> captured = List.of();
  private long epoch;
  private long markEpoch;

  /**
   * @param numbers of the names that move together
   * @param resolvers that a verification looks at
   */
  OrderedSwitch(NameServers servers, List<Integer> numbers, List<ServerAddress> resolvers) {
    this.service =
        new DnsService(
            new Rfc2136Switch(
                new TsigKeys(
                    Credentials.of(
                        Map.of(
                            "bench.tsig.user",
                            NameServers.KEY_NAME,
                            "bench.tsig.password",
                            servers.secret())))),
            new DnsjavaQueries(),
            new AllowList(Set.of(NameServers.ZONE), Set.of("127.0.0.1"), Set.of()),
            InstantSource.system());
    this.cutover = new CutoverId("bench-" + numbers.getFirst());
    this.spec =
        new SwitchSpec(
            NameServers.ZONE,
            new Rfc2136(servers.primary(), "bench"),
            numbers.stream().map(NameServers::name).map(OrderedSwitch::switched).toList(),
            servers.authorities(),
            resolvers,
            LOWERED_TTL_SECONDS);
  }

  /** Addresses of both families and an HTTPS record; one address, and no AAAA, on the target. */
  private static SwitchedName switched(String name) {
    return new SwitchedName(
        name,
        List.of(
            new RecordSet(name, RecordType.A, 0, List.copyOf(SOURCE)),
            new RecordSet(name, RecordType.AAAA, 0, List.of("2001:db8::1")),
            new RecordSet(name, RecordType.HTTPS, 0, List.of("1 . alpn=h2"))),
        List.of(
            new RecordSet(name, RecordType.A, 0, List.copyOf(TARGET)),
            new RecordSet(name, RecordType.HTTPS, 0, List.of("1 . alpn=h2,h3"))));
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
    order(new ShiftTraffic(header(), spec, markEpoch, 100));
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

  void restore() throws InterruptedException {
    order(new DnsCommand.RestoreTtl(header(), spec, captured));
  }

  private CommandHeader header() {
    return new CommandHeader(
        new StepRef(cutover, "bench", 1), ++epoch, Instant.now().plus(ORDER_MAX));
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
        Waiting.untilTrue(
            "%s to serve the %s of %s".formatted(authority, side, name.name()),
            CONVERGED_MAX,
            () -> serves(authority, name.name(), side));
      }
    }
  }

  private static boolean serves(ServerAddress authority, String name, Side side) {
    return new DnsjavaQueries().ask(authority, false, name, RecordType.A, ANSWER_MAX)
            instanceof Answered(var set, boolean _, var _)
        && new HashSet<>(set.values()).equals(side == Side.SOURCE ? SOURCE : TARGET);
  }

  /** Fills every resolver's cache with what is served now. */
  void fillCaches() {
    for (ServerAddress resolver : spec.resolvers()) {
      for (SwitchedName name : spec.names()) {
        for (RecordType type : List.of(RecordType.A, RecordType.AAAA, RecordType.HTTPS)) {
          new DnsjavaQueries().ask(resolver, true, name.name(), type, ANSWER_MAX);
        }
      }
    }
  }
}
