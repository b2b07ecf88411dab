package dev.cutover.dns;

import static org.awaitility.Awaitility.await;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A real OpenStack Designate (Debian's packages) on loopback: RabbitMQ, its five services on
 * SQLite, and BIND as the pool's only name server, with a second BIND that follows it. It asks
 * nobody who he is ({@code auth_strategy = noauth}) but enforces its policy on the roles that it is
 * given.
 */
final class DesignateInstallation implements Authorities {
  private static final Duration START_MAX = Duration.ofMinutes(2);

  private final Path directory;
  private final int apiPort = FreePort.next();
  private final int mdnsPort = FreePort.next();
  private final int rabbitPort = FreePort.next();
  private final int poolPort = FreePort.next();
  private final int secondaryPort = FreePort.next();
  private final int controlPort = FreePort.next();
  private final Deque<Daemon> daemons = new ArrayDeque<>();
  private @Nullable Daemon pool;

  DesignateInstallation(Path directory) throws IOException {
    this.directory = directory;
    for (String service : List.of("api", "central", "worker", "mdns", "producer")) {
      Installed.require("designate-" + service, "designate-" + service);
    }
    try {
      startRabbit();
      configurePool();
      failPool(false);
      startDesignate();
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  URI api() {
    return URI.create("http://127.0.0.1:" + apiPort);
  }

  private Daemon start(List<String> command) throws IOException {
    Daemon started = Daemon.start(directory, command);
    daemons.push(started);
    return started;
  }

  /** Its port mapper and its own node listen on loopback only when told so. */
  private void startRabbit() throws IOException {
    Installed.require("rabbitmq-server", "rabbitmq-server");
    int mapper = FreePort.next();
    int nodes = FreePort.next();
    Path home = Files.createDirectories(directory.resolve("rabbit"));
    start(
        List.of(
            Installed.require("epmd", "erlang-base"),
            "-address",
            "127.0.0.1",
            "-port",
            String.valueOf(mapper)));
    awaitPort(mapper);
    Files.writeString(
        home.resolve("rabbitmq.conf"),
        "listeners.tcp.1 = 127.0.0.1:%d\nvm_memory_high_watermark.absolute = 256MB\ndisk_free_limit.absolute = 50MB\n"
            .formatted(rabbitPort));
    start(
        List.of(
            "env",
            "HOME=" + home,
            "ERL_EPMD_ADDRESS=127.0.0.1",
            "ERL_EPMD_PORT=" + mapper,
            "RABBITMQ_NODENAME=cutover@localhost",
            "RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
            "RABBITMQ_NODE_PORT=" + rabbitPort,
            "RABBITMQ_DIST_PORT=" + nodes,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE=" + home.resolve("rabbitmq"),
            "RABBITMQ_MNESIA_BASE=" + home.resolve("mnesia"),
            "RABBITMQ_LOG_BASE=" + home.resolve("log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE=" + home.resolve("enabled_plugins"),
            "RABBITMQ_PID_FILE=" + home.resolve("pid"),
            "/usr/lib/rabbitmq/bin/rabbitmq-server"));
  }

  private void configurePool() throws IOException {
    Files.createDirectories(directory.resolve("pool"));
    Files.writeString(
        directory.resolve("rndc.key"),
        "key \"%s\" { algorithm hmac-sha256; secret \"%s\"; };\n".formatted(KEY_NAME, KEY_SECRET));
    Files.writeString(directory.resolve("pool/named.conf"), poolConfig(true));
  }

  private List<String> named(String role) {
    return List.of(
        Installed.require("named", "bind9"),
        "-4",
        "-n",
        "1",
        "-c",
        directory.resolve(role).resolve("named.conf").toString(),
        "-g");
  }

  private String poolConfig(boolean transfers) {
    return """
    include "%1$s/rndc.key";
    options { directory "%1$s/pool"; pid-file "%1$s/pool/named.pid"; session-keyfile "%1$s/pool/session.key";
      listen-on port %2$d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no;
      empty-zones-enable no; allow-new-zones yes; allow-notify { 127.0.0.1; }; %3$s };
    controls { inet 127.0.0.1 port %4$d allow { 127.0.0.1; } keys { "%5$s"; }; };
    """
        .formatted(
            directory,
            poolPort,
            transfers
                ? "allow-transfer { 127.0.0.1; }; notify explicit; also-notify { 127.0.0.1 port %d; }; notify-delay 0;"
                    .formatted(secondaryPort)
                : "allow-transfer { none; }; notify no;",
            controlPort,
            KEY_NAME);
  }

  private void startDesignate() throws IOException {
    Path state = Files.createDirectories(directory.resolve("state"));
    Path config = directory.resolve("designate.conf");
    Files.writeString(
        config,
        """
        [DEFAULT]
        pybasedir = /usr/lib/python3/dist-packages
        state_path = %1$s
        transport_url = rabbit://guest:guest@127.0.0.1:%2$d/
        [oslo_policy]
        policy_dirs = /etc/designate/policy.d
        enforce_new_defaults = True
        enforce_scope = True
        [oslo_concurrency]
        lock_path = %1$s
        [storage:sqlalchemy]
        connection = sqlite:///%1$s/designate.sqlite
        [heartbeat_emitter]
        heartbeat_interval = 3600
        [service:api]
        listen = 127.0.0.1:%3$d
        auth_strategy = noauth
        api_base_uri = http://127.0.0.1:%3$d/
        enable_api_v2 = True
        workers = 1
        [service:central]
        workers = 1
        [service:worker]
        workers = 1
        poll_timeout = 2
        poll_retry_interval = 1
        poll_max_retries = 3
        poll_delay = 1
        [service:mdns]
        listen = 127.0.0.1:%4$d
        workers = 1
        [service:producer]
        workers = 1
        [producer_task:worker_periodic_recovery]
        interval = 5
        """
            .formatted(state, rabbitPort, apiPort, mdnsPort));
    Path pools = directory.resolve("pools.yaml");
    Files.writeString(
        pools,
        """
        - name: default
          description: one name server
          attributes: {}
          ns_records: [{hostname: ns1.%1$s, priority: 1}]
          nameservers: [{host: 127.0.0.1, port: %2$d}]
          targets:
            - type: bind9
              description: BIND
              masters: [{host: 127.0.0.1, port: %3$d}]
              options: {host: 127.0.0.1, port: %2$d, rndc_host: 127.0.0.1, rndc_port: %4$d, rndc_key_file: %5$s/rndc.key}
        """
            .formatted(ZONE, poolPort, mdnsPort, controlPort, directory));
    // One thing at a time: two at once lock SQLite against each other within the process,
    // heartbeats
    // among them.
    Path oneByOne = directory.resolve("one-by-one.conf");
    Files.writeString(oneByOne, "[DEFAULT]\nexecutor_thread_pool_size = 1\n");
    Path impatient = directory.resolve("impatient.conf");
    Files.writeString(impatient, "[DEFAULT]\nrpc_response_timeout = 5\n");
    manage(List.of(config), "database", "sync");
    awaitPort(rabbitPort);
    List<String> central = new ArrayList<>(service("central", config));
    central.addAll(List.of("--config-file", oneByOne.toString()));
    start(central);
    // What is asked before central listens is lost, and nobody says so.
    await()
        .atMost(START_MAX)
        .ignoreExceptions()
        .until(
            () -> {
              manage(List.of(config, impatient), "pool", "update", "--file", pools.toString());
              return true;
            });
    for (String service : List.of("worker", "mdns", "producer", "api")) {
      start(service(service, config));
    }
    awaitPort(mdnsPort);
    awaitPort(apiPort);
  }

  private static List<String> service(String name, Path config) {
    return List.of("designate-" + name, "--config-file", config.toString());
  }

  private void manage(List<Path> configs, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("designate-manage"));
    configs.forEach(config -> command.addAll(List.of("--config-file", config.toString())));
    command.addAll(List.of(arguments));
    try {
      Daemon.run(directory, command, START_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private void awaitPort(int port) {
    await()
        .atMost(START_MAX)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(
            () -> {
              try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
              }
            });
  }

  /** Follows the pool's name server, once the zone is there. */
  void startSecondary() throws IOException {
    awaitServing(primary());
    Files.createDirectories(directory.resolve("secondary"));
    Files.writeString(
        directory.resolve("secondary/named.conf"),
        """
        options { directory "%1$s/secondary"; pid-file "%1$s/secondary/named.pid"; session-keyfile "%1$s/secondary/session.key";
          listen-on port %2$d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no;
          empty-zones-enable no; allow-transfer { none; }; notify no; allow-notify { 127.0.0.1; }; min-refresh-time 1; };
        controls { };
        zone "%3$s" { type secondary; primaries { 127.0.0.1 port %4$d; }; file "zone.db"; };
        """
            .formatted(directory, secondaryPort, ZONE, poolPort));
    start(named("secondary"));
    awaitServing(secondary());
  }

  private static void awaitServing(ServerAddress server) {
    await()
        .atMost(START_MAX)
        .until(
            () ->
                new DnsjavaQueries()
                            .ask(server, false, "ns1." + ZONE, RecordType.A, Duration.ofSeconds(1))
                        instanceof Answered(var set, boolean authoritative, var _)
                    && authoritative
                    && !set.values().isEmpty());
  }

  /**
   * Stops the pool's name server, or starts it again. One that hangs instead was seen to leave
   * changes PENDING for more than a minute; one that is gone makes them ERROR.
   */
  void failPool(boolean fail) throws IOException {
    Daemon running = pool;
    if (fail && running != null) {
      running.close();
      daemons.remove(running);
      pool = null;
    } else if (!fail && running == null) {
      pool = start(named("pool"));
    }
  }

  @Override
  public ServerAddress primary() {
    return new ServerAddress("127.0.0.1", poolPort);
  }

  @Override
  public ServerAddress secondary() {
    return new ServerAddress("127.0.0.1", secondaryPort);
  }

  @Override
  public void holdSecondary(boolean hold) throws Exception {
    Files.writeString(directory.resolve("pool/named.conf"), poolConfig(!hold));
    rndc("reconfig");
    if (!hold) {
      rndc("notify", ZONE);
    }
  }

  private void rndc(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Installed.require("rndc", "bind9-utils"),
                "-s",
                "127.0.0.1",
                "-p",
                String.valueOf(controlPort),
                "-k",
                directory.resolve("rndc.key").toString()));
    command.addAll(List.of(arguments));
    Daemon.run(directory, command);
  }

  /** Services before what they talk through, or they wait for it. */
  @Override
  public void close() {
    while (!daemons.isEmpty()) {
      daemons.pop().close();
    }
  }
}
