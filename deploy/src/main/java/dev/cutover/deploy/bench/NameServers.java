package dev.cutover.deploy.bench;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.dns.DnsService;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.Rfc2136Switch;
import dev.cutover.dns.adapter.TsigKeys;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The two authorities of a zone: a primary of some kind, and one that follows it. */
final class NameServers implements AutoCloseable {
  static final String ZONE = "bench.example.";
  static final String KEY_NAME = "bench-key";
  static final int TTL_SECONDS = 300;

  private static final Duration START_MAX = Duration.ofSeconds(20);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);
  private static final int SECRET_BYTES = 32;

  private static final int LOWERED_TTL_SECONDS = 5;
  private static final int TOGETHER = 50;

  private final NameServerKind kind;
  private final Path directory;
  private final String secret;
  private final int primaryPort = FreePort.next();
  private final int secondaryPort = FreePort.next();
  private final List<ServerProcess> processes = new ArrayList<>();

  private NameServers(NameServerKind kind, Path directory) throws IOException {
    this.kind = kind;
    this.directory = directory;
    byte[] key = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(key);
    this.secret = Base64.getEncoder().encodeToString(key);
  }

  /** Starts both and waits until they serve the zone. */
  static NameServers start(NameServerKind kind, Path directory)
      throws IOException, InterruptedException {
    NameServers servers = new NameServers(kind, Files.createDirectories(directory));
    try {
      servers.startPrimary();
      servers.startSecondary();
      return servers;
    } catch (IOException | InterruptedException | RuntimeException e) {
      servers.close();
      throw e;
    }
  }

  private void startPrimary() throws IOException, InterruptedException {
    Path place = Files.createDirectories(directory.resolve("primary"));
    Files.writeString(place.resolve("zone.db"), zoneFile());
    List<String> command =
        kind.prepare(new NameServerKind.Place(place, secret, primaryPort, secondaryPort));
    startAndWait(place, command, primary());
  }

  private void startSecondary() throws IOException, InterruptedException {
    Path place = Files.createDirectories(directory.resolve("secondary"));
    List<String> command =
        kind.prepareSecondary(
            new NameServerKind.Place(place, secret, secondaryPort, primaryPort),
            directory.resolve("primary"));
    startAndWait(place, command, secondary());
  }

  private void startAndWait(Path place, List<String> command, ServerAddress server)
      throws IOException, InterruptedException {
    ServerProcess process = ServerProcess.start(place, command.toArray(String[]::new));
    processes.add(process);
    try {
      Waiting.untilReady("%s to serve %s".formatted(server, ZONE), START_MAX, () -> serves(server));
    } catch (IllegalStateException e) {
      throw new IOException(e.getMessage() + ": " + process.output(), e);
    }
  }

  private static boolean serves(ServerAddress server) {
    return new DnsjavaQueries().ask(server, false, name(0), RecordType.A, ANSWER_MAX)
            instanceof Answered(var set, boolean authoritative, var _)
        && authoritative
        && !set.values().isEmpty();
  }

  private static String zoneFile() {
    StringBuilder zone =
        new StringBuilder(
            """
            $TTL %d
            @ IN SOA ns1 admin 1 3600 600 86400 5
            @ IN NS ns1
            ns1 IN A 127.0.0.1
            """
                .formatted(TTL_SECONDS));
    for (int n = 0; n < MeasuredZone.NAMES; n++) {
      zone.append("n%d IN A 10.0.0.1%n".formatted(n));
      zone.append("n%d IN A 10.0.0.2%n".formatted(n));
      zone.append("n%d IN AAAA 2001:db8::1%n".formatted(n));
      zone.append("n%d IN HTTPS 1 . alpn=h2%n".formatted(n));
    }
    return zone.toString();
  }

  static String name(int number) {
    return "n%d.%s".formatted(number, ZONE);
  }

  /** The zone and a service that may change it. */
  MeasuredZone zone() {
    return new MeasuredZone(
        kind.title(),
        ZONE,
        new Rfc2136(primary(), "bench"),
        List.of(primary(), secondary()),
        List.of(RecordType.A, RecordType.AAAA, RecordType.HTTPS),
        LOWERED_TTL_SECONDS,
        TOGETHER,
        new DnsService(
            new Rfc2136Switch(
                new TsigKeys(
                    Credentials.of(
                        Map.of("bench.tsig.user", KEY_NAME, "bench.tsig.password", secret)))),
            new DnsjavaQueries(),
            new AllowList(Set.of(ZONE), Set.of("127.0.0.1"), Set.of()),
            InstantSource.system()),
        Optional.empty(),
        kind.revertMaxMs());
  }

  ServerAddress primary() {
    return new ServerAddress("127.0.0.1", primaryPort);
  }

  ServerAddress secondary() {
    return new ServerAddress("127.0.0.1", secondaryPort);
  }

  /** Of the key that may change the zone, Base64; HMAC-SHA256. */
  String secret() {
    return secret;
  }

  @Override
  public void close() {
    processes.reversed().forEach(ServerProcess::close);
  }
}
