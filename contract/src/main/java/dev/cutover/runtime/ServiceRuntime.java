package dev.cutover.runtime;

import dev.cutover.runtime.HealthServer.Health;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a service: health first (live, not ready), then the loop on its own thread; at the
 * end not ready, loop stopped and committed, what was opened closed in reverse order.
 *
 * <p>{@link #main} is all that a {@code Main} calls; {@link #start} runs a service inside another
 * process.
 */
public final class ServiceRuntime implements AutoCloseable {
  /** It was asked to stop. */
  public static final int STOPPED = 0;

  /** The configuration is wrong. */
  public static final int MISCONFIGURED = 1;

  /** It cannot go on; started anew it replays and goes on. */
  public static final int FAILED = 2;

  private static final Logger LOGGER = LoggerFactory.getLogger(ServiceRuntime.class);
  private static final Duration ROUND = Duration.ofMillis(100);

  /** A loop that has not turned for so long is not live. */
  private static final Duration ROUND_AGE_MAX = Duration.ofSeconds(30);

  /** A loop that has not turned for so long is not ready. */
  private static final Duration READY_AGE_MAX = Duration.ofSeconds(5);

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

  private final String service;
  private final Vertx vertx = Vertx.vertx();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final CountDownLatch loopEnded = new CountDownLatch(1);
  private final List<Runnable> afterwards = new ArrayList<>();
  private BooleanSupplier whole = () -> true;
  private String lacking = "";
  private boolean closed;
  private volatile boolean stopping;
  private volatile long roundNanos = System.nanoTime();
  private volatile @Nullable MessageLoop loop;
  private @Nullable HealthServer health;

  private ServiceRuntime(String service) {
    this.service = service;
  }

  /**
   * Builds a service and runs it until a signal or a fatal fault, then ends the process.
   *
   * @param assemble reads the configuration and builds the loop; what it opens it hands to {@link
   *     #closing}
   */
  public static void main(
      String service, BiFunction<ServiceRuntime, ConfigReader, MessageLoop> assemble) {
    int port;
    try {
      port = healthPort(ConfigReader.ofEnvironment(System.getenv()));
    } catch (ConfigException e) {
      LOGGER.atError().addKeyValue(LogKeys.SERVICE, service).log(String.valueOf(e.getMessage()));
      System.exit(MISCONFIGURED);
      return;
    }
    run(
        service,
        port,
        starting -> {
          Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(starting::endProcess));
          return assemble.apply(starting, ConfigReader.ofEnvironment(System.getenv()));
        },
        System::exit);
  }

  static void run(
      String service,
      int healthPort,
      Function<ServiceRuntime, MessageLoop> assemble,
      IntConsumer end) {
    ServiceRuntime runtime;
    try {
      runtime = start(service, healthPort, assemble);
    } catch (ConfigException e) {
      LOGGER.atError().addKeyValue(LogKeys.SERVICE, service).log(String.valueOf(e.getMessage()));
      end.accept(MISCONFIGURED);
      return;
    } catch (RuntimeException e) {
      LOGGER
          .atError()
          .addKeyValue(LogKeys.SERVICE, service)
          .setCause(e)
          .log("service did not start");
      end.accept(FAILED);
      return;
    }
    end.accept(runtime.exitCode().join());
  }

  /** On a signal the JVM would say 128 and the signal: an orderly stop is 0. */
  private void endProcess() {
    close();
    Runtime.getRuntime().halt(exit.getNow(STOPPED));
  }

  private static int healthPort(ConfigReader reader) {
    int port = reader.integer("HEALTH_PORT", 0, 65_535, 8080);
    return reader.build(() -> port);
  }

  /**
   * Starts a service inside this process, as {@link #main} does in its own.
   *
   * @param environment the same keys as a process's; {@code HEALTH_PORT} is 0 unless given
   * @throws ConfigException when it is wrong
   */
  public static ServiceRuntime start(
      String service,
      Map<String, String> environment,
      BiFunction<ServiceRuntime, ConfigReader, MessageLoop> assemble) {
    ConfigReader reader = ConfigReader.ofEnvironment(environment);
    int healthPort = reader.integer("HEALTH_PORT", 0, 65_535, 0);
    return start(service, healthPort, runtime -> assemble.apply(runtime, reader));
  }

  /**
   * Starts a service in this process and returns when its loop turns; it becomes ready by itself.
   *
   * @param healthPort 0 chooses a free one
   * @throws ConfigException when its configuration is wrong
   */
  public static ServiceRuntime start(
      String service, int healthPort, Function<ServiceRuntime, MessageLoop> assemble) {
    ServiceRuntime runtime = new ServiceRuntime(service);
    try {
      HealthServer health = new HealthServer(runtime.vertx, healthPort, runtime::health);
      runtime.health = health;
      LOGGER
          .atInfo()
          .addKeyValue(LogKeys.SERVICE, service)
          .addKeyValue("version", version())
          .addKeyValue("java", Runtime.version().toString())
          .addKeyValue("healthPort", health.port())
          .log("service starting");
      MessageLoop loop = assemble.apply(runtime);
      try {
        loop.open();
      } catch (RuntimeException e) {
        loop.close();
        throw e;
      }
      runtime.loop = loop;
      Thread.ofPlatform().name(service + "-loop").start(() -> runtime.turn(loop));
      return runtime;
    } catch (RuntimeException e) {
      runtime.stopping = true;
      runtime.exit.complete(e instanceof ConfigException ? MISCONFIGURED : FAILED);
      runtime.closeOpened();
      throw e;
    }
  }

  /** Hands over something to be closed at the end, after the loop; the last one first. */
  public <T extends AutoCloseable> T closing(T resource) {
    synchronized (this) {
      if (!closed) {
        opened.push(resource);
        return resource;
      }
    }
    close(resource);
    return resource;
  }

  /**
   * Hands over what can wait until the loop serves: after a crash nothing takes processor time from
   * what decides. To be called while the service is assembled. Runs once, on a thread of its own; a
   * fault in it ends the service.
   */
  public void afterwards(Runnable start) {
    afterwards.add(start);
  }

  /**
   * What else must be so before it is ready, beside a loop that serves. To be called while the
   * service is assembled.
   *
   * @param lacking what {@code /ready} says until then
   */
  public void readyWhen(BooleanSupplier condition, String lacking) {
    whole = condition;
    this.lacking = lacking;
  }

  /** The event loops of this process. */
  public Vertx vertx() {
    return vertx;
  }

  /** The clock of this process: never jumps. */
  public InstantSource clock() {
    return CLOCK;
  }

  private static final InstantSource CLOCK = new SteadyClock();

  /** Where health and metrics are served. */
  public HealthServer healthServer() {
    HealthServer server = health;
    if (server == null) {
      throw new IllegalStateException("Expected health to be served first");
    }
    return server;
  }

  /** Whether it serves whole: assigned, replayed, and its loop turned a moment ago. */
  public boolean ready() {
    return health().ready();
  }

  /** Completed with {@link #STOPPED} or {@link #FAILED} when the loop has ended. */
  public CompletableFuture<Integer> exitCode() {
    return exit.copy();
  }

  private Health health() {
    MessageLoop turning = loop;
    long ageMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - roundNanos);
    boolean live = !exit.isDone() && ageMs < ROUND_AGE_MAX.toMillis();
    if (stopping || exit.isDone()) {
      return new Health(live, false, "stopping");
    }
    if (turning == null || !turning.assigned()) {
      return new Health(live, false, "waiting for an assignment, or replaying it");
    }
    if (!whole.getAsBoolean()) {
      return new Health(live, false, lacking);
    }
    return new Health(
        live, ageMs < READY_AGE_MAX.toMillis(), "the loop turned %d ms ago".formatted(ageMs));
  }

  private void turn(MessageLoop turning) {
    int code = STOPPED;
    try {
      while (!stopping) {
        roundNanos = System.nanoTime();
        turning.round(ROUND);
        if (!afterwards.isEmpty() && turning.assigned()) {
          afterwards.forEach(this::startBeside);
          afterwards.clear();
        }
      }
    } catch (RuntimeException | Error e) {
      code = FAILED;
      LOGGER.atError().addKeyValue(LogKeys.SERVICE, service).setCause(e).log("loop failed");
    }
    try {
      turning.close();
    } catch (RuntimeException e) {
      LOGGER
          .atWarn()
          .addKeyValue(LogKeys.SERVICE, service)
          .setCause(e)
          .log("loop did not close in order");
    }
    loopEnded.countDown();
    if (code == FAILED) {
      closeOpened();
    }
    exit.complete(code);
  }

  private void startBeside(Runnable start) {
    var _ =
        Thread.ofVirtual()
            .name(service + "-afterwards")
            .start(
                () -> {
                  try {
                    start.run();
                  } catch (RuntimeException | Error e) {
                    if (!stopping) {
                      LOGGER
                          .atError()
                          .addKeyValue(LogKeys.SERVICE, service)
                          .setCause(e)
                          .log("service did not start whole");
                      exit.complete(FAILED);
                    }
                  }
                });
  }

  /** Stops in order; does nothing twice. */
  @Override
  public void close() {
    MessageLoop turning = loop;
    if (turning != null && !stopping) {
      LOGGER.atInfo().addKeyValue(LogKeys.SERVICE, service).log("service stopping: asked to");
      stopping = true;
      turning.wake();
      try {
        if (!loopEnded.await(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
          LOGGER.atWarn().addKeyValue(LogKeys.SERVICE, service).log("loop did not end in time");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    closeOpened();
  }

  private void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      LOGGER.atWarn().addKeyValue(LogKeys.SERVICE, service).setCause(e).log("not closed in order");
    }
  }

  private synchronized void closeOpened() {
    closed = true;
    while (!opened.isEmpty()) {
      close(opened.pop());
    }
    HealthServer server = health;
    health = null;
    try {
      if (server != null) {
        server.close();
      }
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | IllegalStateException e) {
      LOGGER
          .atWarn()
          .addKeyValue(LogKeys.SERVICE, service)
          .setCause(e)
          .log("HTTP not closed in order");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String version() {
    String version = ServiceRuntime.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
