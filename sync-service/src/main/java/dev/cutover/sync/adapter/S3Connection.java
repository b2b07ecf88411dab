package dev.cutover.sync.adapter;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** How a store is spoken to, Amazon's or another one. */
final class S3Connection {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

  private S3Connection() {}

  /** As the place's profile, or by the SDK's default chain. */
  static S3Client open(S3Place place) {
    return open(
        place,
        DefaultCredentialsProvider.builder().profileName(place.profile().orElse(null)).build());
  }

  static S3Client open(S3Place place, AwsCredentialsProvider credentials) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(place.region()))
            .credentialsProvider(credentials)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_SUPPORTED)
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_MAX)
                    .socketTimeout(ANSWER_MAX));
    place
        .endpoint()
        .ifPresent(
            url ->
                builder
                    .endpointOverride(url)
                    .forcePathStyle(true)
                    // Not every other store takes the framing away again.
                    .serviceConfiguration(o -> o.chunkedEncodingEnabled(false)));
    return builder.build();
  }
}
