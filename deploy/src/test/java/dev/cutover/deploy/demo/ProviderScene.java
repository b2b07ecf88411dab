package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.deploy.AllServices;
import dev.cutover.deploy.LocalKeys;
import dev.cutover.deploy.Operator;
import dev.cutover.dns.BindAuthorities;
import dev.cutover.dns.KnotAuthorities;
import dev.cutover.dns.PowerDnsAuthorities;
import dev.cutover.runtime.ServiceRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The five services beside every provider of the traffic switch, and customers of each of its
 * names. All customers are a shop's that has one database for both sides.
 */
final class ProviderScene implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(ProviderScene.class);
  private static final Duration READY_MAX = Duration.ofSeconds(60);

  /** Beside those of the names: customers whose name never moves. */
  private static final int WRITES_PER_SECOND = 15;

  private static final int WRITES_PER_SECOND_AND_NAME = 3;
  private static final int CUSTOMERS_PER_NAME = 2;

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final List<SwitchLab> labs = new ArrayList<>();
  private final List<Clients> customers = new ArrayList<>();
  private final Stage stage;
  private final AllServices services;
  private final HttpClient http;
  private final Operator ada;
  private final Operator grace;

  ProviderScene(Path directory) throws Exception {
    try {
      http = closing(HttpClient.newHttpClient());
      stage = closing(new Stage(directory, WRITES_PER_SECOND, 1, Stage.Data.SHARED));
      add(new UpdatesLab("bind", new BindAuthorities(place(directory, "bind"))));
      add(
          new UpdatesLab(
              "powerdns", new PowerDnsAuthorities(place(directory, "powerdns"), Optional.empty())));
      add(new UpdatesLab("knot", new KnotAuthorities(place(directory, "knot"))));
      add(
          new ViewsLab(
              "views",
              new BindAuthorities(place(directory, "public")),
              new BindAuthorities(place(directory, "private"))));
      add(new DesignateLab(place(directory, "designate")));
      add(new CloudflareLab(place(directory, "cloudflare"), stage.shopPort()));
      add(new Route53Lab());
      add(new HaProxyLab(place(directory, "haproxy"), stage.shopPort()));
      add(new TargetGroupsLab(place(directory, "groups"), stage.shopPort()));
      ServiceSettings settings = new ServiceSettings(stage, directory);
      Map<String, String> access = access(directory);
      services =
          closing(
              AllServices.start(
                  service -> {
                    Map<String, String> environment = new HashMap<>(settings.environment(service));
                    if (service.equals("dns")) {
                      environment.putAll(access);
                    }
                    return environment;
                  }));
      List<ServiceRuntime> vantages = new ArrayList<>();
      for (SwitchLab lab : labs) {
        for (String vantage : lab.vantages()) {
          Map<String, String> environment = new HashMap<>(settings.environment("dns"));
          environment.putAll(access);
          environment.put("CUTOVER_DNS_VANTAGE", vantage);
          vantages.add(closing(dev.cutover.dns.Main.start(environment)));
        }
      }
      await()
          .atMost(READY_MAX)
          .until(
              () ->
                  services.notReady().isEmpty()
                      && vantages.stream().allMatch(ServiceRuntime::ready));
      URI api = URI.create("http://127.0.0.1:" + services.apiPort().orElseThrow());
      ada = new Operator(api, settings.token("ada"), http);
      grace = new Operator(api, settings.token("grace"), http);
      for (SwitchLab lab : labs) {
        for (SwitchLab.Way way : lab.ways()) {
          welcome(lab, way);
        }
      }
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private static Path place(Path directory, String label) throws IOException {
    return Files.createDirectories(directory.resolve(label));
  }

  private void add(SwitchLab lab) {
    labs.add(closing(lab));
  }

  private <T extends AutoCloseable> T closing(T part) {
    opened.push(part);
    return part;
  }

  private Map<String, String> access(Path directory) throws IOException {
    Map<String, String> environment = new HashMap<>();
    Map<String, String> credentials = new HashMap<>();
    for (SwitchLab lab : labs) {
      credentials.putAll(lab.access().credentials());
      environment.putAll(lab.access().settings());
    }
    Path file = directory.resolve("providers.properties");
    LocalKeys.writeProperties(file, credentials);
    environment.put("CUTOVER_DNS_CREDENTIALS", file.toString());
    environment.put(
        "CUTOVER_DNS_ALLOWED_ZONES",
        labs.stream()
            .flatMap(lab -> lab.access().zones().stream())
            .distinct()
            .collect(Collectors.joining(",")));
    environment.put(
        "CUTOVER_DNS_ALLOWED_SERVERS",
        labs.stream()
            .flatMap(lab -> lab.access().servers().stream())
            .map(ServerAddress::toString)
            .collect(Collectors.joining(",")));
    return environment;
  }

  private void welcome(SwitchLab lab, SwitchLab.Way way) throws IOException {
    Map<InetAddress, Side> sides = new HashMap<>();
    sides.put(InetAddress.getByName(SwitchLab.SOURCE), Side.SOURCE);
    sides.put(InetAddress.getByName(SwitchLab.TARGET), Side.TARGET);
    for (String frontend : lab.frontends()) {
      // Which side answers there is the balancer's affair.
      sides.put(InetAddress.getByName(frontend), Side.SOURCE);
    }
    sides.put(InetAddress.getByName(CloudflareLab.EDGE), Side.SOURCE); // likewise
    Clients group =
        closing(
            new Clients(
                new Clients.Settings(
                    lab.names(),
                    lab.name(way),
                    stage.shopPort(),
                    sides,
                    CUSTOMERS_PER_NAME,
                    WRITES_PER_SECOND_AND_NAME,
                    false,
                    customers.size() + 2),
                stage.ledger()));
    customers.add(group);
    group.start();
  }

  Stage stage() {
    return stage;
  }

  List<SwitchLab> labs() {
    return labs;
  }

  /** Starts cutovers and approves them. */
  Operator ada() {
    return ada;
  }

  /** Approves, too: two have to. */
  Operator grace() {
    return grace;
  }

  /** Sends customers home and looks every acknowledged write up. */
  Ledger.Account account() throws Exception {
    stage.clients().stop();
    customers.forEach(Clients::stop);
    assertThat(customers).allMatch(group -> group.attempted() > 0);
    try (Connection connection = stage.databases().connect(Side.SOURCE)) {
      return stage.ledger().account(connection);
    }
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOGGER.atWarn().setCause(e).log("part of the scene did not close in order");
      }
    }
  }
}
