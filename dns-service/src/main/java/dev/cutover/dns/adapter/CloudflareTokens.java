package dev.cutover.dns.adapter;

import dev.cutover.contract.FailureKind;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RateBudget;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
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

  /** The one that an order goes by. */
  Token of(String name, Optional<String> revertName, Urgency urgency, long nowNanos)
      throws SwitchFailure {
    Optional<Token> second =
        switch (urgency) {
          case ORDINARY -> Optional.empty();
          case REVERT -> second(revertName, nowNanos);
        };
    return second.isPresent() ? second.get() : find(name, nowNanos);
  }

  /** The one that is kept for reverts, while it is of use. */
  private Optional<Token> second(Optional<String> name, long nowNanos) {
    try {
      return name.isEmpty()
          ? Optional.empty()
          : Optional.of(find(name.get(), nowNanos))
              .filter(token -> token.outage(nowNanos).isEmpty());
    } catch (SwitchFailure e) {
      return Optional.empty(); // told by each attempt without effect; a revert goes by the first
    }
  }

  /** One way to go back. */
  interface Revert {
    boolean make(Order order) throws SwitchFailure;
  }

  /**
   * Reverts, and once more when the second token was refused: it must not keep traffic from going
   * back while another one is there.
   */
  boolean revert(Optional<String> second, Order order, Pace pace, Revert way) throws SwitchFailure {
    long startNanos = pace.nanoTime();
    boolean bySecond = second(second, startNanos).isPresent();
    try {
      return way.make(order);
    } catch (SwitchFailure e) {
      if (!bySecond || second(second, pace.nanoTime()).isPresent()) {
        throw e;
      }
      Duration left = order.within().minusNanos(pace.nanoTime() - startNanos);
      return way.make(new Order(order.cutover(), order.epoch(), left));
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
