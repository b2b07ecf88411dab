package dev.cutover.dns.adapter;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.dns.domain.RateBudget;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.Route53ClientBuilder;

/**
 * Finds clients of Route 53 by the name that plans use: {@code default} is what the AWS SDK finds
 * by itself; any other is an entry of the service's own credentials, {@code <name>.route53.user}
 * with the access key's id and {@code <name>.route53.password} with the secret key.
 */
public final class Route53Accounts implements AutoCloseable {
  private static final String ROLE = "route53";
  private static final Duration CONNECT_MAX = Duration.ofSeconds(2);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(3);

  private final Credentials credentials;
  private final Route53Settings settings;
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();

  public Route53Accounts(Credentials credentials, Route53Settings settings) {
    this.credentials = credentials;
    this.settings = settings;
  }

  /** One client, and what its account allows. */
  record Account(Route53Client client, RateBudget budget) {}

  Account find(String profile, long nowNanos) throws SwitchFailure {
    try {
      return accounts.computeIfAbsent(profile, name -> account(name, nowNanos));
    } catch (ConfigException e) {
      throw new SwitchFailure(
          FailureKind.UNSUITABLE,
          "Expected an access key named %s in the credentials of the dns-service, but: %s"
              .formatted(profile, String.join("; ", e.faults())),
          false,
          e);
    }
  }

  private Account account(String profile, long nowNanos) {
    Route53ClientBuilder builder =
        Route53Client.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(provider(profile))
            // The orchestrator tries again, and nobody else.
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_MAX)
                    .socketTimeout(ANSWER_MAX));
    settings.endpoint().ifPresent(builder::endpointOverride);
    return new Account(builder.build(), new RateBudget(settings.requestsPerSecond(), nowNanos));
  }

  private AwsCredentialsProvider provider(String profile) {
    if (profile.equals(Route53.DEFAULT_PROFILE)) {
      return DefaultCredentialsProvider.builder().build();
    }
    Credentials.Credential key = credentials.of(profile, ROLE);
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(key.user(), key.password().value()));
  }

  @Override
  public void close() {
    accounts.values().forEach(account -> account.client().close());
  }
}
