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
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The five services in this process, each wired by its own {@code Main} as it is in a process of
 * its own; they talk through Kafka only.
 */
public final class AllServices implements AutoCloseable {
  /** Names of the services, as in topics and files. */
  public static final List<String> NAMES =
      List.of("dns", "sync", "validator", "monitor", "orchestrator");

  private static final Logger LOGGER = LoggerFactory.getLogger(AllServices.class);

  private final Map<String, ServiceRuntime> runtimes = new LinkedHashMap<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private int apiPort;

  private AllServices() {}

  /**
   * Starts all of them, the orchestrator first, since it may make the topics; they become ready by
   * themselves.
   *
   * @param configuration of a service by its name, as its process would find it in its environment
   */
  public static AllServices start(Function<String, Map<String, String>> configuration) {
    AllServices services = new AllServices();
    try {
      Running orchestrator =
          dev.cutover.orchestrator.Main.start(configuration.apply("orchestrator"));
      services.opened.push(orchestrator);
      services.runtimes.put("orchestrator", orchestrator.runtime());
      services.apiPort = orchestrator.apiPort();
      services.leaf("dns", dev.cutover.dns.Main.start(configuration.apply("dns")));
      services.leaf("sync", dev.cutover.sync.Main.start(configuration.apply("sync")));
      services.leaf(
          "validator", dev.cutover.validator.Main.start(configuration.apply("validator")));
      services.leaf("monitor", dev.cutover.monitor.Main.start(configuration.apply("monitor")));
      return services;
    } catch (RuntimeException e) {
      services.close();
      throw e;
    }
  }

  /**
   * Reads every service's configuration, and starts nothing.
   *
   * @throws ConfigException with the faults of all of them, each after its service's name
   */
  public static void check(Function<String, Map<String, String>> configuration) {
    Map<String, Consumer<ConfigReader>> readers = new LinkedHashMap<>();
    readers.put("orchestrator", OrchestratorConfig::read);
    readers.put("dns", DnsConfig::read);
    readers.put("sync", SyncConfig::read);
    readers.put("validator", ValidatorConfig::read);
    readers.put("monitor", MonitorConfig::read);
    List<String> faults = new ArrayList<>();
    readers.forEach(
        (service, reader) -> {
          try {
            reader.accept(ConfigReader.ofEnvironment(configuration.apply(service)));
          } catch (ConfigException e) {
            e.faults().forEach(fault -> faults.add(service + ": " + fault));
          }
        });
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }

  public int apiPort() {
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

  private void leaf(String name, ServiceRuntime runtime) {
    opened.push(runtime);
    runtimes.put(name, runtime);
  }
}
