package dev.cutover.deploy;

import dev.cutover.dns.DnsConfig;
import dev.cutover.monitor.MonitorConfig;
import dev.cutover.orchestrator.Main.Running;
import dev.cutover.orchestrator.OrchestratorConfig;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.ServiceRuntime;
import dev.cutover.sync.SyncConfig;
import dev.cutover.validator.ValidatorConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services in this process, all five or some, each wired by its own {@code Main} as it is in a
 * process of its own; they talk through Kafka only.
 */
public final class AllServices implements AutoCloseable {
  /** Names of the services, as in topics and files. */
  public static final List<String> NAMES =
      List.of("dns", "sync", "validator", "monitor", "orchestrator");

  private static final String ORCHESTRATOR = "orchestrator";

  /** Each reads one service's configuration. */
  private static final Map<String, Consumer<ConfigReader>> READERS =
      Map.of(
          ORCHESTRATOR,
          OrchestratorConfig::read,
          "dns",
          DnsConfig::read,
          "sync",
          SyncConfig::read,
          "validator",
          ValidatorConfig::read,
          "monitor",
          MonitorConfig::read);

  private static final Map<String, Function<Map<String, String>, ServiceRuntime>> LEAVES =
      Map.of(
          "dns", dev.cutover.dns.Main::start,
          "sync", dev.cutover.sync.Main::start,
          "validator", dev.cutover.validator.Main::start,
          "monitor", dev.cutover.monitor.Main::start);

  private static final Logger LOGGER = LoggerFactory.getLogger(AllServices.class);

  private final Map<String, ServiceRuntime> runtimes = new LinkedHashMap<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private OptionalInt apiPort = OptionalInt.empty();

  private AllServices() {}

  /**
   * Starts all of them; they become ready by themselves.
   *
   * @param configuration of a service by its name, as its process would find it in its environment
   */
  public static AllServices start(Function<String, Map<String, String>> configuration) {
    return start(NAMES, configuration);
  }

  /** As above, but only those named; the orchestrator first, since it may make the topics. */
  static AllServices start(
      Collection<String> names, Function<String, Map<String, String>> configuration) {
    AllServices services = new AllServices();
    try {
      if (names.contains(ORCHESTRATOR)) {
        Running orchestrator =
            dev.cutover.orchestrator.Main.start(configuration.apply(ORCHESTRATOR));
        services.opened.push(orchestrator);
        services.runtimes.put(ORCHESTRATOR, orchestrator.runtime());
        services.apiPort = OptionalInt.of(orchestrator.apiPort());
      }
      for (String name : names) {
        Function<Map<String, String>, ServiceRuntime> leaf = LEAVES.get(name);
        if (leaf != null) {
          ServiceRuntime runtime = leaf.apply(configuration.apply(name));
          services.opened.push(runtime);
          services.runtimes.put(name, runtime);
        }
      }
      return services;
    } catch (RuntimeException e) {
      services.close();
      throw e;
    }
  }

  /**
   * Reads the configuration of those named, and starts nothing.
   *
   * @throws ConfigException with the faults of all of them, each after its service's name
   */
  static void check(Collection<String> names, Function<String, Map<String, String>> configuration) {
    List<String> faults = new ArrayList<>();
    for (String service : names) {
      try {
        Objects.requireNonNull(READERS.get(service), service)
            .accept(ConfigReader.ofEnvironment(configuration.apply(service)));
      } catch (ConfigException e) {
        e.faults().forEach(fault -> faults.add(service + ": " + fault));
      }
    }
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }

  /** Where the orchestrator's API listens; empty when it is not among them. */
  public OptionalInt apiPort() {
    return apiPort;
  }

  /** Names those that are not ready. */
  public List<String> notReady() {
    return runtimes.entrySet().stream()
        .filter(entry -> !entry.getValue().ready())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The services by name. */
  public Map<String, ServiceRuntime> runtimes() {
    return Map.copyOf(runtimes);
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOGGER.atWarn().setCause(e).log("service did not close in order");
      }
    }
  }
}
