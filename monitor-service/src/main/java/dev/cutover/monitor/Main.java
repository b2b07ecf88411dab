package dev.cutover.monitor;

import dev.cutover.contract.MonitorCommand;
import dev.cutover.monitor.MonitorService.Outlets;
import dev.cutover.monitor.adapter.HttpProbe;
import dev.cutover.monitor.adapter.MetricSources;
import dev.cutover.monitor.adapter.RecordingFile;
import dev.cutover.monitor.adapter.WatchGauges;
import dev.cutover.monitor.adapter.WebClients;
import dev.cutover.monitor.domain.Recorder.Recorders;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.LeafLoop;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.MessageLoop;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.ServiceRuntime;
import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the monitor-service. */
public final class Main {
  private static final Logger LOGGER = LoggerFactory.getLogger(Main.class);
  private static final String SERVICE = "monitor";

  private Main() {}

  public static void main(String[] arguments) {
    ServiceRuntime.main(SERVICE, Main::assemble);
  }

  /**
   * Starts the service inside this process; it becomes ready by itself.
   *
   * @param environment the same keys as a process's; {@code HEALTH_PORT} is 0 unless given
   * @throws dev.cutover.runtime.ConfigException when it is wrong
   */
  public static ServiceRuntime start(Map<String, String> environment) {
    return ServiceRuntime.start(SERVICE, environment, Main::assemble);
  }

  private static MessageLoop assemble(ServiceRuntime runtime, ConfigReader reader) {
    MonitorConfig config = MonitorConfig.read(reader);
    LOGGER
        .atInfo()
        .addKeyValue(LogKeys.SERVICE, SERVICE)
        .addKeyValue("config", config)
        .log("configured");
    Vertx web = WebClients.vertx(config.resolvers());
    runtime.closing(() -> web.close().toCompletionStage().toCompletableFuture().join());
    WebClient client = WebClients.client(web);
    MonitorService service =
        runtime.closing(
            new MonitorService(
                config,
                new MetricSources(client, config.exchangeTimeout(), runtime.clock()),
                new HttpProbe(client, runtime.clock().millis()),
                runtime.clock(),
                Pace.MACHINE,
                new Outlets(
                    config
                        .recordings()
                        .<Recorders>map(
                            directory ->
                                RecordingFile.recorders(directory, config.recordingMebibytesMax()))
                        .orElse(Recorders.NONE),
                    new WatchGauges(runtime.healthServer().registry()))));
    ExecutorService workers = runtime.closing(Executors.newVirtualThreadPerTaskExecutor());
    LeafLoop<MonitorCommand> orders =
        new LeafLoop<>(
            SERVICE,
            MonitorCommand.class,
            config.wire(),
            new KafkaLog(config.kafka(), config.wire().topics().group(SERVICE)),
            service,
            workers,
            runtime.clock());
    KafkaLog requests =
        KafkaLog.uncommitted(config.kafka(), RollbackRequestIntake.group(config.wire().topics()));
    return new MonitorLoop(orders, new RollbackRequestIntake(config, requests, runtime.clock()));
  }
}
