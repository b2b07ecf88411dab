package dev.cutover.dns.adapter;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/**
 * Opens clients of AWS by the name that plans use: {@code default} is what the AWS SDK finds by
 * itself; any other is an entry of the service's own credentials, {@code <name>.<role>.user} with
 * the access key's id and {@code <name>.<role>.password} with the secret key.
 */
final class AwsProfiles {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(2);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(3);

  private final Credentials credentials;
  private final String role;

  /**
   * @param role the API, as the credentials name it
   */
  AwsProfiles(Credentials credentials, String role) {
    this.credentials = credentials;
    this.role = role;
  }

  /** The same client that asks once, and never long. */
  <C, B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>> C open(
      B builder, String profile, String region, Optional<URI> endpoint) {
    builder
        .region(Region.of(region))
        .credentialsProvider(provider(profile))
        // The orchestrator tries again, and nobody else.
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT_MAX)
                .socketTimeout(ANSWER_MAX));
    endpoint.ifPresent(builder::endpointOverride);
    return builder.build();
  }

  private AwsCredentialsProvider provider(String profile) {
    if (profile.equals(Route53.DEFAULT_PROFILE)) {
      return DefaultCredentialsProvider.builder().build();
    }
    Credentials.Credential key = credentials.of(profile, role);
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(key.user(), key.password().value()));
  }

  /** Says whose credentials are missing. */
  static <T> T found(String profile, Supplier<T> opening) throws SwitchFailure {
    try {
      return opening.get();
    } catch (ConfigException e) {
      throw new SwitchFailure(
          FailureKind.UNSUITABLE,
          "Expected an access key named %s in the credentials of the dns-service, but: %s"
              .formatted(profile, String.join("; ", e.faults())),
          false,
          e);
    }
  }
}
