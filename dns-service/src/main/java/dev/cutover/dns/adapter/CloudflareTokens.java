package dev.cutover.dns.adapter;

import dev.cutover.contract.FailureKind;
import dev.cutover.dns.domain.RateBudget;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds API tokens of Cloudflare by the name that plans use, in the service's own credentials:
 * entry {@code <name>.cloudflare.password}. Knows of each what its user may still send.
 */
public final class CloudflareTokens implements AutoCloseable {
  private static final String ROLE = "cloudflare";
  private static final Duration LIMIT_SPAN = Duration.ofMinutes(5);

  private final Credentials credentials;
  private final int requestsPerFiveMinutes;
  private final CloudflareApi api;
  private final Map<String, Token> tokens = new ConcurrentHashMap<>();

  public CloudflareTokens(Credentials credentials, CloudflareSettings settings) {
    this.credentials = credentials;
    this.requestsPerFiveMinutes = settings.requestsPerFiveMinutes();
    this.api = new CloudflareApi(settings.endpoint());
  }

  CloudflareApi api() {
    return api;
  }

  Token find(String name, long nowNanos) throws SwitchFailure {
    try {
      return tokens.computeIfAbsent(
          name,
          n ->
              new Token(
                  n,
                  sendable(n, credentials.secret(n, ROLE)),
                  RateBudget.perSpan(requestsPerFiveMinutes, LIMIT_SPAN, nowNanos)));
    } catch (ConfigException e) {
      throw new SwitchFailure(
          FailureKind.UNSUITABLE,
          "Expected a token named %s in the credentials of the dns-service, but: %s"
              .formatted(name, String.join("; ", e.faults())),
          false,
          e);
    }
  }

  /** A header's refusal would show it. */
  private static Secret sendable(String name, Secret secret) {
    if (!secret.value().matches("[!-~]+")) {
      throw new ConfigException(
          List.of(
              "Expected %s.%s.password to be printable and without spaces, but it is not"
                  .formatted(name, ROLE)));
    }
    return secret;
  }

  @Override
  public void close() {
    api.close();
  }

  /** A token, and what Cloudflare has said of it. Safe for several threads. */
  static final class Token {
    private final String name;
    private final Secret secret;
    private final RateBudget budget;
    private volatile @Nullable Outage outage;

    /**
     * Why it is of no use for a while.
     *
     * @param throttled whether its user has sent too much; else it was refused
     */
    record Outage(boolean throttled, long untilNanos, Instant until) {}

    Token(String name, Secret secret, RateBudget budget) {
      this.name = name;
      this.secret = secret;
      this.budget = budget;
    }

    String name() {
      return name;
    }

    Secret secret() {
      return secret;
    }

    RateBudget budget() {
      return budget;
    }

    void out(Outage why) {
      outage = why;
    }

    Optional<Outage> outage(long nowNanos) {
      return Optional.ofNullable(outage).filter(o -> o.untilNanos() - nowNanos > 0);
    }
  }
}
