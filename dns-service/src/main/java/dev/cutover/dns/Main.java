package dev.cutover.dns;

import dev.cutover.contract.DnsCommand;
import dev.cutover.dns.adapter.CloudflarePoolSwitch;
import dev.cutover.dns.adapter.CloudflareSwitch;
import dev.cutover.dns.adapter.CloudflareTokens;
import dev.cutover.dns.adapter.DesignateClouds;
import dev.cutover.dns.adapter.DesignateSwitch;
import dev.cutover.dns.adapter.DnsjavaProbe;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.ElbAccounts;
import dev.cutover.dns.adapter.ElbQueries;
import dev.cutover.dns.adapter.ElbSwitch;
import dev.cutover.dns.adapter.HaProxyQueries;
import dev.cutover.dns.adapter.HaProxySockets;
import dev.cutover.dns.adapter.HaProxySwitch;
import dev.cutover.dns.adapter.HttpEdge;
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
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
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
    Providers providers = providers(config.providers(), runtime::closing, runtime.clock());
    DnsService service =
        runtime.closing(
            new DnsService(
                providers.trafficSwitch(),
                providers.queries(),
                config.providers().allowed(),
                config.providers().affixes(),
                config
                    .parentVia()
                    .map(via -> new ParentLook(new DnsjavaProbe(), via, Pace.MACHINE)),
                Optional.of(new SignatureLook(new DnsjavaProbe(), runtime.clock(), Pace.MACHINE)),
                config.vantage(),
                config.watchPeriod(),
                runtime.clock(),
                Pace.MACHINE));
    ExecutorService executor = runtime.closing(Executors.newVirtualThreadPerTaskExecutor());
    return new LeafLoop<>(
        SERVICE,
        DnsCommand.class,
        config.wire(),
        new KafkaLog(
            config.kafka(),
            config
                .vantage()
                .map(vantage -> config.wire().topics().group(SERVICE, vantage))
                .orElse(config.wire().topics().group(SERVICE))),
        service,
        executor,
        runtime.clock());
  }

  /**
   * Opens what changes a switch without any message, for a command line.
   *
   * @param environment the same keys as the service's; those of Kafka are not needed
   * @throws ConfigException when it is wrong
   */
  public static SingleChanges singleChanges(Map<String, String> environment) {
    ProviderConfig config = ProviderConfig.read(ConfigReader.ofEnvironment(environment));
    InstantSource clock = InstantSource.system();
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    Providers providers =
        providers(
            config,
            new Closing() {
              @Override
              public <T extends AutoCloseable> T keep(T resource) {
                opened.push(resource);
                return resource;
              }
            },
            clock);
    return new SingleChanges(
        providers.trafficSwitch(),
        providers.queries(),
        new Suitability(config.allowed(), providers.trafficSwitch()),
        config.affixes(),
        clock,
        Pace.MACHINE,
        opened);
  }

  /** Keeps what has to be closed in the end. */
  private interface Closing {
    <T extends AutoCloseable> T keep(T resource);
  }

  private record Providers(ProviderSwitch trafficSwitch, ProviderQueries queries) {}

  private static Providers providers(ProviderConfig config, Closing closing, InstantSource clock) {
    Credentials credentials = Credentials.load(config.credentials());
    Route53Accounts accounts = closing.keep(new Route53Accounts(credentials, config.route53()));
    DesignateClouds clouds =
        closing.keep(new DesignateClouds(credentials, config.designate(), clock));
    HaProxySockets sockets = HaProxySockets.of(config.haproxyKeyStore(), credentials);
    CloudflareTokens tokens = closing.keep(new CloudflareTokens(credentials, config.cloudflare()));
    ElbAccounts balancers = closing.keep(new ElbAccounts(credentials, config.elb(), Pace.MACHINE));
    return new Providers(
        new ProviderSwitch(
            new Rfc2136Switch(new TsigKeys(credentials)),
            new Route53Switch(accounts, Pace.MACHINE),
            new DesignateSwitch(clouds, Pace.MACHINE),
            new HaProxySwitch(sockets, Pace.MACHINE),
            new CloudflareSwitch(tokens, clock, Pace.MACHINE),
            new CloudflarePoolSwitch(tokens, clock, Pace.MACHINE),
            new ElbSwitch(balancers, Pace.MACHINE)),
        new ProviderQueries(
            new DnsjavaQueries(),
            new HaProxyQueries(sockets),
            new ElbQueries(balancers),
            closing.keep(new HttpEdge())));
  }
}
