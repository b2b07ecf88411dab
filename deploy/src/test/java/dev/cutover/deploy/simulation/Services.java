package dev.cutover.deploy.simulation;

import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.Event;
import dev.cutover.contract.MonitorCommand;
import dev.cutover.contract.OutboundCommand;
import dev.cutover.contract.OutboundReply;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.ValidatorCommand;
import dev.cutover.dns.DnsService;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.TxtAffix;
import dev.cutover.monitor.IntakeConfig;
import dev.cutover.monitor.MonitorConfig;
import dev.cutover.monitor.MonitorService;
import dev.cutover.orchestrator.OrchestratorService;
import dev.cutover.runtime.CommandHandler;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.EventPublisher;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.LeafLoop;
import dev.cutover.runtime.SagaLoop;
import dev.cutover.runtime.Wire;
import dev.cutover.runtime.Work;
import dev.cutover.sync.SyncConfig;
import dev.cutover.sync.SyncPorts;
import dev.cutover.sync.SyncService;
import dev.cutover.sync.SyncWatch;
import dev.cutover.validator.ValidatorConfig;
import dev.cutover.validator.ValidatorService;
import dev.cutover.validator.domain.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The five services as their Mains wire them, each in processes that come and go. */
final class Services {
  private static final List<String> NAMES =
      List.of("orchestrator", "dns", "sync", "validator", "monitor");

  /** A dns-service where the people of the view are. */
  private static final String VANTAGE = "vantage";

  private static final KafkaSettings NOWHERE = new KafkaSettings("nowhere:9092");

  private final World world;
  private final Broker broker;
  private final Wire wire;
  private final SimulatedTraffic traffic;
  private final Map<String, Running> current = new TreeMap<>();
  private final List<Running> all = new ArrayList<>();
  private final Set<String> gone = new java.util.TreeSet<>();
  @Nullable OrchestratorService orchestrator;
  private int count;

  Services(World world, Broker broker, Wire wire, SimulatedTraffic traffic) {
    this.world = world;
    this.broker = broker;
    this.wire = wire;
    this.traffic = traffic;
  }

  void begin() {
    names().forEach(this::start);
    start("outbound");
  }

  /** All that may be struck. */
  List<String> names() {
    return world.inside.isPresent()
        ? Stream.concat(NAMES.stream(), Stream.of(VANTAGE)).toList()
        : NAMES;
  }

  void written() {
    all.forEach(Running::look);
  }

  /** Whether that service has an instance that works. */
  boolean isUp(String service) {
    Running running = current.get(service);
    return running != null
        && running.instance.isAlive()
        && running.instance.pausedUntil().isEmpty();
  }

  /** Whether somebody sleeps who will wake up with what it was about. */
  boolean isAnybodyAsleep() {
    return all.stream().anyMatch(running -> running.instance.pausedUntil().isPresent());
  }

  boolean isGone(String service) {
    return gone.contains(service);
  }

  /** The state of the orchestrator that owns the journal may be looked at. */
  Optional<OrchestratorService> settledOrchestrator() {
    Running running = current.get("orchestrator");
    return running != null && isUp("orchestrator") && running.loop.assigned()
        ? Optional.ofNullable(orchestrator)
        : Optional.empty();
  }

  /** Kills it; another instance comes after a while. */
  void kill(String service) {
    Running running = current.remove(service);
    if (running != null) {
      world.changed("%s killed".formatted(running.instance.name));
      all.remove(running);
      running.instance.kill();
      world.baton.at(world.baton.millis(300, 8_000), () -> start(service));
    }
  }

  /** It sleeps, another instance takes over, and it wakes up with what it was about. */
  void sleep(String service) {
    Running running = current.remove(service);
    if (running != null) {
      Duration length = world.baton.millis(500, 60_000);
      world.changed("%s sleeps for %s".formatted(running.instance.name, length));
      running.instance.sleepUntil(world.baton.now().plus(length));
      world.baton.at(world.baton.millis(300, 6_000), () -> start(service));
    }
  }

  void killForGood(String service) {
    gone.add(service);
    kill(service);
    List.copyOf(all).stream()
        .filter(running -> running.instance.name.startsWith(service))
        .forEach(
            running -> {
              all.remove(running);
              running.instance.kill();
            });
  }

  void end() {
    all.forEach(running -> running.instance.kill());
  }

  private void start(String service) {
    if (current.containsKey(service) || gone.contains(service)) {
      return;
    }
    Instance instance = new Instance(service + "-" + ++count, world.baton);
    instance.onNap(
        () -> {
          Running running = current.get(service);
          if (running != null && running.instance == instance) {
            sleep(service);
          }
        });
    world.changed("%s starts".formatted(instance.name));
    String group =
        service.equals(VANTAGE)
            ? wire.topics().group("dns", "corporate")
            : wire.topics().group(service);
    Broker.Reached log =
        broker
        .new Reached(
            instance,
            service.equals("orchestrator")
                ? broker.log.joinTransactional(group)
                : broker.log.join(group));
    Running running =
        switch (service) {
          case "orchestrator" -> orchestrator(instance, log);
          case "dns", VANTAGE -> dns(service, instance, log);
          case "sync" -> sync(instance, log);
          case "validator" -> validator(instance, log);
          case "monitor" -> monitor(instance, log);
          case "outbound" ->
              leaf("outbound", OutboundCommand.class, instance, log, (order, _) -> written(order));
          default -> throw new IllegalArgumentException(service);
        };
    current.put(service, running);
    all.add(running);
  }

