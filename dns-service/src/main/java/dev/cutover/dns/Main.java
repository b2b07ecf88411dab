package dev.cutover.dns;

import dev.cutover.contract.DnsCommand;
import dev.cutover.dns.adapter.CloudflareSwitch;
import dev.cutover.dns.adapter.CloudflareTokens;
import dev.cutover.dns.adapter.DesignateClouds;
import dev.cutover.dns.adapter.DesignateSwitch;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.HaProxyQueries;
import dev.cutover.dns.adapter.HaProxySockets;
import dev.cutover.dns.adapter.HaProxySwitch;
import dev.cutover.dns.adapter.ProviderQueries;
import dev.cutover.dns.adapter.ProviderSwitch;
import dev.cutover.dns.adapter.Rfc2136Switch;
import dev.cutover.dns.adapter.Route53Accounts;
import dev.cutover.dns.adapter.Route53Switch;
import dev.cutover.dns.adapter.TsigKeys;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.LeafLoop;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.MessageLoop;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.ServiceRuntime;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the dns-service. */
public final class Main {
  private static final Logger LOGGER = LoggerFactory.getLogger(Main.class);
  private static final String SERVICE = "dns";

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
    DnsConfig config = DnsConfig.read(reader);
    LOGGER
        .atInfo()
        .addKeyValue(LogKeys.SERVICE, SERVICE)
        .addKeyValue("config", config)
        .log("configured");
    Credentials credentials = Credentials.load(config.credentials());
    Route53Accounts accounts = runtime.closing(new Route53Accounts(credentials, config.route53()));
    DesignateClouds clouds =
        runtime.closing(new DesignateClouds(credentials, config.designate(), runtime.clock()));
    HaProxySockets sockets = HaProxySockets.of(config.haproxyKeyStore(), credentials);
    CloudflareTokens tokens =
        runtime.closing(new CloudflareTokens(credentials, config.cloudflare()));
    ProviderSwitch trafficSwitch =
        new ProviderSwitch(
            new Rfc2136Switch(new TsigKeys(credentials)),
            new Route53Switch(accounts, Pace.MACHINE),
            new DesignateSwitch(clouds, Pace.MACHINE),
            new HaProxySwitch(sockets, Pace.MACHINE),
            new CloudflareSwitch(tokens, runtime.clock(), Pace.MACHINE));
    DnsService service =
        runtime.closing(
            new DnsService(
                trafficSwitch,
                new ProviderQueries(new DnsjavaQueries(), new HaProxyQueries(sockets)),
                config.allowed(),
                config.watchPeriod(),
                runtime.clock(),
                Pace.MACHINE));
    ExecutorService executor = runtime.closing(Executors.newVirtualThreadPerTaskExecutor());
    return new LeafLoop<>(
        SERVICE,
        DnsCommand.class,
        config.wire(),
        new KafkaLog(config.kafka(), config.wire().topics().group(SERVICE)),
        service,
        executor,
        runtime.clock());
  }
}
