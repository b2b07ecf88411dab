package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two real BIND servers on high ports (Debian's bind9). */
public final class BindAuthorities implements Authorities {
  /** What the key of the tests may change. */
  static final String GRANTS = "grant %s zonesub A AAAA CNAME HTTPS TXT;".formatted(KEY_NAME);

  private static final String NOT_SIGNED = "";
  private static final String SIGNED = "dnssec-policy days;";

  private final int primaryPort = FreePort.next();
  private final Daemon primary;
  private final BindSecondary secondary;

  public BindAuthorities(Path directory) throws IOException {
    this(directory, ZONE_FILE, GRANTS);
  }

  /**
   * @param zoneFile the zone as it is in the beginning
   * @param grants the rights that keys have
   */
  BindAuthorities(Path directory, String zoneFile, String grants) throws IOException {
    this(directory, zoneFile, grants, NOT_SIGNED);
  }

  /** A zone whose signatures end after between two and three days. */
  static BindAuthorities signed(Path directory) throws IOException {
    return new BindAuthorities(directory, ZONE_FILE, GRANTS, SIGNED);
  }

  private BindAuthorities(Path directory, String zoneFile, String grants, String signing)
      throws IOException {
    String named = Installed.require("named", "bind9");
    Path place = Files.createDirectories(directory.resolve("primary"));
    int secondaryPort = FreePort.next();
    Files.writeString(place.resolve("zone.db"), zoneFile);
    Files.writeString(place.resolve("named.conf"), config(place, secondaryPort, grants, signing));
    primary = Daemon.start(directory, BindSecondary.command(named, place));
    BindSecondary.awaitServing(primary(), primary);
    secondary = new BindSecondary(directory, secondaryPort, primaryPort);
  }

  private String config(Path place, int secondaryPort, String grants, String signing) {
    return """
    key "%s" { algorithm hmac-sha256; secret "%s"; };
    key "%s" { algorithm hmac-sha256; secret "%s"; };
    options { directory "%s"; pid-file "%s/named.pid"; session-keyfile "%s/session.key";
      listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;
      allow-transfer { key %s; }; dnssec-validation no; empty-zones-enable no;
      notify explicit; also-notify { 127.0.0.1 port %d; }; notify-delay 0; };
    controls { };
    dnssec-policy "days" { signatures-validity P3D; signatures-refresh P2D;
      keys { csk lifetime unlimited algorithm ecdsap256sha256; }; };
    zone "%s" { type primary; file "zone.db"; %s
      update-policy { %s }; };
    """
        .formatted(
            KEY_NAME,
            KEY_SECRET,
            WEAK_KEY_NAME,
            KEY_SECRET,
            place,
            place,
            place,
            primaryPort,
            KEY_NAME,
            secondaryPort,
            ZONE,
            signing,
            grants);
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