  /** The orchestrator's own hands: nothing but the bundle goes out here. */
  private static Event written(OutboundCommand order) {
    return switch (order) {
      case OutboundCommand.WriteBundle bundle ->
          new OutboundReply.BundleWritten(
              bundle.header().step(), "/bundle", Map.of("case.md", "hash"));
      case OutboundCommand.CallHttp _,
          OutboundCommand.AskParticipant _,
          OutboundCommand.DeliverNotice _ ->
          throw new IllegalStateException("expected a plan without such, but got " + order);
    };
  }

  private Running orchestrator(Instance instance, Broker.Reached log) {
    OrchestratorService service = new OrchestratorService(wire);
    orchestrator = service;
    Duration off = clockOff();
    return new Running(
        instance,
        new SagaLoop(wire.topics(), log, service, () -> world.baton.now().plus(off)),
        log,
        () -> service.nextDue(0).map(at -> at.minus(off)),
        () -> kill("orchestrator"));
  }

  /**
   * How far the clock of the orchestrator's next machine is off. The first is not behind: then the
   * other services would find every order late, and nothing would ever begin.
   */
  private Duration clockOff() {
    if (!world.weather.clocksJump()) {
      return Duration.ZERO;
    }
    boolean first = count == 1;
    return Duration.ofHours(
        first ? world.baton.random.nextInt(2) : world.baton.random.nextInt(3) - 1);
  }

  private Running dns(String name, Instance instance, Broker.Reached log) {
    SimulatedSwitch zone = new SimulatedSwitch(world, instance);
    AllowList allowed =
        new AllowList(
            Set.of("test."),
            world.zones().stream()
                .flatMap(of -> Stream.of(of.first.host(), of.second.host()))
                .collect(Collectors.toSet()));
    DnsService service =
        new DnsService(
            zone,
            zone,
            allowed,
            List.of(TxtAffix.NONE),
            Optional.empty(),
            Optional.empty(),
            name.equals(VANTAGE) ? Optional.of("corporate") : Optional.empty(),
            world.weather.meddles() > 0 ? Duration.ofSeconds(3) : DnsService.WATCH_PERIOD,
            world.baton.clock,
            instance);
    return leaf(name, DnsCommand.class, instance, log, service);
  }

  private Running sync(Instance instance, Broker.Reached log) {
    SimulatedGate gate = new SimulatedGate(world, instance);
    SimulatedSchema schema = new SimulatedSchema(world, instance);
    SimulatedReplicator replicator = new SimulatedReplicator(world, instance);
    SimulatedObjects objects = new SimulatedObjects(world, instance);
    SyncConfig config =
        new SyncConfig(
            NOWHERE,
            wire,
            Path.of("none"),
            List.of(world.source.endpoint, world.target.endpoint),
            1,
            Optional.empty(),
            List.of("s3://shop", "s3://shop-new"));
    EventPublisher publisher = new EventPublisher("sync", wire, log, world.baton.clock);
    SyncWatch watch =
        new SyncWatch(
            gate,
            replicator,
            schema,
            objects,
            config.databases(),
            publisher::publish,
            world.baton.clock,
            instance);
    SyncService service =
        new SyncService(
            config,
            new SyncPorts(
                schema,
                _ -> List.of(),
                schema,
                schema,
                gate,
                schema,
                schema,
                replicator,
                replicator,
                (_, _) -> Map.of(),
                objects),
            watch,
            world.baton.clock,
            instance);
    watch.start();
    return leaf("sync", SyncCommand.class, instance, log, service);
  }

  private Running validator(Instance instance, Broker.Reached log) {
    ValidatorService service =
        new ValidatorService(
            endpoint -> new SimulatedTables(world, instance, world.database(endpoint)),
            traffic.flows(instance),
            (_, _) -> new Verdict.Match("as required", List.of()),
            Credentials.of(Map.of()),
            new dev.cutover.runtime.AllowedHosts(Plans.HOSTS),
            new ValidatorConfig.Checking(
                2, Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(8), 50),
            instance);
    return leaf("validator", ValidatorCommand.class, instance, log, service);
  }

  private Running monitor(Instance instance, Broker.Reached log) {
    MonitorConfig config =
        new MonitorConfig(
            NOWHERE,
            wire,
            new dev.cutover.runtime.AllowedHosts(Plans.HOSTS),
            Duration.ofSeconds(2),
            Duration.ofDays(1),
            Duration.ofMinutes(2),
            List.of(),
            Optional.empty(),
            1,
            IntakeConfig.NOBODY);
    MonitorService service =
        new MonitorService(
            config,
            traffic.metrics(instance),
            traffic.probe(instance),
            world.baton.clock,
            instance,
            MonitorService.Outlets.NONE);
    return leaf("monitor", MonitorCommand.class, instance, log, service);
  }

  private <C extends Command> Running leaf(
      String service,
      Class<C> commands,
      Instance instance,
      Broker.Reached log,
      CommandHandler<C> handler) {
    CommandHandler<C> moody =
        new CommandHandler<>() {
          @Override
          public Event handle(C command, Work work) throws InterruptedException {
            if (world.baton.chance(world.weather.leafSilent())) {
              world.changed("%s silent about %s".formatted(instance.name, command.header().step()));
              instance.sleep(Duration.ofSeconds(45));
            }
            return handler.handle(command, work);
          }

          @Override
          public boolean takes(C command) {
            return handler.takes(command);
          }

          @Override
          public void owns(Predicate<CutoverId> ours) {
            handler.owns(ours);
          }
        };
    LeafLoop<C> loop =
        new LeafLoop<>(
            service.equals(VANTAGE) ? "dns" : service,
            commands,
            wire,
            log,
            moody,
            instance.executor(),
            world.baton.clock);
    return new Running(instance, loop, log, Optional::empty, () -> kill(service));
  }
}
