package dev.cutover.dns;

import static org.awaitility.Awaitility.await;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real BIND that follows any primary: told by NOTIFY, by transfers signed with the good key. */
final class BindSecondary implements AutoCloseable {
  private static final String KEY =
      "key \"%s\" { algorithm hmac-sha256; secret \"%s\"; };%n"
          .formatted(Authorities.KEY_NAME, Authorities.KEY_SECRET);

  private final Path place;
  private final int port;
  private final int primaryPort;
  private final int deadPort = FreePort.next();
  private final int controlPort = FreePort.next();
  private final Daemon daemon;

  /**
   * Starts it and waits until it serves the zone.
   *
   * @param port where it shall listen: the primary has to know before
   */
  BindSecondary(Path directory, int port, int primaryPort) throws IOException {
    this.place = Files.createDirectories(directory.resolve("secondary"));
    this.port = port;
    this.primaryPort = primaryPort;
    String named = Installed.require("named", "bind9");
    Files.writeString(place.resolve("rndc.key"), KEY);
    Files.writeString(place.resolve("named.conf"), config(primaryPort));
    daemon = Daemon.start(directory, command(named, place));
    awaitServing(address(), daemon);
  }

  static List<String> command(String named, Path place) {
    return List.of(named, "-4", "-n", "1", "-c", place.resolve("named.conf").toString(), "-g");
  }

  private String config(int followedPort) {
    return KEY
        + """
        options { directory "%s"; pid-file "%s/named.pid"; session-keyfile "%s/session.key";
          listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;
          allow-transfer { none; }; dnssec-validation no; empty-zones-enable no;
          notify no; allow-notify { 127.0.0.1; }; min-refresh-time 1; };
        controls { inet 127.0.0.1 port %d allow { 127.0.0.1; } keys { "%s"; }; };
        zone "%s" { type secondary; primaries { 127.0.0.1 port %d key %s; }; file "zone.db"; };
        """
            .formatted(
                place,
                place,
                place,
                port,
                controlPort,
                Authorities.KEY_NAME,
                Authorities.ZONE,
                followedPort,
                Authorities.KEY_NAME);
  }

  ServerAddress address() {
    return new ServerAddress("127.0.0.1", port);
  }

  /** Makes it follow nobody and keep what it has, or (false) catch up. */
  void hold(boolean hold) throws Exception {
    Files.writeString(place.resolve("named.conf"), config(hold ? deadPort : primaryPort));
    rndc("reconfig");
    if (!hold) {
      rndc("refresh", Authorities.ZONE);
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
                place.resolve("rndc.key").toString()));
    command.addAll(List.of(arguments));
    Daemon.run(place, command);
  }

  /** Waits until the server answers for the zone's first name with authority. */
  static void awaitServing(ServerAddress server, Daemon daemon) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              var answer =
                  new DnsjavaQueries()
                      .ask(
                          server,
                          false,
                          "ns1." + Authorities.ZONE,
                          RecordType.A,
                          Duration.ofSeconds(1));
              if (!(answer instanceof Answered(var set, boolean authoritative, var _))
                  || !authoritative
                  || set.values().isEmpty()) {
                throw new AssertionError(answer + "\n" + daemon.output());
              }
            });
  }

  @Override
  public void close() {
    daemon.close();
  }
}
