package dev.cutover.deploy.demo;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Side;
import dev.cutover.deploy.AllServices;
import dev.cutover.deploy.LocalKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How each of the five services is configured for the stage: the environment of its process, with
 * keys, credentials and tokens in files that the demonstration makes for itself.
 */
public final class ServiceSettings {
  private final Stage stage;
  private final LocalKeys keys;
  private final Path credentials;
  private final Path tsig;
  private final Path tokenFile;
  private final Path deltas;
  private final Path bundles;
  private final Path recordings;
  private final Map<String, String> tokens;

  /** Writes the files into a directory of the stage's. */
  public ServiceSettings(Stage stage, Path directory) {
    this.stage = stage;
    Path files = directory.resolve("services");
    this.credentials = files.resolve("credentials.properties");
    this.tsig = files.resolve("tsig.properties");
    this.tokenFile = files.resolve("tokens.properties");
    this.deltas = files.resolve("deltas");
    this.bundles = files.resolve("break-glass");
    this.recordings = files.resolve("recordings");
    try {
      this.keys = new LocalKeys(files, AllServices.NAMES);
      Map<String, String> entries = new HashMap<>(stage.databases().credentials());
      entries.put("shop-customer.application.user", "check");
      entries.put("shop-customer.application.password", "demo");
      LocalKeys.writeProperties(credentials, entries);
      LocalKeys.writeProperties(
          tsig,
          Map.of(
              Stage.TSIG_KEY + ".tsig.user",
              "hmac-sha256:" + Stage.TSIG_KEY,
              Stage.TSIG_KEY + ".tsig.password",
              stage.tsigSecret()));
      this.tokens =
          LocalKeys.addTokens(tokenFile, Map.of("ada", "operator,approver", "grace", "approver"));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected to write the services' configuration, but: " + e.getMessage(), e);
    }
  }

  /** Returns what that service finds in its environment; ports are free ones unless replaced. */
  Map<String, String> environment(String service) {
    Map<String, String> environment = new HashMap<>(keys.signing(service));
    environment.putAll(stage.kafkaConfiguration());
    environment.put("HEALTH_PORT", "0");
    environment.putAll(
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
                  database(Side.SOURCE) + "," + database(Side.TARGET),
                  "CUTOVER_SYNC_DELTA_DIRECTORY",
                  deltas.toString());
          case "validator" ->
              Map.of(
                  "CUTOVER_VALIDATOR_CREDENTIALS",
                  credentials.toString(),
                  "CUTOVER_VALIDATOR_ALLOWED_HOSTS",
                  "127.0.0.1,127.0.0.2,127.0.0.3");
          case "monitor" ->
              Map.of(
                  "CUTOVER_MONITOR_ALLOWED_HOSTS",
                  "127.0.0.2,127.0.0.3",
                  "CUTOVER_MONITOR_RECORDINGS",
                  recordings.toString());
          case "orchestrator" ->
              Map.of(
                  "API_PORT",
                  "0",
                  "API_TOKENS",
                  tokenFile.toString(),
                  "BREAK_GLASS_DIRECTORY",
                  bundles.toString());
          default -> throw new IllegalArgumentException("expected a service, but got " + service);
        });
    return environment;
  }

  /** Where the monitor keeps what it sees. */
  Path recordings() {
    return recordings;
  }

  /** The secret by which the API knows a person: ada (operator, approver) or grace (approver). */
  public String token(String person) {
    return Objects.requireNonNull(tokens.get(person), person);
  }

  private String database(Side side) {
    DatabaseEndpoint endpoint = stage.databases().endpoint(side);
    return "%s@%s:%d/%s"
        .formatted(endpoint.credential(), endpoint.host(), endpoint.port(), endpoint.database());
  }
}
