package dev.cutover.deploy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a person would write instead: an {@code nsupdate} that expects nothing and marks nothing,
 * then {@code dig} in a loop until each authority answers with the new address.
 */
final class NsupdateScript {
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
  private final String name;

  /**
   * @param number of the name that it moves
   */
  NsupdateScript(NameServers servers, Path directory, int number) throws IOException {
    this.servers = servers;
    this.directory = directory;
    this.name = NameServers.name(number);
    this.key =
        Files.writeString(
            directory.resolve("script.key"),
            "key \"%s\" { algorithm hmac-sha256; secret \"%s\"; };%n"
                .formatted(NameServers.KEY_NAME, servers.secret()));
  }

  static boolean isPossible() {
    return List.of("bash", "nsupdate", "dig").stream()
        .allMatch(program -> ServerProcess.find(program).isPresent());
  }

  void toTarget() throws IOException, InterruptedException {
    run(
        "update add %1$s 5 A 10.1.0.1%nupdate add %1$s 5 HTTPS 1 . alpn=h2,h3".formatted(name),
        "10.1.0.1");
  }

  void toSource() throws IOException, InterruptedException {
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
