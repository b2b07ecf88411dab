package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.proof.DnsProbe;
import dev.cutover.dns.domain.proof.DnsProbe.Entry;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Soa;
import dev.cutover.dns.domain.proof.Expected;
import dev.cutover.dns.domain.proof.Inquiry;
import dev.cutover.dns.domain.proof.NameReport;
import dev.cutover.dns.domain.proof.Quorums;
import dev.cutover.dns.domain.proof.Server;
import dev.cutover.dns.domain.proof.WatchMemory;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Chains that no server here would serve, since it refuses them: several zones have to do that. */
class NameCheckTest {
  private static final String NUMBERED = "n%d.shop.example.";

  @Test
  void shouldEndWhereAliasesLeadInACircle() throws Exception {
    // when
    NameReport report = look(query -> alias(query, 3));
    // then
    assertThat(report.links()).hasSize(3);
    assertThat(report.notes())
        .contains("Expected the aliases of n0.shop.example. to end, but they lead in a circle");
    assertThat(report.agrees()).isTrue();
  }

  @Test
  void shouldEndWhereAliasesAreTooMany() throws Exception {
    // when
    NameReport report = look(query -> alias(query, 100));
    // then
    assertThat(report.links()).hasSize(8);
    assertThat(report.notes())
        .contains("Expected the aliases of n0.shop.example. to end, but they are more than 8");
  }

  private static NameReport look(DnsProbe probe) throws Exception {
    Inquiry inquiry =
        new Inquiry(
            NUMBERED.formatted(0),
            List.of(RecordType.A),
            Expected.NOTHING,
            List.of(new Server(new ServerAddress("192.0.2.1", 53), "", Server.AUTHORITY)),
            List.of(),
            new Quorums(Map.of()),
            Duration.ofHours(1));
    return new NameCheck(probe, List.of(), InstantSource.system(), Pace.MACHINE)
        .look(inquiry, WatchMemory.empty(false))
        .report();
  }

  /** Each name is an alias of the next, the last of the first. */
  private static Given alias(DnsProbe.Query query, int names) {
    List<Entry> answer = List.of();
    if (query.name().startsWith("n")) {
      int number = Integer.parseInt(query.name().replaceAll("[^0-9]", ""));
      answer =
          List.of(
              new Entry(
                  query.name(), QueryType.CNAME, 60, NUMBERED.formatted((number + 1) % names)));
    }
    return new Given(
        true,
        true,
        false,
        answer,
        List.of(),
        List.of(),
        Optional.of(new Soa("shop.example.", 1, 5)),
        List.of());
  }
}
