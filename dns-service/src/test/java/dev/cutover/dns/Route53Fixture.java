package dev.cutover.dns;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.Route53Accounts;
import dev.cutover.dns.adapter.Route53Settings;
import dev.cutover.dns.adapter.Route53Switch;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.route53.Route53Server;
import dev.cutover.dns.route53.StoredSet;
import dev.cutover.dns.route53.WeightedAuthority;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/**
 * A hosted zone of Route 53 behind the real SDK and a strict double of the API, and a server that
 * answers weights and aliases as those of Route 53 do; new for each test.
 */
abstract class Route53Fixture extends DnsOrders {
  static final String HOSTED_ZONE = "Z1TEST";

  final WeightedAuthority authority = new WeightedAuthority();
  final Route53Server server;
  final Route53Switch offered;
  private final AllowList allowed =
      new AllowList(Set.of(Authorities.ZONE), Set.of("127.0.0.1"), Set.of(HOSTED_ZONE));
  private final Route53Accounts accounts;
  private final DnsService service;

  /**
   * @param sets that the zone holds in the beginning
   */
  Route53Fixture(String cutover, List<StoredSet> sets) throws IOException {
    super(cutover);
    server = new Route53Server(HOSTED_ZONE, Authorities.ZONE, sets, authority);
    accounts =
        new Route53Accounts(
            Credentials.of(
                Map.of("good.route53.user", "GOOD", "good.route53.password", "c2VjcmV0")),
            new Route53Settings(
                Optional.of(server.endpoint()),
                Route53Settings.REGION,
                1000,
                Optional.of(server.endpoint())));
    offered = new Route53Switch(accounts, Pace.MACHINE);
    service =
        new DnsService(
            offered,
            new DnsjavaQueries(),
            allowed,
            Duration.ofMillis(100),
            InstantSource.system(),
            Pace.MACHINE);
  }

  @Override
  final DnsService service() {
    return service;
  }

  final SingleChanges singleChanges() {
    return singleChanges(offered, new DnsjavaQueries(), allowed);
  }

  /** A switch of one name. */
  final SwitchSpec spec(
      String name, List<RecordSet> source, List<RecordSet> target, ServerAddress... resolvers) {
    return new SwitchSpec(
        Authorities.ZONE,
        new Route53(HOSTED_ZONE, "good"),
        List.of(new SwitchedName(name, source, target)),
        List.of(authority.address()),
        List.of(resolvers),
        2);
  }

  @AfterEach
  void stop() {
    service.close();
    accounts.close();
    server.close();
    authority.close();
  }
}
