package dev.cutover.deploy;

import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.EmbeddedBroker;
import dev.cutover.runtime.ServiceRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code ./cutover serve}: all five services in one process, for a small team; or those named, each
 * in a process of its own.
 */
@Command(
    name = "serve",
    description = {
      "Runs services in this process until it is stopped: all five, or those named.",
      "Configured as the services are: by the environment, or the properties file that"
          + " CUTOVER_CONFIG names.",
      "All five without KAFKA_BOOTSTRAP_SERVERS run on a broker of their own on KAFKA_PORT (19092),"
          + " with its data in .cutover/kafka.",
      "Without SIGNING_KEY_ID it makes signing keys of its own in .cutover/keys.",
      "Without BREAK_GLASS_DIRECTORY it writes break-glass bundles to .cutover/break-glass.",
      "HEALTH_PORT (8080) and the ports after it serve /live, /ready and /metrics, one port for each"
          + " service in the order in which they are named."
    },
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private static final int HEALTH_PORT = 8080;
  private static final int KAFKA_PORT = 19_092;

  @Parameters(
      paramLabel = "SERVICE",
      arity = "0..*",
      description = "dns, sync, validator, monitor, orchestrator. Default: all of them.")
  private List<String> named = List.of();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> names = names();
    Path state = Path.of(System.getProperty("cutover.home", ".")).resolve(".cutover");
    try {
      ConfigReader reader = ConfigReader.ofEnvironment(System.getenv());
      boolean ownBroker = named.isEmpty() && reader.optional("KAFKA_BOOTSTRAP_SERVERS").isEmpty();
      boolean ownKeys = reader.optional("SIGNING_KEY_ID").isEmpty();
      int kafkaPort = reader.integer("KAFKA_PORT", 1, 65_535, KAFKA_PORT);
      int healthPort = reader.integer("HEALTH_PORT", 1, 65_000, HEALTH_PORT);
      reader.build(() -> state);
      LocalKeys keys = new LocalKeys(state.resolve("keys"), AllServices.NAMES);
      Function<String, Map<String, String>> configuration =
          service -> {
            Map<String, String> own = new HashMap<>(System.getenv());
            own.put("HEALTH_PORT", Integer.toString(healthPort + names.indexOf(service)));
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
      AllServices.check(names, configuration);
      Optional<EmbeddedBroker> broker =
          ownBroker
              ? Optional.of(EmbeddedBroker.start(state.resolve("kafka"), kafkaPort))
              : Optional.empty();
      try (AllServices services = AllServices.start(names, configuration)) {
        services
            .apiPort()
            .ifPresent(port -> System.out.print("The API listens on port " + port + ". "));
        System.out.println("Stop with Ctrl-C.");
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

  private List<String> names() {
    for (String name : named) {
      if (!AllServices.NAMES.contains(name)) {
        throw new ParameterException(
            Objects.requireNonNull(spec).commandLine(),
            "Expected services among %s, but got '%s'"
                .formatted(String.join(", ", AllServices.NAMES), name));
      }
    }
    return named.isEmpty() ? AllServices.NAMES : named.stream().distinct().toList();
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
