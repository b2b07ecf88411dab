package dev.cutover.deploy.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.Authorities;
import dev.cutover.dns.BindAuthorities;
import dev.cutover.dns.DnsService;
import dev.cutover.dns.ForeignWriter;
import dev.cutover.dns.ZoneMirror;
import dev.cutover.dns.adapter.CloudflarePoolSwitch;
import dev.cutover.dns.adapter.CloudflareSettings;
import dev.cutover.dns.adapter.CloudflareSwitch;
import dev.cutover.dns.adapter.CloudflareTokens;
import dev.cutover.dns.adapter.DesignateClouds;
import dev.cutover.dns.adapter.DesignateSettings;
import dev.cutover.dns.adapter.DesignateSettings.Cloud;
import dev.cutover.dns.adapter.DesignateSwitch;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.ElbAccounts;
import dev.cutover.dns.adapter.ElbQueries;
import dev.cutover.dns.adapter.ElbSettings;
import dev.cutover.dns.adapter.ElbSwitch;
import dev.cutover.dns.adapter.HttpEdge;
import dev.cutover.dns.adapter.ProviderQueries;
import dev.cutover.dns.adapter.Route53Accounts;
import dev.cutover.dns.adapter.Route53Settings;
import dev.cutover.dns.adapter.Route53Switch;
import dev.cutover.dns.cloudflare.CloudflareEdge;
import dev.cutover.dns.cloudflare.CloudflareServer;
import dev.cutover.dns.cloudflare.CloudflareServer.Right;
import dev.cutover.dns.cloudflare.CloudflareZone;
import dev.cutover.dns.cloudflare.ZoneRules;
import dev.cutover.dns.designate.DesignateFront;
import dev.cutover.dns.designate.DesignateServer;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.dns.elb.ElbServer;
import dev.cutover.dns.route53.HostedZone;
import dev.cutover.dns.route53.Route53Server;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code ./cutover bench dns} measures, over the strict doubles of clouds: how many requests
 * an order makes, and how long the product takes around them. With {@code -Pbench} only; see
 * docs/benchmarks.md.
 */
