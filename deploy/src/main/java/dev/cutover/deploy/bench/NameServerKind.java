package dev.cutover.deploy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A real name server that takes updates by RFC 2136, with the settings that docs/rfc2136.md has.
 */
enum NameServerKind {
  BIND("BIND", "named", "bind9") {
    @Override
    List<String> prepare(Place place) throws IOException {
      Path config =
          Files.writeString(
              place.directory().resolve("named.conf"),
              """
              key "%1$s" { algorithm hmac-sha256; secret "%2$s"; };
              options { directory "%3$s"; pid-file "%3$s/named.pid"; session-keyfile "%3$s/session.key";
                listen-on port %4$d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;
                allow-transfer { key %1$s; }; dnssec-validation no; empty-zones-enable no;
                notify explicit; also-notify { 127.0.0.1 port %5$d; };
                notify-delay 0; notify-rate 1000; };
              controls { };
              zone "%6$s" { type primary; file "zone.db";
                update-policy { grant %1$s zonesub A AAAA CNAME HTTPS TXT; }; };
              """
                  .formatted(
                      NameServers.KEY_NAME,
                      place.secret(),
                      place.directory(),
                      place.port(),
                      place.otherPort(),
                      NameServers.ZONE));
      return List.of(
          ServerProcess.require("named"), "-4", "-n", "1", "-c", config.toString(), "-g");
    }
  },

  POWERDNS("PowerDNS", "pdns_server", "pdns-server pdns-backend-sqlite3 sqlite3") {
    @Override
    List<String> prepare(Place place) throws IOException, InterruptedException {
      Path directory = place.directory();
      configure(directory, directory, place.port(), "dnsupdate=yes");
      ServerProcess.run(
          directory,
          List.of(
              ServerProcess.require("sqlite3"),
              directory.resolve("pdns.db").toString(),
              ".read /usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql"));
      String zone = NameServers.ZONE.substring(0, NameServers.ZONE.length() - 1);
      for (List<String> command :
          List.of(
              List.of("load-zone", zone, directory.resolve("zone.db").toString()),
              List.of("set-kind", zone, "native"),
              List.of("import-tsig-key", NameServers.KEY_NAME, "hmac-sha256", place.secret()),
              List.of("set-meta", zone, "TSIG-ALLOW-DNSUPDATE", NameServers.KEY_NAME))) {
        List<String> words = new ArrayList<>();
        words.add(ServerProcess.require("pdnsutil"));
        words.add("--config-dir=" + directory);
        words.addAll(command);
        ServerProcess.run(directory, words);
      }
      return List.of(ServerProcess.require("pdns_server"), "--config-dir=" + directory);
    }

    // A second one on the same database, as most have it. Its caches know nothing of updates;
    // NOTIFY,
    // the other way, goes out once a second.
    @Override
    List<String> prepareSecondary(Place place, Path primary) throws IOException {
      configure(
          place.directory(),
          primary,
          place.port(),
          """
          cache-ttl=0
          query-cache-ttl=0
          negquery-cache-ttl=0
          """);
      return List.of(ServerProcess.require("pdns_server"), "--config-dir=" + place.directory());
    }

    private void configure(Path directory, Path database, int port, String more)
        throws IOException {
      Files.writeString(
          directory.resolve("pdns.conf"),
          """
          launch=gsqlite3
          gsqlite3-database=%s/pdns.db
          local-address=127.0.0.1
          local-port=%d
          socket-dir=%s
          daemon=no
          guardian=no
          disable-syslog=yes
          security-poll-suffix=
          allow-axfr-ips=
          allow-dnsupdate-from=127.0.0.0/8
          %s
          """
              .formatted(database, port, directory, more));
    }
  },

  KNOT("Knot", "knotd", "knot") {
    @Override
    List<String> prepare(Place place) throws IOException {
      Path config =
          Files.writeString(
              place.directory().resolve("knot.conf"),
              """
              server:
                  rundir: "%1$s"
                  listen: 127.0.0.1@%2$d
                  background-workers: 1
              log:
                - target: stderr
                  any: warning
              database:
                  storage: "%1$s"
              key:
                - id: %3$s
                  algorithm: hmac-sha256
                  secret: %4$s
              remote:
                - id: secondary
                  address: 127.0.0.1@%5$d
              acl:
                - id: cutover
                  key: %3$s
                  action: [update, transfer]
              zone:
                - domain: %6$s
                  storage: "%1$s"
                  file: "zone.db"
                  acl: cutover
                  notify: secondary
              """
                  .formatted(
                      place.directory(),
                      place.port(),
                      NameServers.KEY_NAME,
                      place.secret(),
                      place.otherPort(),
                      NameServers.ZONE));
      return List.of(ServerProcess.require("knotd"), "-c", config.toString());
    }

    @Override
    Optional<Double> revertMaxMs() {
      return Optional.empty(); // it tells its secondary a second later, whoever asks
    }
  };

  private final String title;
  private final String program;
  private final String debianPackages;

  NameServerKind(String title, String program, String debianPackages) {
    this.title = title;
    this.program = program;
    this.debianPackages = debianPackages;
  }

  /**
   * Where one runs.
   *
   * @param directory its own; {@code zone.db} with the zone is there already
   * @param secret of the key that may change the zone, Base64
   * @param otherPort of the other authority
   */
  record Place(Path directory, String secret, int port, int otherPort) {}

  /** Writes what it reads at its start, and gives the command that starts it. */
  abstract List<String> prepare(Place place) throws IOException, InterruptedException;

  /**
   * The same for the zone's other authority: a BIND that is told of changes and fetches them.
   *
   * @param primary the primary's directory
   */
  List<String> prepareSecondary(Place place, Path primary) throws IOException {
    Path config =
        Files.writeString(
            place.directory().resolve("named.conf"),
            """
            key "%1$s" { algorithm hmac-sha256; secret "%2$s"; };
            options { directory "%3$s"; pid-file "%3$s/named.pid"; session-keyfile "%3$s/session.key";
              listen-on port %4$d { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;
              allow-transfer { none; }; dnssec-validation no; empty-zones-enable no; notify no;
              allow-notify { 127.0.0.1; }; min-refresh-time 1; serial-query-rate 1000; };
            controls { };
            zone "%5$s" { type secondary; primaries { 127.0.0.1 port %6$d key %1$s; }; file "zone.db"; };
            """
                .formatted(
                    NameServers.KEY_NAME,
                    place.secret(),
                    place.directory(),
                    place.port(),
                    NameServers.ZONE,
                    place.otherPort()));
    return List.of(ServerProcess.require("named"), "-4", "-n", "1", "-c", config.toString(), "-g");
  }

  /** How long a revert may take until all authorities are right, p99; empty without a target. */
  Optional<Double> revertMaxMs() {
    return Optional.of(250.0);
  }

  String title() {
    return title;
  }

  boolean isInstalled() {
    return ServerProcess.find(program).isPresent();
  }

  /** How to install it on Debian. */
  String installation() {
    return "apt-get install " + debianPackages;
  }
}
