package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.REFUSED;
import static dev.cutover.contract.FailureKind.UNREACHABLE;
import static dev.cutover.contract.FailureKind.UNSUITABLE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.MessageCodec;
import dev.cutover.dns.adapter.DesignateSettings.Cloud;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Credentials.Credential;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a token of Keystone for one cloud, and the DNS endpoint that came with it. Identity API v3,
 * {@code POST /auth/tokens}: the token is the header {@code X-Subject-Token} of a 201, the body has
 * its end and the catalogue. Safe for several threads.
 */
final class KeystoneSession {
  /** A token that ends while an order is under way would cost an order's time. */
  private static final Duration SPARE = Duration.ofMinutes(2);

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final String cloud;
  private final Cloud settings;
  private final Credential credential;
  private final HttpClient http;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Token current;

  /**
   * What requests need.
   *
   * @param value never shown
   * @param endpoint of the DNS API, with {@code /v2}
   */
  record Token(String value, Instant endsAt, URI endpoint) {
    @Override
    public String toString() {
      return "Token[ends at %s, for %s]".formatted(endsAt, endpoint);
    }
  }

  KeystoneSession(
      String cloud, Cloud settings, Credential credential, HttpClient http, InstantSource clock) {
    this.cloud = cloud;
    this.settings = settings;
    this.credential = credential;
    this.http = http;
    this.clock = clock;
  }

  /**
   * A token for now.
   *
   * @param refused a token that was answered with 401, and is not given again; null if none was
   * @throws SwitchFailure why there is none; nothing was sent to Designate
   */
  Token token(@Nullable Token refused, Duration within) throws SwitchFailure {
    lock.lock();
    try {
      Token kept = current;
      if (kept == null
          || kept.equals(refused)
          || clock.instant().isAfter(kept.endsAt().minus(SPARE))) {
        current = null;
        kept = issue(within);
        current = kept;
      }
      return kept;
    } finally {
      lock.unlock();
    }
  }

  private Token issue(Duration within) throws SwitchFailure {
    try {
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create(bare(settings.keystone()) + "/auth/tokens"))
                  .timeout(within)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(login().toString()))
                  .build(),
              BodyHandlers.ofByteArray());
      return switch (answer.statusCode()) {
        case 201 ->
            read(
                answer.headers().firstValue("X-Subject-Token").orElse(""),
                MessageCodec.mapper().readTree(answer.body()).path("token"));
        case 400, 401, 403, 404 ->
            throw failure(
                "Expected Keystone of cloud %s to accept the credential, but it answered %d: user, secret, project or domain differs, or the credential has ended"
                    .formatted(cloud, answer.statusCode()),
                false);
        default ->
            throw failure(
                "Expected a token from Keystone of cloud %s, but it answered %d"
                    .formatted(cloud, answer.statusCode()),
                true);
      };
    } catch (IOException e) {
      throw failure(
          "Expected a token from Keystone of cloud %s, but: %s"
              .formatted(cloud, DesignateApi.words(e)),
          true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("Expected a token of cloud %s, but the order was ended".formatted(cloud), true);
    }
  }

  private static SwitchFailure failure(String reason, boolean retryable) {
    return new SwitchFailure(retryable ? UNREACHABLE : REFUSED, reason, retryable);
  }

  private ObjectNode login() {
    ObjectNode auth = NODES.objectNode();
    ObjectNode identity = auth.putObject("auth").putObject("identity");
    if (settings.project().isEmpty()) {
      identity.putArray("methods").add("application_credential");
      identity
          .putObject("application_credential")
          .put("id", credential.user())
          .put("secret", credential.password().value());
      return auth;
    }
    identity.putArray("methods").add("password");
    ObjectNode user = identity.putObject("password").putObject("user");
    user.put("name", credential.user()).put("password", credential.password().value());
    user.putObject("domain").put("name", settings.domain());
    ObjectNode scope = auth.withObject("/auth").putObject("scope").putObject("project");
    scope.put("name", settings.project().get()).putObject("domain").put("name", settings.domain());
    return auth;
  }

  private Token read(String value, JsonNode token) throws SwitchFailure {
    Instant endsAt;
    try {
      endsAt = Instant.parse(token.path("expires_at").asText());
    } catch (DateTimeParseException e) {
      throw failure(
          "Expected a token with its end from Keystone of cloud %s, but it answered without"
              .formatted(cloud),
          true);
    }
    return new Token(value, endsAt, versioned(endpoint(token.path("catalog"))));
  }

  private URI endpoint(JsonNode catalogue) throws SwitchFailure {
    Optional<URI> configured = settings.endpoint();
    if (configured.isPresent()) {
      return configured.get();
    }
    List<String> found = new ArrayList<>();
    for (JsonNode service : catalogue) {
      for (JsonNode endpoint : service.path("endpoints")) {
        boolean taken =
            service.path("type").asText().equals("dns")
                && endpoint.path("interface").asText().equals("public")
                && settings
                    .region()
                    .map(region -> region.equals(endpoint.path("region").asText()))
                    .orElse(true);
        if (taken) {
          found.add(endpoint.path("url").asText());
        }
      }
    }
    if (found.size() != 1) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected one public endpoint of type dns in the catalogue of cloud %s, but found %d: configure its region, or the endpoint itself"
              .formatted(cloud, found.size()),
          false);
    }
    return URI.create(found.getFirst());
  }

  /** Catalogues have it with the version or without. */
  private static URI versioned(URI endpoint) {
    String bare = bare(endpoint);
    return URI.create(bare.endsWith("/v2") ? bare : bare + "/v2");
  }

  private static String bare(URI uri) {
    return uri.toString().replaceFirst("/+$", "");
  }
}
