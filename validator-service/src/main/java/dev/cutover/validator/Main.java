package dev.cutover.validator;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ValidatorCommand;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.LeafLoop;
import dev.cutover.runtime.MessageLoop;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.ServiceRuntime;
import dev.cutover.validator.adapter.HttpFlowRunner;
import dev.cutover.validator.adapter.PostgresSessions;
import dev.cutover.validator.adapter.PostgresTableReader;
import dev.cutover.validator.adapter.system.SystemLooks;
import dev.cutover.validator.domain.TableReader;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Wires the validator-service. */
public final class Main {
  private static final String SERVICE = "validator";

  private Main() {}

  public static void main(String[] arguments) {
    ServiceRuntime.main(SERVICE, Main::assemble);
  }

  /**
   * Starts the service inside this process; it becomes ready by itself.
   *
   * @param environment the same keys as a process's; {@code HEALTH_PORT} is 0 unless given
   * @throws ConfigException when it is wrong
   */
  public static ServiceRuntime start(Map<String, String> environment) {
    return ServiceRuntime.start(SERVICE, environment, Main::assemble);
  }

  private static MessageLoop assemble(ServiceRuntime runtime, ConfigReader reader) {
    ValidatorConfig config = ValidatorConfig.read(reader);
    Credentials credentials = Credentials.load(config.credentials());
    PostgresSessions sessions =
        runtime.closing(new PostgresSessions(credentials, config.checking().sessionsMax()));
    Function<DatabaseEndpoint, TableReader> databases =
        endpoint ->
            new PostgresTableReader(
                sessions.to(endpoint), endpoint.address(), config.checking().statementMax());
    SystemLooks systems =
        runtime.closing(
            new SystemLooks(
                config.allowedHosts(),
                credentials,
                config.authorities(),
                databases,
                runtime.clock()));
    ValidatorService service =
        new ValidatorService(
            databases,
            new HttpFlowRunner(runtime.clock()),
            systems,
            credentials,
            config.allowedHosts(),
            config.checking(),
            Pace.MACHINE);
    return new LeafLoop<>(
        SERVICE,
        ValidatorCommand.class,
        config.wire(),
        new KafkaLog(config.kafka(), config.wire().topics().group(SERVICE)),
        service,
        runtime.closing(Executors.newVirtualThreadPerTaskExecutor()),
        runtime.clock());
  }
}
