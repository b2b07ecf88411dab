package dev.cutover.deploy.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.DnsService;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.HaProxyQueries;
import dev.cutover.dns.adapter.HaProxySockets;
import dev.cutover.dns.adapter.HaProxySwitch;
import dev.cutover.dns.adapter.HttpEdge;
import dev.cutover.dns.adapter.ProviderQueries;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.runtime.FreePort;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Real HAProxies with one backend: a server of the source, and one of the target. Both servers are
 * sections of a HAProxy more, which answer with their side's name.
 */
final class HaProxies implements AutoCloseable {
  static final int INSTANCES = 2;
  static final String INSTALLATION = "apt-get install haproxy";

  private static final String PROGRAM = "haproxy";
  private static final String BACKEND = "web";
  private static final Duration START_MAX = Duration.ofSeconds(20);

  private final HttpEdge edge = new HttpEdge();
  private final List<ServerProcess> processes = new ArrayList<>();
  private final List<ServerAddress> apis = new ArrayList<>();
  private final List<URI> frontends = new ArrayList<>();

  private HaProxies() {}

  static boolean areInstalled() {
    return ServerProcess.find(PROGRAM).isPresent();
  }

  /** Starts them and waits until each sends customers to the source. */
  static HaProxies start(Path directory) throws IOException, InterruptedException {
    HaProxies started = new HaProxies();
    try {
      int source = FreePort.next();
      int target = FreePort.next();
      started.run(
          directory.resolve("origins"),
          origin(Customers.SOURCE, source) + origin(Customers.TARGET, target));
      for (int n = 0; n < INSTANCES; n++) {
        started.startOne(directory.resolve("haproxy-" + n), source, target);
      }
      try (Customers customers = started.customers()) {
        Waiting.untilReady("HAProxy to serve", START_MAX, customers::areServed);
      }
      return started;
    } catch (IOException | InterruptedException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private static String origin(String name, int port) {
    return """
    frontend %1$s
      bind 127.0.0.1:%2$d
      http-request return status 200 content-type text/plain string %1$s
    """
        .formatted(name, port);
  }

  private void startOne(Path place, int source, int target) throws IOException {
    ServerAddress api = new ServerAddress("127.0.0.1", FreePort.next());
    int frontend = FreePort.next();
    run(
        place,
        """
        global
          stats socket ipv4@%1$s level admin
        frontend users
          bind 127.0.0.1:%2$d
          default_backend %3$s
        backend %3$s
          balance roundrobin
          server %4$s 127.0.0.1:%5$d check inter 1s
          server %6$s 127.0.0.1:%7$d check inter 1s weight 0
        """
            .formatted(api, frontend, BACKEND, Customers.SOURCE, source, Customers.TARGET, target));
    apis.add(api);
    frontends.add(URI.create("http://127.0.0.1:%d/".formatted(frontend)));
  }

  private void run(Path place, String sections) throws IOException {
    Path config = Files.createDirectories(place).resolve("haproxy.cfg");
    Files.writeString(
        config,
        """
        defaults
          mode http
          timeout connect 2s
          timeout client 10s
          timeout server 10s
        """
            + sections,
        US_ASCII);
    processes.add(
        ServerProcess.start(place, ServerProcess.require(PROGRAM), "-db", "-f", config.toString()));
  }

  /** Customers of each of them. */
  Customers customers() {
    return new Customers(frontends);
  }

  /** Orders for the backend at all of them. */
  OrderedSwitch switching() {
    HaProxySockets sockets = HaProxySockets.plain();
    return new OrderedSwitch(
        new DnsService(
            new HaProxySwitch(sockets, Pace.MACHINE),
            new ProviderQueries(
                new DnsjavaQueries(), new HaProxyQueries(sockets), new DnsjavaQueries(), edge),
            new AllowList(Set.of(), Set.of("127.0.0.1"), Set.of(), Set.of(BACKEND), Set.of()),
            InstantSource.system()),
        SwitchSpec.ofBackend(BACKEND, apis, List.of(Customers.SOURCE), List.of(Customers.TARGET)));
  }

  @Override
  public void close() {
    processes.reversed().forEach(ServerProcess::close);
    edge.close();
  }
}
