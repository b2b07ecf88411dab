package dev.cutover.deploy.demo;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Side;
import dev.cutover.deploy.AllServices;
import dev.cutover.deploy.LocalKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * All five services, configured for the stage with files and keys that the demonstration makes for
 * itself.
 */
final class Services implements AutoCloseable {
  private static final Duration READY_MAX = Duration.ofSeconds(30);

  private final AllServices services;
  private final Map<String, String> tokens;

  private Services(AllServices services, Map<String, String> tokens) {
    this.services = services;
    this.tokens = tokens;
  }

  /** Starts them and waits until all are ready. */
  static Services start(Stage stage, Path directory) throws InterruptedException {
    try {
      Path files = directory.resolve("services");
      LocalKeys keys = new LocalKeys(files, AllServices.NAMES);
      Path credentials = files.resolve("credentials.properties");
      Map<String, String> entries = new HashMap<>(stage.databases().credentials());
      entries.put("shop-customer.application.user", "check");
      entries.put("shop-customer.application.password", "demo");
      LocalKeys.writeProperties(credentials, entries);
      Path tsig = files.resolve("tsig.properties");
      LocalKeys.writeProperties(
          tsig,
          Map.of(
              Stage.TSIG_KEY + ".tsig.user",
              "hmac-sha256:" + Stage.TSIG_KEY,
              Stage.TSIG_KEY + ".tsig.password",
              stage.tsigSecret()));
      Path tokenFile = files.resolve("tokens.properties");
      Map<String, String> tokens =
          LocalKeys.tokens(tokenFile, Map.of("ada", "operator,approver", "grace", "approver"));
      AllServices services =
          AllServices.start(
              service -> {
                Map<String, String> configuration = new HashMap<>(keys.signing(service));
                configuration.putAll(stage.kafkaConfiguration());
                configuration.put("HEALTH_PORT", "0");
                configuration.putAll(
                    switch (service) {
                      case "dns" ->
                          Map.of(
                              "CUTOVER_DNS_ALLOWED_ZONES",
                              Stage.ZONE,
                              "CUTOVER_DNS_ALLOWED_SERVERS",
                              "127.0.0.1:" + stage.dnsPort(),
                              "CUTOVER_DNS_CREDENTIALS",
                              tsig.toString());
                      case "sync" ->
                          Map.of(
                              "CUTOVER_SYNC_CREDENTIALS",
                              credentials.toString(),
                              "CUTOVER_SYNC_DATABASES",
                              database(stage, Side.SOURCE) + "," + database(stage, Side.TARGET));
                      case "validator" ->
                          Map.of(
                              "CUTOVER_VALIDATOR_CREDENTIALS",
                              credentials.toString(),
                              "CUTOVER_VALIDATOR_ALLOWED_HOSTS",
                              "127.0.0.1,127.0.0.2,127.0.0.3");
                      case "monitor" ->
                          Map.of("CUTOVER_MONITOR_ALLOWED_HOSTS", "127.0.0.2,127.0.0.3");
                      case "orchestrator" ->
                          Map.of("API_PORT", "0", "API_TOKENS", tokenFile.toString());
                      default ->
                          throw new IllegalArgumentException(
                              "expected a service, but got " + service);
                    });
                return configuration;
              });
      awaitReady(services);
      return new Services(services, tokens);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected to write the services' configuration, but: " + e.getMessage(), e);
    }
  }

  URI api() {
    return URI.create("http://127.0.0.1:" + services.apiPort());
  }

  String token(String person) {
    return java.util.Objects.requireNonNull(tokens.get(person), person);
  }

  @Override
  public void close() {
    services.close();
  }

  private static String database(Stage stage, Side side) {
    DatabaseEndpoint endpoint = stage.databases().endpoint(side);
    return "%s@%s:%d/%s"
        .formatted(endpoint.credential(), endpoint.host(), endpoint.port(), endpoint.database());
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
