package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.DnsReply.Delegation;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.NameServers.NameServer;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.proof.DnsProbe;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class AuthorityCensusTest {
  private static final ServerAddress BY_NAME = new ServerAddress("ns1.example", 53);
  private static final ServerAddress BY_ADDRESS = new ServerAddress("192.0.2.54", 53);
  private static final List<ServerAddress> BOTH =
      List.of(new ServerAddress("192.0.2.53", 53), new ServerAddress("2001:db8:0:0:0:0:0:53", 53));
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AuthorityCensus census = new AuthorityCensus(new Known(), Pace.MACHINE);

  /** A resolver that knows one host, and authorities that name two. */
  private static final class Known implements DnsQueries {
    @Override
    public Answer ask(
        ServerAddress server, boolean recursive, String name, RecordType type, Duration within) {
      return new Unanswered(name, type, "not asked for records");
    }

    @Override
    public List<ServerAddress> addresses(ServerAddress server) {
      return server.equals(BY_NAME) ? BOTH : List.of(server);
    }

    @Override
    public List<NameServer> nameServers(ServerAddress authority, String zone, Duration within) {
      return List.of(
          new NameServer("ns1.example.", List.of("192.0.2.53", "2001:db8:0:0:0:0:0:53")),
          new NameServer("ns2.example.", List.of("192.0.2.54")));
    }
  }

  @Test
  void shouldAskEachAddressOfAHostWhenThePlanCallsItByName() {
    assertThat(census.withAddresses(zone(BY_NAME, BY_ADDRESS)).authorities())
        .containsExactly(BOTH.get(0), BOTH.get(1), BY_ADDRESS);
  }

  /** From the root down one comes to the public's zone, whatever a view is. */
  @Test
  void shouldAskAViewsParentOnlyWhereThePlanNamesIt() throws Exception {
    // given
    ServerAddress parent = new ServerAddress("10.0.0.1", 53);
    List<ServerAddress> asked = new CopyOnWriteArrayList<>();
    DnsProbe silent =
        query -> {
          asked.add(query.server());
          return new DnsProbe.Silent(DnsProbe.Silence.NO_ANSWER, "nothing");
        };
    AuthorityCensus looking =
        new AuthorityCensus(
            new Known(),
            Optional.of(
                new ParentLook(silent, List.of(new ServerAddress("10.0.0.2", 53)), Pace.MACHINE)),
            Pace.MACHINE);
    SwitchSpec view = zone(BY_ADDRESS);
    // when, then
    assertThat(looking.delegationOfView(view, SECOND)).isEmpty();
    assertThat(asked).isEmpty();
    assertThat(
            looking
                .delegationOfView(
                    view.withProof(new SwitchProof(List.of(), false, List.of(parent))), SECOND)
                .orElseThrow()
                .standing())
        .isEqualTo(Delegation.Standing.UNSEEN);
    assertThat(asked).containsOnly(parent);
    assertThatThrownBy(
            () ->
                looking.delegationOfView(
                    view.withProof(new SwitchProof(List.of(), true, List.of())), SECOND))
        .isInstanceOf(SwitchFailure.class)
        .hasMessageContaining("say nothing of a view, but the plan names none");
  }

  @Test
  void shouldLeaveInstancesOfABalancerAsTheyAreCalled() throws SwitchFailure {
    // given
    SwitchSpec backend =
        SwitchSpec.ofBackend("web", List.of(BY_NAME), List.of("blue"), List.of("green"));
    // when, then
    assertThat(census.withAddresses(backend)).isEqualTo(backend);
    census.requireAll(backend, SECOND);
  }

  @Test
  void shouldRefuseAPlanThatLeavesANameServerOut() {
    assertThatThrownBy(() -> census.requireAll(zone(BY_NAME), SECOND))
        .isInstanceOf(SwitchFailure.class)
        .hasMessageContaining("ns2.example. (192.0.2.54)");
    assertThatNoException().isThrownBy(() -> census.requireAll(zone(BY_NAME, BY_ADDRESS), SECOND));
  }

  @Test
  void shouldKeepANameThatNobodyKnowsAndWriteAddressesInOneForm() {
    // given
    DnsQueries queries = new DnsjavaQueries();
    ServerAddress unknown = new ServerAddress("ns.invalid", 53);
    // when, then
    assertThat(queries.addresses(unknown)).containsExactly(unknown);
    assertThat(queries.addresses(new ServerAddress("127.0.0.1", 5353)))
        .containsExactly(new ServerAddress("127.0.0.1", 5353));
    assertThat(queries.addresses(new ServerAddress("::1", 53)))
        .allSatisfy(address -> assertThat(address.host()).isIn("0:0:0:0:0:0:0:1", "::1"));
  }

  private static SwitchSpec zone(ServerAddress... authorities) {
    return new SwitchSpec(
        "example.",
        new SwitchProvider.Rfc2136(BY_ADDRESS, "key"),
        List.of(new SwitchedName("www.example.", List.of(), List.of())),
        List.of(authorities),
        List.of(),
        30);
  }
}
