package dev.cutover.dns.haproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.Installed;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A real HAProxy with a frontend, the backends of a test, and three runtime APIs: for
 * administrators, for operators, and for administrators with a certificate.
 */
public final class HaProxyProcess implements AutoCloseable {
  /** In the lines of a test: the path of the runtime API for those on the machine itself. */
  public static final String SOCKET = "@SOCKET@";

  private final Path directory;
  private final Path config;
  private final ServerAddress api = new ServerAddress("127.0.0.1", FreePort.next());
  private final ServerAddress operators = new ServerAddress("127.0.0.1", FreePort.next());
  private final ServerAddress frontend = new ServerAddress("127.0.0.1", FreePort.next());
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private Process process;

  /**
   * Starts it.
   *
   * @param more lines of the configuration: backends, and frontends beside {@code web}'s
   */
  public HaProxyProcess(Path directory, String more) throws IOException {
    this.directory = directory;
    this.config = directory.resolve("haproxy-%d.cfg".formatted(api.port()));
    Files.writeString(
        config,
        """
        global
          stats socket ipv4@%s level admin
          stats socket ipv4@%s level operator
          stats socket %s level admin mode 600
          hard-stop-after 1s
          nbthread 2
        defaults
          mode http
          timeout connect 2s
          timeout client 10s
          timeout server 10s
        frontend users
          bind %s
          default_backend web
        %s
        """
            .formatted(
                api, operators, socket(), frontend, more.replace(SOCKET, socket().toString())));
    process = start();
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(IOException.class)
        .failFast(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError("Expected HAProxy to run: " + Files.readString(log()));
              }
            })
        .until(() -> command("show cli level").contains("admin"));
  }

  private Process start(String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(Installed.require("haproxy", "haproxy"), "-db", "-f", config.toString()));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  private Path log() {
    return directory.resolve("haproxy-%d.log".formatted(api.port()));
  }

  private Path socket() {
    return directory.resolve("haproxy-%d.sock".formatted(api.port()));
  }

  /** Where administrators reach the runtime API. */
  public ServerAddress api() {
    return api;
  }

  /** Where operators reach it. */
  public ServerAddress operators() {
    return operators;
  }

  /** Reads the configuration anew, as a service manager's reload does: a new process takes over. */
  public void reload() throws Exception {
    Process old = process;
    process = start("-sf", String.valueOf(old.pid()));
    if (!old.waitFor(20, TimeUnit.SECONDS)) {
      throw new AssertionError("Expected the old process to end: " + Files.readString(log()));
    }
  }

  /** It answers nobody, as if it or its network hung. */
  public void hang() throws Exception {
    signal("-STOP");
  }

  /** It goes on. */
  public void goOn() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
  }

  /** Ends it: its port refuses connections. */
  public void stop() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Sends a line to the runtime API, as a person does, and gives what it answers. */
  public String command(String line) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(api.host(), api.port()), 5000);
      socket.setSoTimeout(5000);
      socket.getOutputStream().write((line.strip() + "\n").getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8).strip();
    }
  }

  /** The weights as they are set, such as {@code blue1=1 green1=0}. */
  public String weights(String backend) throws IOException {
    Map<String, String> weights = new TreeMap<>();
    command("show servers state " + backend)
        .lines()
        .map(line -> line.split(" "))
        .filter(cells -> cells.length > 8 && cells[1].equals(backend))
        .forEach(cells -> weights.put(cells[3], cells[7]));
    return weights.entrySet().stream()
        .map(Object::toString)
        .reduce((a, b) -> a + " " + b)
        .orElse("");
  }

  /** Which server answered how many of that many requests of users. */
  public Map<String, Integer> requests(int count) throws Exception {
    Map<String, Integer> answered = new TreeMap<>();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://%s/".formatted(frontend))).build();
    for (int i = 0; i < count; i++) {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      answered.merge(response.body(), 1, Integer::sum);
    }
    return answered;
  }

  @Override
  public void close() {
    client.close();
    process.destroyForcibly();
  }
}
