package dev.cutover.sync.adapter;

import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ObjectsSpec.BucketPair;
import dev.cutover.contract.ObjectsSpec.Fence;
import dev.cutover.contract.ObjectsSpec.ObjectPlace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A shop's two buckets {@code old} and {@code new}, its application and the copier: a real server
 * behind a front that enforces policies.
 */
public final class ObjectShop implements AutoCloseable {
  private static final String COPIER = "arn:aws:iam::111122223333:role/cutover";
  private static final String SECRET = "a-secret-for-tests";

  private final ObjectStoreServer server;
  private final AmazonFront front;

  public ObjectShop() throws Exception {
    server = new ObjectStoreServer("old", "new");
    front = new AmazonFront(server.endpoint());
    front.policies().know("COPIER", COPIER);
    front.policies().know("APPLICATION", "arn:aws:iam::111122223333:role/shop");
  }

  /** By the names of profiles. */
  static AwsCredentialsProvider credentials(Optional<String> profile) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(key(profile), SECRET));
  }

  private static String key(Optional<String> profile) {
    return profile.orElse("application").toUpperCase(java.util.Locale.ROOT);
  }

  /** The same as AWS's shared file. */
  public static void writeCredentials(Path file) throws IOException {
    Files.writeString(
        file,
        "[copier]\naws_access_key_id=COPIER\naws_secret_access_key=%s\n[application]\naws_access_key_id=APPLICATION\naws_secret_access_key=%s\n"
            .formatted(SECRET, SECRET));
  }

  public BucketPolicies policies() {
    return front.policies();
  }

  public URI endpoint() {
    return front.endpoint();
  }

  public String content(String bucket, String key) {
    return server.get(bucket, key);
  }

  /** Keys of a bucket. */
  public List<String> keys(String bucket) {
    return server.client().listObjectsV2Paginator(o -> o.bucket(bucket)).contents().stream()
        .map(object -> object.key())
        .toList();
  }

  /** Stores tell times by the second. */
  void nextSecond() {
    Instant next = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusMillis(1_005);
    Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> Instant.now().isAfter(next));
  }

  /** Who writes there all day; tries nothing twice. */
  public S3Client application() {
    return S3Client.builder()
        .region(Region.US_EAST_1)
        .credentialsProvider(credentials(Optional.of("application")))
        .endpointOverride(endpoint())
        .forcePathStyle(true)
        .overrideConfiguration(o -> o.retryStrategy(r -> r.maxAttempts(1)))
        .serviceConfiguration(o -> o.chunkedEncodingEnabled(false))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  /** Both buckets, fenced by their policies and proven by the application's credential. */
  public ObjectsSpec spec(boolean mirrors) {
    return new ObjectsSpec(
        List.of(new BucketPair(place("old"), place("new"))),
        Fence.POLICY,
        mirrors,
        Duration.ofMillis(800),
        Duration.ofSeconds(10),
        Duration.ofMillis(500),
        Optional.empty());
  }

  private ObjectPlace place(String bucket) {
    return new ObjectPlace(
        bucket,
        "",
        "us-east-1",
        Optional.of(endpoint().toString()),
        Optional.of("copier"),
        Optional.of(COPIER),
        Optional.of("application"));
  }

  @Override
  public void close() {
    front.close();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("Expected the object store to stop, but it did not", e);
    }
  }
}
