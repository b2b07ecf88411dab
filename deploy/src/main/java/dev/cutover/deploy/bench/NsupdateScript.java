package dev.cutover.deploy.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a person would write instead: an {@code nsupdate} that expects nothing and marks nothing,
 * then {@code dig} in a loop until each authority answers with the new address.
 */
final class NsupdateScript {
  private static final int ROUNDS = 20;
  private static final int NAME = 81;

  private static final String SCRIPT =
      """
      set -eu
      nsupdate -v -k "$KEY" <<EOF
      server 127.0.0.1 $PRIMARY
      zone $ZONE
      update delete $NAME A
      update delete $NAME AAAA
      update delete $NAME HTTPS
      $ADDED
      send
      EOF
      for port in $PRIMARY $SECONDARY; do
        until [ "$(dig +short +norecurse @127.0.0.1 -p "$port" "$NAME" A | sort | xargs)" = "$WANTED" ]; do
          sleep 0.01
        done
      done
      """;

  private final NameServers servers;
  private final Path directory;
  private final Path key;
  private final String name = NameServers.name(NAME);

  private NsupdateScript(NameServers servers, Path directory) throws IOException {
    this.servers = servers;
    this.directory = directory;
    this.key =
        Files.writeString(
            directory.resolve("script.key"),
            "key \"%s\" { algorithm hmac-sha256; secret \"%s\"; };%n"
                .formatted(NameServers.KEY_NAME, servers.secret()));
  }

  /**
   * Measures it beside the product.
   *
   * @param title of the provider
   * @param revertMs what the product takes until all authorities are right, at the median
   */
  static List<BenchRow> measure(
      NameServers servers, Path directory, String title, double revertMs, PrintStream out)
      throws IOException, InterruptedException {
    if (!List.of("bash", "nsupdate", "dig").stream()
        .allMatch(program -> ServerProcess.find(program).isPresent())) {
      return List.of(
          BenchRow.of(title + ": script", 0, "", "missing: apt-get install bind9-dnsutils"));
    }
    out.printf("%s: the same by a script, %d times%n", title, ROUNDS);
    NsupdateScript script = new NsupdateScript(servers, directory);
    OrderTimes times = new OrderTimes(Optional.empty());
    for (int n = 0; n < ROUNDS; n++) {
      script.toTarget();
      times.time("script", script::toSource);
    }
    double scriptMs = times.of("script").quantileMs(0.5);
    return List.of(
        BenchRow.of(
            title + ": revert by a script, all authorities right, p50",
            scriptMs,
            "ms",
            "nsupdate without conditions, then dig until right; median of " + ROUNDS),
        BenchRow.of(
            title + ": the script beside the revert",
            scriptMs / revertMs,
            "times",
            "as long, at the medians"));
  }

  private void toTarget() throws IOException, InterruptedException {
    run(
        "update add %1$s 5 A 10.1.0.1%nupdate add %1$s 5 HTTPS 1 . alpn=h2,h3".formatted(name),
        "10.1.0.1");
  }

  private void toSource() throws IOException, InterruptedException {
    run(
        """
        update add %1$s 5 A 10.0.0.1
        update add %1$s 5 A 10.0.0.2
        update add %1$s 5 AAAA 2001:db8::1
        update add %1$s 5 HTTPS 1 . alpn=h2"""
            .formatted(name),
        "10.0.0.1 10.0.0.2");
  }

  private void run(String added, String wanted) throws IOException, InterruptedException {
    ServerProcess.run(
        directory,
        List.of(
            "env",
            "KEY=" + key,
            "PRIMARY=" + servers.primary().port(),
            "SECONDARY=" + servers.secondary().port(),
            "ZONE=" + NameServers.ZONE,
            "NAME=" + name,
            "ADDED=" + added,
            "WANTED=" + wanted,
            "bash",
            "-c",
            SCRIPT));
  }
}