@Tag("bench")
class CloudBenchIT {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 100);
  private static final String SECRET = "c2VjcmV0LW9mLWEtdGVzdA";
  private static final Path FIGURES = Path.of("target", "bench-clouds.json");
  private static final List<RecordType> ALL_TYPES =
      List.of(RecordType.A, RecordType.AAAA, RecordType.HTTPS);
  private static final List<BenchRow> ROWS = new ArrayList<>();

  @TempDir private Path directory;

  @BeforeAll
  static void logToFile() {
    System.setProperty("cutover.home", "target");
    BenchCommand.logToFile();
  }

  @AfterAll
  static void show() throws IOException {
    BenchRow.print(ROWS, System.out);
    BenchRow.write(ROWS, FIGURES);
  }

  @Test
  void shouldSwitchARoute53Zone() throws Exception {
    String hostedZone = "Z1TEST";
    try (BindAuthorities authorities = new BindAuthorities(directory);
        Route53Server server =
            new Route53Server(
                hostedZone,
                Authorities.ZONE,
                HostedZone.initial(),
                HostedZone.served(mirror(authorities)));
        Route53Accounts accounts =
            new Route53Accounts(
                Credentials.of(
                    Map.of("bench.route53.user", "GOOD", "bench.route53.password", SECRET)),
                new Route53Settings(
                    Optional.of(server.endpoint()), Route53Settings.REGION, 1_000_000))) {
      measure(
          "Route 53",
          new Route53(hostedZone, "bench"),
          authorities,
          ALL_TYPES,
          5,
          50,
          new Route53Switch(accounts, Pace.MACHINE),
          () -> server.requests().size());
    }
  }

  @Test
  void shouldSwitchACloudflareZone() throws Exception {
    String zoneId = "1".repeat(32);
    int ttlSeconds = 30; // the least that a zone of Enterprise takes
    try (BindAuthorities authorities = new BindAuthorities(directory);
        CloudflareServer server =
            new CloudflareServer(
                zoneId,
                "shop.example",
                new ZoneRules("shop.example", ttlSeconds, 3500),
                CloudflareZone.initial(),
                mirror(authorities));
        CloudflareTokens tokens =
            new CloudflareTokens(
                Credentials.of(Map.of("bench.cloudflare.password", SECRET)),
                new CloudflareSettings(server.endpoint(), 10_000_000))) {
      server.token(SECRET, "ana", Right.DNS_WRITE);
      measure(
          "Cloudflare",
          new Cloudflare(zoneId, "bench", Optional.empty()),
          authorities,
          ALL_TYPES,
          ttlSeconds,
          33, // 198 of the 200 records of a batch
          new CloudflareSwitch(tokens, InstantSource.system(), Pace.MACHINE),
          () -> server.requests().size());
    }
  }

  @Test
  void shouldSwitchPoolsOfCloudflare() throws Exception {
    String zoneId = "1".repeat(32);
    String blue = "b".repeat(32);
    String green = "c".repeat(32);
    String host = "pools.shop.example";
    try (BindAuthorities authorities = new BindAuthorities(directory);
        CloudflareServer server =
            new CloudflareServer(
                zoneId,
                "shop.example",
                new ZoneRules("shop.example", 60, 3500),
                CloudflareZone.initial(),
                mirror(authorities));
        CloudflareEdge edge = new CloudflareEdge(server::origin);
        CloudflareTokens tokens =
            new CloudflareTokens(
                Credentials.of(Map.of("bench.cloudflare.password", SECRET)),
                new CloudflareSettings(server.endpoint(), 10_000_000));
        HttpEdge http = new HttpEdge()) {
      server.token(SECRET, "ana", Right.DNS_READ, Right.LOAD_BALANCERS_WRITE, Right.POOLS_READ);
      server.edge(CloudflareEdge.ADDRESSES);
      server.pool(blue, CloudflareEdge.SOURCE);
      server.pool(green, CloudflareEdge.TARGET);
      server.balance(host, List.of(blue));
      DnsjavaQueries queries = new DnsjavaQueries();
      EdgeProbe probe =
          new EdgeProbe(
              false, edge.port(), "/", Optional.of(CloudflareEdge.HEADER), "blue", "green");
      ROWS.addAll(
          new BalancerFigures(
                  "pools of Cloudflare",
                  new OrderedSwitch(
                      new DnsService(
                          new CloudflarePoolSwitch(tokens, InstantSource.system(), Pace.MACHINE),
                          new ProviderQueries(queries, queries, queries, http),
                          new AllowList(
                              Set.of(Authorities.ZONE),
                              Set.of("127.0.0.1"),
                              Set.of(),
                              Set.of(),
                              Set.of(zoneId)),
                          InstantSource.system()),
                      SwitchSpec.ofPools(
                          Authorities.ZONE,
                          new CloudflarePools(
                              zoneId, CloudflareServer.ACCOUNT, "bench", Optional.empty(), probe),
                          List.of(host + "."),
                          List.of(authorities.primary(), authorities.secondary()),
                          List.of(blue),
                          List.of(green))),
                  Optional.of(() -> server.requests().size()),
                  Optional.empty(),
                  ROUNDS,
                  System.out)
              .run());
    }
  }

  @Test
  void shouldSwitchADesignateZone() throws Exception {
    String zoneId = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    try (BindAuthorities authorities = new BindAuthorities(directory);
        DesignateServer server =
            new DesignateServer(
                zoneId,
                DesignateFront.PROJECT,
                Authorities.ZONE,
                set -> ForeignWriter.replace(Authorities.ZONE, authorities.primary(), set));
        DesignateFront front = new DesignateFront(server.address());
        DesignateClouds clouds =
            new DesignateClouds(
                Credentials.of(
                    Map.of(
                        "bench.designate.user",
                        "good",
                        "bench.designate.password",
                        DesignateFront.SECRET)),
                new DesignateSettings(
                    Map.of(
                        "bench",
                        new Cloud(
                            front.keystone(),
                            Optional.of("RegionOne"),
                            Optional.empty(),
                            Optional.empty(),
                            "Default"))),
                InstantSource.system())) {
      for (int n = 0; n < MeasuredZone.NAMES; n++) {
        create(front, zoneId, n, RecordType.A, "10.0.0.1", "10.0.0.2");
        create(front, zoneId, n, RecordType.AAAA, "2001:db8::1");
      }
      measure(
          "Designate",
          new Designate("bench", zoneId),
          authorities,
          List.of(RecordType.A, RecordType.AAAA),
          5,
          50,
          new DesignateSwitch(clouds, Pace.MACHINE),
          front::requests);
    }
  }

  @Test
  void shouldSwitchTargetGroups() throws Exception {
    String elb = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";
    String listener = elb + "listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2";
    String blue = elb + "targetgroup/blue/73e2d6bc24d8a067";
    String green = elb + "targetgroup/green/09966783158cda59";
    try (ElbServer server = new ElbServer("eu-west-1", (_, _) -> {});
        ElbAccounts accounts =
            new ElbAccounts(
                Credentials.of(Map.of("bench.elb.user", "GOOD", "bench.elb.password", SECRET)),
                new ElbSettings(Optional.of(server.endpoint()), 1_000_000),
                Pace.MACHINE);
        HttpEdge edge = new HttpEdge()) {
      server.group(blue, "HTTP", "healthy");
      server.group(green, "HTTP", "healthy");
      server.forward(
          listener, "HTTP", JsonNodeFactory.instance.objectNode(), ElbServer.forwardTo(blue));
      ElbQueries queries = new ElbQueries(accounts);
      ROWS.addAll(
          new BalancerFigures(
                  "target groups",
                  new OrderedSwitch(
                      new DnsService(
                          new ElbSwitch(accounts, Pace.MACHINE),
                          new ProviderQueries(new DnsjavaQueries(), queries, queries, edge),
                          new AllowList(
                              Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), Set.of(listener)),
                          InstantSource.system()),
                      SwitchSpec.ofTargetGroups(
                          "bench", List.of(listener), List.of(blue), List.of(green))),
                  Optional.of(() -> server.requests().size()),
                  Optional.empty(),
                  ROUNDS,
                  System.out)
              .run());
    }
  }

  private void measure(
      String title,
      SwitchProvider provider,
      Authorities authorities,
      List<RecordType> types,
      int ttlSeconds,
      int together,
      TrafficSwitch trafficSwitch,
      LongSupplier requests)
      throws IOException, InterruptedException {
    AllowList allowed =
        new AllowList(
            Set.of(Authorities.ZONE),
            Set.of("127.0.0.1"),
            Set.of("Z1TEST"),
            Set.of(),
            Set.of("1".repeat(32)));
    SwitchFigures figures =
        new SwitchFigures(
            new MeasuredZone(
                title,
                Authorities.ZONE,
                provider,
                List.of(authorities.primary(), authorities.secondary()),
                types,
                ttlSeconds,
                together,
                new DnsService(
                    trafficSwitch, new DnsjavaQueries(), allowed, InstantSource.system()),
                Optional.of(requests),
                Optional.empty()),
            directory,
            ROUNDS,
            System.out);
    ROWS.addAll(figures.rounds().rows());
    ROWS.addAll(figures.cutovers());
  }

  private static ZoneMirror mirror(Authorities authorities) {
    return new ZoneMirror(
        Authorities.ZONE, authorities.primary(), Authorities.KEY_NAME, Authorities.KEY_SECRET);
  }

  private static void create(
      DesignateFront front, String zoneId, int number, RecordType type, String... values) {
    front.ask(
        "POST",
        "/zones/%s/recordsets".formatted(zoneId),
        "{\"name\": \"n%d.%s\", \"type\": \"%s\", \"ttl\": 300, \"records\": [\"%s\"]}"
            .formatted(number, Authorities.ZONE, type, String.join("\", \"", values)));
  }
}
