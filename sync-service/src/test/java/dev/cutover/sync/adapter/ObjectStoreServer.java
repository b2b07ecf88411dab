package dev.cutover.sync.adapter;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobProviderMetadata;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A real S3 server (S3Proxy) that keeps objects in memory. */
final class ObjectStoreServer {
  private static final String ID = "cutover";
  private static final String SECRET = "a-secret-for-tests";

  private final BlobStoreContext context;
  private final S3Proxy server;
  private final S3Client client;

  ObjectStoreServer(String... buckets) throws Exception {
    Properties settings = new Properties();
    settings.setProperty("jclouds.identity", ID);
    settings.setProperty("jclouds.credential", SECRET);
    context =
        ContextBuilder.newBuilder(new TransientNio2BlobProviderMetadata())
            .credentials(ID, SECRET)
            .overrides(settings)
            .build(BlobStoreContext.class);
    BlobStore store = context.getBlobStore();
    server =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.NONE, null, null)
            .build();
    server.start();
    client =
        S3Client.builder()
            .region(Region.US_EAST_1)
            .credentialsProvider(credentials())
            .endpointOverride(endpoint())
            .forcePathStyle(true)
            .serviceConfiguration(o -> o.chunkedEncodingEnabled(false))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    for (String bucket : buckets) {
      client.createBucket(o -> o.bucket(bucket));
    }
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /** For what a test does itself. */
  S3Client client() {
    return client;
  }

  void put(String bucket, String key, String content) {
    client.putObject(
        o -> o.bucket(bucket).key(key), RequestBody.fromString(content, StandardCharsets.UTF_8));
  }

  String get(String bucket, String key) {
    return client.getObjectAsBytes(o -> o.bucket(bucket).key(key)).asUtf8String();
  }

  Instant modifiedAt(String bucket, String key) {
    return client.headObject(o -> o.bucket(bucket).key(key)).lastModified();
  }

  S3Bucket bucket(String bucketAndPrefix) {
    return bucket(bucketAndPrefix, endpoint());
  }

  /** The same by way of another address. */
  static S3Bucket bucket(String bucketAndPrefix, URI endpoint) {
    return S3Bucket.open(
        S3Place.of("s3://" + bucketAndPrefix, "us-east-1", Optional.of(endpoint), Optional.empty()),
        credentials());
  }

  private static StaticCredentialsProvider credentials() {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(ID, SECRET));
  }

  void stop() throws Exception {
    client.close();
    server.stop();
    context.close();
  }
}
