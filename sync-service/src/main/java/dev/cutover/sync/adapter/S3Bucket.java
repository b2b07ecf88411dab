package dev.cutover.sync.adapter;

import static dev.cutover.sync.adapter.S3Failure.asked;
import static dev.cutover.sync.adapter.S3Replacing.quoted;
import static dev.cutover.sync.adapter.S3Replacing.unquoted;

import dev.cutover.sync.domain.ObjectAttributes;
import dev.cutover.sync.domain.ObjectEntry;
import dev.cutover.sync.domain.ObjectParts.Part;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.Tag;

/**
 * One bucket, or what lies below a prefix of it. Keys are without the prefix. Whatever is written
 * goes with its MD5, which the store checks; that, unlike later kinds of checksums, every store
 * knows. The SDK tries again within its bounds, and nobody else. Safe for several threads.
 */
public final class S3Bucket implements AutoCloseable {
  private final S3Place place;
  private final S3Client client;
  private volatile boolean knowsTags = true;

  private S3Bucket(S3Place place, S3Client client) {
    this.place = place;
    this.client = client;
  }

  /** Opens it; asks nothing. */
  public static S3Bucket open(S3Place place) {
    return new S3Bucket(place, S3Connection.open(place));
  }

  static S3Bucket open(S3Place place, AwsCredentialsProvider credentials) {
    return new S3Bucket(place, S3Connection.open(place, credentials));
  }

  /** Where it is. */
  public S3Place place() {
    return place;
  }

  /**
   * All its objects, page by page as they are asked for.
   *
   * @throws SdkException while it is walked, when a page can't be read
   */
  Iterator<ObjectEntry> list() {
    return client
        .listObjectsV2Paginator(o -> o.bucket(place.bucket()).prefix(place.prefix()))
        .contents()
        .stream()
        .map(this::entry)
        .iterator();
  }

  private ObjectEntry entry(S3Object object) {
    String key = object.key().substring(place.prefix().length());
    // Of what stands for a folder some stores list no more than the key.
    return object.size() == null || object.eTag() == null
        ? entry(key, head(key))
        : new ObjectEntry(key, object.size(), unquoted(object.eTag()), object.lastModified());
  }

  private static ObjectEntry entry(String key, HeadObjectResponse head) {
    return new ObjectEntry(key, head.contentLength(), unquoted(head.eTag()), head.lastModified());
  }

  private HeadObjectResponse head(String key) {
    return client.headObject(o -> o.bucket(place.bucket()).key(place.prefix() + key));
  }

  /** The object as it is now; empty when there is none. */
  Optional<ObjectEntry> entry(String key) throws S3Failure {
    try {
      return Optional.of(entry(key, looked(key)));
    } catch (S3Failure e) {
      if (e.kind() == S3Failure.Kind.GONE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private HeadObjectResponse looked(String key) throws S3Failure {
    return asked("to look at '%s' of %s".formatted(key, place), () -> head(key));
  }

  /** Reads a part of the object that was listed, whole where the part is the whole. */
  S3Content read(ObjectEntry entry, Part part) throws S3Failure {
    return asked(
        "to read '%s' of %s".formatted(entry.key(), place),
        () -> {
          GetObjectRequest.Builder request =
              GetObjectRequest.builder()
                  .bucket(place.bucket())
                  .key(place.prefix() + entry.key())
                  .ifMatch(quoted(entry.tag()));
          if (part.bytes() < entry.bytes()) {
            request.range("bytes=%d-%d".formatted(part.from(), part.from() + part.bytes() - 1));
          }
          ResponseBytes<GetObjectResponse> answer =
              client.getObject(request.build(), ResponseTransformer.toBytes());
          Integer tags = answer.response().tagCount();
          return new S3Content(
              answer.asByteArrayUnsafe(),
              S3Attributes.of(answer.response()),
              tags == null ? place.endpoint().isPresent() && knowsTags : tags > 0);
        });
  }

  /** What it has beside its content, its tags too. */
  ObjectAttributes attributes(String key, boolean tagged) throws S3Failure {
    HeadObjectResponse head = looked(key);
    return tagged ? tagged(key, S3Attributes.of(head)) : S3Attributes.of(head);
  }

  /** The same with the object's tags; without where the store knows none. */
  ObjectAttributes tagged(String key, ObjectAttributes attributes) throws S3Failure {
    if (!knowsTags) {
      return attributes;
    }
    try {
      List<Tag> tags =
          asked(
              "to read the tags of '%s' of %s".formatted(key, place),
              () ->
                  client
                      .getObjectTagging(o -> o.bucket(place.bucket()).key(place.prefix() + key))
                      .tagSet());
      return S3Attributes.withTags(attributes, tags);
    } catch (S3Failure e) {
      if (e.kind() != S3Failure.Kind.UNKNOWN) {
        throw e;
      }
      knowsTags = false;
      return attributes;
    }
  }

  /** How long the parts are that it was uploaded in; 0 when the store doesn't say. */
  long partBytes(ObjectEntry entry) {
    try {
      HeadObjectResponse first =
          client.headObject(
              o ->
                  o.bucket(place.bucket())
                      .key(place.prefix() + entry.key())
                      .ifMatch(quoted(entry.tag()))
                      .partNumber(1));
      Integer parts = first.partsCount();
      return parts == null ? 0 : first.contentLength();
    } catch (SdkException e) {
      return 0; // not every store knows how; the parts will be of a length of our own
    }
  }

  /** Writes an object in one; returns its tag. */
  String put(String key, ObjectAttributes attributes, byte[] bytes, S3Replacing there)
      throws S3Failure {
    PutObjectRequest request =
        S3Attributes.on(PutObjectRequest.builder(), attributes)
            .bucket(place.bucket())
            .key(place.prefix() + key)
            .contentMD5(Md5.base64(bytes))
            .ifMatch(there.ifMatch())
            .ifNoneMatch(there.ifNoneMatch())
            .build();
    return unquoted(
        asked(
            "to write '%s' to %s".formatted(key, place),
            () -> client.putObject(request, RequestBody.fromBytes(bytes)).eTag()));
  }

  void delete(String key, S3Replacing there) throws S3Failure {
    asked(
        "to delete '%s' of %s".formatted(key, place),
        () ->
            client.deleteObject(
                o -> o.bucket(place.bucket()).key(place.prefix() + key).ifMatch(there.ifMatch())));
  }

  /** Its uploads in parts. */
  S3Uploads uploads() {
    return new S3Uploads(place, client);
  }

  /** The policy of the bucket that it is in. */
  S3BucketPolicy policy() {
    return new S3BucketPolicy(place, client);
  }

  /** Reads one key of its listing. */
  void look() throws S3Failure {
    asked(
        "to list " + place,
        () ->
            client.listObjectsV2(o -> o.bucket(place.bucket()).prefix(place.prefix()).maxKeys(1)));
  }

  @Override
  public void close() {
    client.close();
  }
}
