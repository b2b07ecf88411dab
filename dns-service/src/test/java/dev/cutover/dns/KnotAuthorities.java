package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real Knot as the primary and a real BIND that follows it. */
public final class KnotAuthorities implements Authorities {
  private final int primaryPort = FreePort.next();
  private final Daemon primary;
  private final BindSecondary secondary;

  public KnotAuthorities(Path directory) throws IOException {
    this(
        directory,
        """
          - id: cutover
            key: %s
            action: update
            update-type: [A, AAAA, CNAME, HTTPS, TXT]
        """
            .formatted(KEY_NAME),
        "cutover");
  }

  /**
   * @param rules access lists for updates, as in the configuration
   * @param names their names, with commas
   */
  KnotAuthorities(Path directory, String rules, String names) throws IOException {
    String knotd = Installed.require("knotd", "knot");
    Path place = Files.createDirectories(directory.resolve("knot"));
    int secondaryPort = FreePort.next();
    Files.writeString(place.resolve("zone.db"), ZONE_FILE);
    Path config =
        Files.writeString(place.resolve("knot.conf"), config(place, secondaryPort, rules, names));
    primary = Daemon.start(directory, List.of(knotd, "-c", config.toString()));
    BindSecondary.awaitServing(primary(), primary);
    secondary = new BindSecondary(directory, secondaryPort, primaryPort);
  }

  private String config(Path place, int secondaryPort, String rules, String names) {
    return """
    server:
        rundir: "%s"
        listen: 127.0.0.1@%d
        udp-workers: 1
        tcp-workers: 1
        background-workers: 1
    log:
      - target: stderr
        any: info
    database:
        storage: "%s"
    key:
      - id: %s
        algorithm: hmac-sha256
        secret: %s
      - id: %s
        algorithm: hmac-sha256
        secret: %s
    remote:
      - id: secondary
        address: 127.0.0.1@%d
    acl:
    %s  - id: transfer
        key: %s
        action: transfer
    zone:
      - domain: %s
        storage: "%s"
        file: "zone.db"
        acl: [%s, transfer]
        notify: secondary
    """
        .formatted(
            place,
            primaryPort,
            place,
            KEY_NAME,
            KEY_SECRET,
            WEAK_KEY_NAME,
            KEY_SECRET,
            secondaryPort,
            rules,
            KEY_NAME,
            ZONE,
            place,
            names);
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
