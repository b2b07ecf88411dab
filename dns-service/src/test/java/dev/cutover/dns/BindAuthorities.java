package dev.cutover.dns;

import static org.awaitility.Awaitility.await;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Two real BIND servers on high ports (Debian's bind9). */
final class BindAuthorities implements Authorities {
  private static final String KEYS =
      """
      key "%s" { algorithm hmac-sha256; secret "%s"; };
      key "%s" { algorithm hmac-sha256; secret "%s"; };
      """
          .formatted(KEY_NAME, KEY_SECRET, WEAK_KEY_NAME, KEY_SECRET);

  private final Path directory;
  private final int primaryPort = Daemon.freePort();
  private final int secondaryPort = Daemon.freePort();
  private final int controlPort = Daemon.freePort();
  private final Daemon primary;
  private final Daemon secondary;

  BindAuthorities(Path directory) throws IOException {
    this.directory = directory;
    String named = Installed.require("named", "bind9");
    Files.createDirectories(directory.resolve("primary"));
    Files.createDirectories(directory.resolve("secondary"));
    Files.writeString(directory.resolve("rndc.key"), KEYS.lines().findFirst().orElseThrow());
    Files.writeString(directory.resolve("primary/zone.db"), ZONE_FILE);
    Files.writeString(directory.resolve("primary/named.conf"), primaryConfig(true));
    Files.writeString(directory.resolve("secondary/named.conf"), secondaryConfig());
    primary = Daemon.start(directory, command(named, "primary"));
    awaitServing(primary(), primary);
    secondary = Daemon.start(directory, command(named, "secondary"));
    awaitServing(secondary(), secondary);
  }

  private List<String> command(String named, String role) {
    String config = directory.resolve(role).resolve("named.conf").toString();
    return List.of(named, "-4", "-n", "1", "-c", config, "-g");
  }

  private String options(String role, int port, String transfers) {
    Path place = directory.resolve(role);
    return """
    options { directory "%s"; pid-file "%s/named.pid"; session-keyfile "%s/session.key";
      listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;
      allow-transfer { %s; }; dnssec-validation no; empty-zones-enable no;
    """
        .formatted(place, place, place, port, transfers);
  }

  /** Without transfers even a notify that was on its way before leads the secondary nowhere. */
  private String primaryConfig(boolean transfers) {
    return KEYS
        + options("primary", primaryPort, transfers ? "key " + KEY_NAME : "none")
        + (transfers
            ? "notify explicit; also-notify { 127.0.0.1 port %d; }; notify-delay 0; };\n"
                .formatted(secondaryPort)
            : "notify no; };\n")
        + """
        controls { inet 127.0.0.1 port %d allow { 127.0.0.1; } keys { "%s"; }; };
        zone "%s" { type primary; file "zone.db";
          update-policy { grant %s zonesub A AAAA CNAME HTTPS TXT; }; };
        """
            .formatted(controlPort, KEY_NAME, ZONE, KEY_NAME);
  }

  private String secondaryConfig() {
    return KEYS
        + options("secondary", secondaryPort, "none")
        + """
        notify no; allow-notify { 127.0.0.1; }; min-refresh-time 1; };
        controls { };
        zone "%s" { type secondary; primaries { 127.0.0.1 port %d key %s; }; file "zone.db"; };
        """
            .formatted(ZONE, primaryPort, KEY_NAME);
  }

  private static void awaitServing(ServerAddress server, Daemon daemon) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              var answer =
                  new DnsjavaQueries()
                      .ask(server, false, "n0." + ZONE, RecordType.A, Duration.ofSeconds(1));
              if (!(answer instanceof Answered(var set, boolean authoritative))
                  || !authoritative
                  || set.values().isEmpty()) {
                throw new AssertionError(answer + "\n" + daemon.output());
              }
            });
  }

  @Override
  public ServerAddress primary() {
    return new ServerAddress("127.0.0.1", primaryPort);
  }

  @Override
  public ServerAddress secondary() {
    return new ServerAddress("127.0.0.1", secondaryPort);
  }

  @Override
  public void holdSecondary(boolean hold) throws Exception {
    Files.writeString(directory.resolve("primary/named.conf"), primaryConfig(!hold));
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

  @Override
  public void close() {
    secondary.close();
    primary.close();
  }
}
