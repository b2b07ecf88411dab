package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.DnsReply.Delegation;
import dev.cutover.contract.DnsReply.Delegation.Standing;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.DnsjavaProbe;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.proof.DnsProbe;
import dev.cutover.dns.domain.proof.Expected;
import dev.cutover.dns.domain.proof.Finding;
import dev.cutover.dns.domain.proof.Inquiry;
import dev.cutover.dns.domain.proof.NameReport;
import dev.cutover.dns.domain.proof.NameReport.Link;
import dev.cutover.dns.domain.proof.Quorums;
import dev.cutover.dns.domain.proof.Server;
import dev.cutover.dns.domain.proof.Undiscovered;
import dev.cutover.dns.domain.proof.Verdict;
import dev.cutover.dns.domain.proof.WatchMemory;
import dev.cutover.runtime.FreePort;
import dev.cutover.runtime.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Authorities found by delegation: a real parent, real children and a real resolver. Since all of
 * them share one address here, the test stands for the network and carries what is sent to an
 * address of the zone to the port of its server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZoneDiscoveryIT {
  private BindAuthorities authorities;
  private BindParent parent;
  private UnboundResolver resolver;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    authorities = new BindAuthorities(directory);
    parent = new BindParent(directory);
    resolver =
        new UnboundResolver(
            directory,
            authorities,
            0,
            "stub-zone:",
            "name: \"example.\"",
            "stub-addr: 127.0.0.1@" + parent.address().port(),
            "stub-prime: no",
            "server:",
            "access-control: 127.0.0.1/32 allow_snoop",
            "local-zone: \"nowhere.\" always_nxdomain");
    await("signed by the parent")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(look("a.parent.example.", Duration.ofHours(1)).dnssec().signed())
                    .as(parent.output())
                    .isTrue());
  }

  @AfterAll
  void stop() {
    if (resolver != null) {
      resolver.close();
    }
    if (parent != null) {
      parent.close();
    }
    if (authorities != null) {
      authorities.close();
    }
  }

  @Test
  void shouldAskAllThatParentOrApexName() throws Exception {
    // when
    NameReport report = look("n0.shop.example.", Duration.ofHours(1));
    // then
    Link link = report.links().getFirst();
    assertThat(link.zone()).isEqualTo("shop.example.");
    assertThat(link.parentHosts())
        .containsExactlyInAnyOrder("ns1.shop.example.", "ns9.shop.example.");
    assertThat(link.apexHosts()).containsExactly("ns1.shop.example.");
    assertThat(report.notes())
        .contains(
            "Expected shop.example. to name the servers that its parent delegates to, but its NS records lack ns9.shop.example.");
    // ns1 by the parent's glue and by its own record, ns9 by the parent alone
    assertThat(report.authorities())
        .filteredOn(finding -> finding.type() == RecordType.A)
        .extracting(finding -> finding.server().address().host())
        .containsExactlyInAnyOrder("192.0.2.1", "127.0.0.1", "192.0.2.9", "2001:db8:0:0:0:0:0:9");
    // nothing answers over IPv6 here: that is no failure
    assertThat(report.authorities())
        .filteredOn(finding -> finding.server().isVersion6())
        .isNotEmpty()
        .extracting(Finding::verdict)
        .containsOnly(Verdict.UNTESTED);
    assertThat(report.agrees()).as(report.summary()).isTrue();
  }

  @Test
  void shouldFindTheZoneOfItsApex() throws Exception {
    // when
    NameReport report = look("shop.example.", Duration.ofHours(1));
    // then
    assertThat(report.links().getFirst().zone()).isEqualTo("shop.example.");
    assertThat(report.summary()).startsWith("Expected records of shop.example.");
  }

  @Test
  void shouldTellSignaturesAndTheirEnd() throws Exception {
    // when: BIND's default policy signs for 14 days
    NameReport soon = look("a.parent.example.", Duration.ofHours(1));
    NameReport late = look("a.parent.example.", Duration.ofDays(30));
    // then
    assertThat(soon.dnssec().warnings()).isEmpty();
    assertThat(soon.dnssec().expiresAt().orElseThrow())
        .isBetween(Instant.now(), Instant.now().plus(Duration.ofDays(15)));
    assertThat(late.dnssec().warnings())
        .singleElement()
        .asString()
        .startsWith("The signatures expire within the window of 720 h");
    assertThat(late.notes()).containsAll(late.dnssec().warnings());
  }

  @Test
  void shouldNotBelieveACacheOnTheWay() {
    // given: whatever is sent to an authority ends at a cache
    DnsProbe intercepted =
        query -> new DnsjavaProbe().ask(query.recursive() ? query : to(query, resolver.address()));
    // when, then
    assertThatThrownBy(() -> look(intercepted, "n0.shop.example.", Duration.ofHours(1)))
        .isInstanceOf(Undiscovered.class)
        .hasMessageContaining("port 53 is intercepted on the way from here");
  }

  @Test
  void shouldSayWhereTheSearchEnds() {
    assertThatThrownBy(() -> look("www.nowhere.", Duration.ofHours(1)))
        .isInstanceOf(Undiscovered.class)
        .hasMessageContaining("Expected the name servers of nowhere. from a resolver")
        .hasMessageContaining("there is no such name")
        .hasMessageContaining("--authority HOST");
    DnsProbe closed = query -> query.recursive() ? carry(query) : silent();
    assertThatThrownBy(() -> look(closed, "n0.shop.example.", Duration.ofHours(1)))
        .isInstanceOf(Undiscovered.class)
        .hasMessageContaining("Expected a server of example. to say where n0.shop.example. belongs")
        .hasMessageContaining("Is port 53 closed on the way?");
  }

  @Test
  void shouldRefuseAPlanThatLeavesOutWhomTheParentDelegatesTo() {
    assertFailed(
        plan(false, parent.address(), "192.0.2.1", "127.0.0.1"),
        this::carry,
        FailureKind.MISMATCH,
        "its parent delegates to ns9.shop.example. (192.0.2.9), too: add it to traffic.authorities");
  }

  @Test
  void shouldTellWhereParentAndApexDifferAndRefuseItOnlyWhenAsked() throws Exception {
    // given
    String differs =
        "Expected shop.example. to name the servers that its parent delegates to, but its NS records lack ns9.shop.example.";
    // when, then
    assertThat(
            delegation(
                plan(false, parent.address(), "192.0.2.1", "127.0.0.1", "192.0.2.9"), this::carry))
        .isEqualTo(new Delegation(Standing.DIFFERS, differs));
    assertFailed(
        plan(true, parent.address(), "192.0.2.1", "127.0.0.1", "192.0.2.9"),
        this::carry,
        FailureKind.MISMATCH,
        differs);
  }

  @Test
  void shouldCallAServerLameThatDoesNotAnswerForTheZone() throws Exception {
    // given: ns9 has another zone only, so nobody gets old records there
    DnsProbe lame =
        query ->
            query.server().host().equals("192.0.2.9")
                ? new DnsjavaProbe().ask(to(query, parent.address()))
                : carry(query);
    // when
    Delegation delegation =
        delegation(plan(false, parent.address(), "192.0.2.1", "127.0.0.1"), lame);
    // then
    assertThat(delegation.standing()).isEqualTo(Standing.DIFFERS);
    assertThat(delegation.detail())
        .contains(
            "Expected ns9.shop.example. (192.0.2.9:53) to answer for shop.example., which the parent delegates to it, but it is lame");
  }

  @Test
  void shouldNotHoldAnUnseenParentAgainstAPlanThatDoesNotAskForIt() throws Exception {
    // given
    ServerAddress nobody = new ServerAddress("127.0.0.1", FreePort.next());
    // when, then
    assertThat(delegation(plan(false, nobody, "192.0.2.1"), this::carry).standing())
        .isEqualTo(Standing.UNSEEN);
    assertFailed(
        plan(true, nobody, "192.0.2.1"),
        this::carry,
        FailureKind.INCONCLUSIVE,
        "Expected to see what the parent of shop.example. delegates to");
  }

  private static SwitchSpec plan(
      boolean required, ServerAddress parentServer, String... authorities) {
    return new SwitchSpec(
            "shop.example.",
            new SwitchProvider.Rfc2136(new ServerAddress("192.0.2.1", 53), "key"),
            List.of(new SwitchedName("n0.shop.example.", List.of(), List.of())),
            Stream.of(authorities).map(host -> new ServerAddress(host, 53)).toList(),
            List.of(),
            30)
        .withProof(new SwitchProof(List.of(), required, List.of(parentServer)));
  }

  private Delegation delegation(SwitchSpec plan, DnsProbe probe)
      throws SwitchFailure, InterruptedException {
    return new ParentLook(probe, List.of(resolver.address()), Pace.MACHINE)
        .look(plan, plan.authorities(), Duration.ofSeconds(20));
  }

  private void assertFailed(SwitchSpec plan, DnsProbe probe, FailureKind kind, String words) {
    assertThatThrownBy(() -> delegation(plan, probe))
        .isInstanceOfSatisfying(
            SwitchFailure.class, e -> assertThat(e.failure().kind()).isEqualTo(kind))
        .hasMessageContaining(words);
  }

  private static DnsProbe.Reply silent() {
    return new DnsProbe.Silent(DnsProbe.Silence.NO_ANSWER, "no answer in time");
  }

  private NameReport look(String name, Duration window) throws Undiscovered, InterruptedException {
    return look(this::carry, name, window);
  }

  private NameReport look(DnsProbe probe, String name, Duration window)
      throws Undiscovered, InterruptedException {
    Inquiry inquiry =
        new Inquiry(
            name,
            List.of(RecordType.A, RecordType.AAAA),
            Expected.NOTHING,
            List.of(),
            List.of(new Server(resolver.address(), "", "own")),
            new Quorums(Map.of()),
            window);
    return new NameCheck(probe, List.of(resolver.address()), InstantSource.system(), Pace.MACHINE)
        .look(inquiry, WatchMemory.empty(false))
        .report();
  }

  private DnsProbe.Reply carry(DnsProbe.Query query) {
    if (query.recursive()) {
      return new DnsjavaProbe().ask(query);
    }
    if (query.server().port() != 53) {
      return new DnsjavaProbe().ask(query); // called by its own port
    }
    if (query.server().host().contains(":")) {
      // Some machines have a way that ends nowhere: then each question would wait for nothing.
      return new DnsProbe.Silent(DnsProbe.Silence.NO_ROUTE, "no IPv6 here");
    }
    return switch (query.server().host()) {
      case BindParent.ADDRESS -> new DnsjavaProbe().ask(to(query, parent.address()));
      case "192.0.2.1", "127.0.0.1" -> new DnsjavaProbe().ask(to(query, authorities.primary()));
      case "192.0.2.9" -> new DnsjavaProbe().ask(to(query, authorities.secondary()));
      default -> new DnsjavaProbe().ask(query);
    };
  }

  private static DnsProbe.Query to(DnsProbe.Query query, ServerAddress server) {
    return new DnsProbe.Query(
        server, query.transport(), query.recursive(), query.name(), query.type(), query.within());
  }
}
