package dev.cutover.deploy.demo;

import dev.cutover.deploy.AllServices;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** All five services in this process, configured for the stage. */
public final class Services implements AutoCloseable {
  private static final Duration READY_MAX = Duration.ofSeconds(30);

  private final AllServices services;

  private Services(AllServices services) {
    this.services = services;
  }

  /** Starts them and waits until all are ready. */
  public static Services start(ServiceSettings settings) throws InterruptedException {
    AllServices services = AllServices.start(settings::environment);
    awaitReady(services);
    return new Services(services);
  }

  /** Where the API listens. */
  public URI api() {
    return URI.create("http://127.0.0.1:" + services.apiPort().orElseThrow());
  }

  @Override
  public void close() {
    services.close();
  }

  private static void awaitReady(AllServices services) throws InterruptedException {
    Instant deadline = Instant.now().plus(READY_MAX);
    while (!services.notReady().isEmpty()) {
      if (Instant.now().isAfter(deadline)) {
        services.close();
        throw new IllegalStateException(
            "Expected all services to be ready within "
                + READY_MAX.toSeconds()
                + " s, but these are not: "
                + services.notReady());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
