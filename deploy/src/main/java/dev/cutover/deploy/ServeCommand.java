package dev.cutover.deploy;

import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.EmbeddedBroker;
import dev.cutover.runtime.ServiceRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import picocli.CommandLine.Command;

/** {@code ./cutover serve}: all five services in one process, for a small team. */
@Command(
    name = "serve",
    description = {
      "Runs all five services in this process until it is stopped.",
      "Configured as the services are: by the environment, or the properties file that"
          + " CUTOVER_CONFIG names.",
      "Without KAFKA_BOOTSTRAP_SERVERS it runs a broker of its own on KAFKA_PORT (19092), with its"
          + " data in .cutover/kafka.",
      "Without SIGNING_KEY_ID it makes signing keys of its own in .cutover/keys.",
      "Without BREAK_GLASS_DIRECTORY it writes break-glass bundles to .cutover/break-glass.",
      "HEALTH_PORT (8080) and the four ports after it serve /live, /ready and /metrics of each"
          + " service."
    },
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private static final int HEALTH_PORT = 8080;
  private static final int KAFKA_PORT = 19_092;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path state = Path.of(System.getProperty("cutover.home", ".")).resolve(".cutover");
    try {
      ConfigReader reader = ConfigReader.ofEnvironment(System.getenv());
      boolean ownBroker = reader.optional("KAFKA_BOOTSTRAP_SERVERS").isEmpty();
      boolean ownKeys = reader.optional("SIGNING_KEY_ID").isEmpty();
      int kafkaPort = reader.integer("KAFKA_PORT", 1, 65_535, KAFKA_PORT);
      int healthPort = reader.integer("HEALTH_PORT", 1, 65_000, HEALTH_PORT);
      reader.build(() -> state);
      LocalKeys keys = new LocalKeys(state.resolve("keys"), AllServices.NAMES);
      Function<String, Map<String, String>> configuration =
          service -> {
            Map<String, String> own = new HashMap<>(System.getenv());
            own.put(
                "HEALTH_PORT", Integer.toString(healthPort + AllServices.NAMES.indexOf(service)));
            own.putIfAbsent("BREAK_GLASS_DIRECTORY", state.resolve("break-glass").toString());
            if (ownKeys) {
              own.putAll(keys.signing(service));
            }
            if (ownBroker) {
              own.put("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + kafkaPort);
              own.put("TOPICS_REPLICAS", "1");
              own.put("TOPICS", "CREATE");
            }
            return own;
          };
      AllServices.check(configuration);
      Optional<EmbeddedBroker> broker =
          ownBroker
              ? Optional.of(EmbeddedBroker.start(state.resolve("kafka"), kafkaPort))
              : Optional.empty();
      try (AllServices services = AllServices.start(configuration)) {
        System.out.println("The API listens on port " + services.apiPort() + ". Stop with Ctrl-C.");
        return awaitEnd(services);
      } finally {
        broker.ifPresent(EmbeddedBroker::close);
      }
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return ServiceRuntime.MISCONFIGURED;
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      return ServiceRuntime.FAILED;
    }
  }

  /** Ends when one of them can't go on: started anew, all replay and go on. */
  private static int awaitEnd(AllServices services) {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(services::close));
    CompletableFuture<?>[] ends =
        services.runtimes().values().stream()
            .map(ServiceRuntime::exitCode)
            .toArray(CompletableFuture<?>[]::new);
    return (Integer) CompletableFuture.anyOf(ends).join();
  }
}
