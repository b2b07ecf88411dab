package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A real PowerDNS with records in SQLite as the primary, with the caches that it has by default,
 * and a real BIND that follows it.
 */
public final class PowerDnsAuthorities implements Authorities {
  private final int primaryPort = FreePort.next();
  private final Daemon primary;
  private final BindSecondary secondary;

  /**
   * @param policy a script that is asked for each part of an update, in Lua
   */
  public PowerDnsAuthorities(Path directory, Optional<String> policy) throws IOException {
    String server = Installed.require("pdns_server", "pdns-server");
    Path place = Files.createDirectories(directory.resolve("powerdns"));
    int secondaryPort = FreePort.next();
    Files.writeString(place.resolve("pdns.conf"), config(place, secondaryPort, policy));
    try {
      fill(place);
    } catch (RuntimeException | IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("Expected PowerDNS's database to be filled, but: " + e, e);
    }
    primary = Daemon.start(directory, List.of(server, "--config-dir=" + place));
    BindSecondary.awaitServing(primary(), primary);
    secondary = new BindSecondary(directory, secondaryPort, primaryPort);
  }

  private String config(Path place, int secondaryPort, Optional<String> policy) {
    return """
    launch=gsqlite3
    gsqlite3-database=%s/pdns.db
    local-address=127.0.0.1
    local-port=%d
    socket-dir=%s
    daemon=no
    guardian=no
    disable-syslog=yes
    security-poll-suffix=
    primary=yes
    dnsupdate=yes
    allow-dnsupdate-from=127.0.0.0/8
    allow-axfr-ips=
    also-notify=127.0.0.1:%d
    only-notify=
    """
            .formatted(place, primaryPort, place, secondaryPort)
        + policy.map(script -> policy(place, script)).orElse("");
  }

  private static String policy(Path place, String script) {
    try {
      Path file = Files.writeString(place.resolve("policy.lua"), script);
      return "lua-dnsupdate-policy-script=%s\n".formatted(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fill(Path place) throws Exception {
    Path schema = Path.of("/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql");
    Path zone = Files.writeString(place.resolve("zone.db"), ZONE_FILE);
    Daemon.run(
        place,
        List.of(
            Installed.require("sqlite3", "sqlite3 pdns-backend-sqlite3"),
            place.resolve("pdns.db").toString(),
            ".read " + schema));
    String zoneName = ZONE.substring(0, ZONE.length() - 1);
    pdnsutil(place, "load-zone", zoneName, zone.toString());
    pdnsutil(place, "set-kind", zoneName, "primary");
    pdnsutil(place, "import-tsig-key", KEY_NAME, "hmac-sha256", KEY_SECRET);
    pdnsutil(place, "import-tsig-key", WEAK_KEY_NAME, "hmac-sha256", KEY_SECRET);
    pdnsutil(place, "set-meta", zoneName, "TSIG-ALLOW-DNSUPDATE", KEY_NAME);
    pdnsutil(place, "set-meta", zoneName, "TSIG-ALLOW-AXFR", KEY_NAME);
    pdnsutil(place, "set-meta", zoneName, "NOTIFY-DNSUPDATE", "1");
  }

  private static void pdnsutil(Path place, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Installed.require("pdnsutil", "pdns-server"), "--config-dir=" + place));
    command.addAll(List.of(arguments));
    Daemon.run(place, command);
  }

  @Override
  public ServerAddress primary() {
    return new ServerAddress("127.0.0.1", primaryPort);
  }

  @Override
  public ServerAddress secondary() {
    return secondary.address();
  }

  @Override
  public void holdSecondary(boolean hold) throws Exception {
    secondary.hold(hold);
  }

  @Override
  public void close() {
    secondary.close();
    primary.close();
  }
}
