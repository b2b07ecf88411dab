package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real BIND that serves {@code example.}, signed, and delegates the zone of the authorities. */
final class BindParent implements AutoCloseable {
  /** Its own address in the zone. */
  static final String ADDRESS = "192.0.2.10";

  /** As delegated: ns1 is in both lists, ns9 in the parent's only. */
  private static final String ZONE =
      """
      $TTL 300
      @ IN SOA a.parent admin 1 3600 600 86400 5
      @ IN NS a.parent
      a.parent IN A 192.0.2.10
      shop IN NS ns1.shop
      shop IN NS ns9.shop
      ns1.shop IN A 192.0.2.1
      ns9.shop IN A 192.0.2.9
      ns9.shop IN AAAA 2001:db8::9
      """;

  private final int port = FreePort.next();
  private final Daemon daemon;

  BindParent(Path directory) throws IOException {
    String named = Installed.require("named", "bind9");
    Path place = Files.createDirectories(directory.resolve("parent"));
    Files.writeString(place.resolve("zone.db"), ZONE);
    Path config =
        Files.writeString(
            place.resolve("named.conf"),
            """
            options { directory "%s"; pid-file "%s/named.pid"; session-keyfile "%s/session.key";
              listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;
              dnssec-validation no; empty-zones-enable no; notify no; };
            controls { };
            zone "example" { type primary; file "zone.db"; dnssec-policy default;
              inline-signing yes; };
            """
                .formatted(place, place, place, port));
    daemon = Daemon.start(place, List.of(named, "-4", "-n", "1", "-c", config.toString(), "-g"));
  }

  ServerAddress address() {
    return new ServerAddress("127.0.0.1", port);
  }

  String output() throws IOException {
    return daemon.output();
  }

  @Override
  public void close() {
    daemon.close();
  }
}
