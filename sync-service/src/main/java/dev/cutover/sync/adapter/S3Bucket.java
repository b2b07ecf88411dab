package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ObjectAttributes;
import dev.cutover.sync.domain.ObjectEntry;
import dev.cutover.sync.domain.ObjectParts.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
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
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

  private final S3Place place;
  private final S3Client client;
  private volatile boolean knowsTags = true;

  /** What a read brought. */
  static final class Content {
    private final byte[] bytes;
    private final ObjectAttributes attributes;
    private final boolean isTagged;

    private Content(byte[] bytes, ObjectAttributes attributes, boolean isTagged) {
      this.bytes = bytes;
      this.attributes = attributes;
      this.isTagged = isTagged;
    }

    byte[] bytes() {
      return bytes;
    }

    ObjectAttributes attributes() {
      return attributes;
    }

    /**
     * Whether there are tags, or the store is one that may not say so: Amazon's counts them in each
     * answer (GetObject, x-amz-tagging-count).
     */
    boolean isTagged() {
      return isTagged;
    }
  }

  /**
   * An upload in parts.
   *
   * @param id by which the store knows it
   */
  record Upload(String key, String id) {}

  /**
   * What a write may replace (Amazon S3 user guide, "How to prevent object overwrites with
   * conditional writes").
   *
   * @param isFree whether there may be anything
   * @param tag of the object that has to be there; empty when none may be
   */
  record Replacing(boolean isFree, String tag) {
    /** Whatever there is. */
    static final Replacing ANYTHING = new Replacing(true, "");

    static Replacing of(Optional<ObjectEntry> there) {
      return new Replacing(false, there.map(ObjectEntry::tag).orElse(""));
    }

    /** The same after a write of one's own. */
    Replacing by(String newTag) {
      return new Replacing(isFree, newTag);
    }

    @Nullable String ifMatch() {
      return isFree ? null : quoted(tag);
    }

    @Nullable String ifNoneMatch() {
      return isFree || !tag.isEmpty() ? null : "*";
    }
  }

  private S3Bucket(S3Place place, S3Client client) {
    this.place = place;
    this.client = client;
  }

  /** Opens it; asks nothing. */
  public static S3Bucket open(S3Place place) {
    return open(
        place,
        DefaultCredentialsProvider.builder().profileName(place.profile().orElse(null)).build());
  }

  static S3Bucket open(S3Place place, AwsCredentialsProvider credentials) {
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
    return new S3Bucket(place, builder.build());
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
  Content read(ObjectEntry entry, Part part) throws S3Failure {
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
          return new Content(
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
  String put(String key, ObjectAttributes attributes, byte[] bytes, Replacing there)
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

  Upload begin(String key, ObjectAttributes attributes) throws S3Failure {
    CreateMultipartUploadRequest request =
        S3Attributes.on(CreateMultipartUploadRequest.builder(), attributes)
            .bucket(place.bucket())
            .key(place.prefix() + key)
            .build();
    return new Upload(
        key,
        asked(
            "to begin '%s' in %s".formatted(key, place),
            () -> client.createMultipartUpload(request).uploadId()));
  }

  CompletedPart put(Upload upload, Part part, byte[] bytes) throws S3Failure {
    return asked(
        "to write part %d of '%s' to %s".formatted(part.number(), upload.key(), place),
        () -> {
          String tag =
              client
                  .uploadPart(
                      o ->
                          o.bucket(place.bucket())
                              .key(place.prefix() + upload.key())
                              .uploadId(upload.id())
                              .partNumber(part.number())
                              .contentMD5(Md5.base64(bytes)),
                      RequestBody.fromBytes(bytes))
                  .eTag();
          return CompletedPart.builder().partNumber(part.number()).eTag(tag).build();
        });
  }

  String complete(Upload upload, List<CompletedPart> parts, Replacing there) throws S3Failure {
    return unquoted(
        asked(
            "to complete '%s' in %s".formatted(upload.key(), place),
            () ->
                client
                    .completeMultipartUpload(
                        o ->
                            o.bucket(place.bucket())
                                .key(place.prefix() + upload.key())
                                .uploadId(upload.id())
                                .ifMatch(there.ifMatch())
                                .ifNoneMatch(there.ifNoneMatch())
                                .multipartUpload(m -> m.parts(parts)))
                    .eTag()));
  }

  void abort(Upload upload) throws S3Failure {
    asked(
        "to give up '%s' in %s".formatted(upload.key(), place),
        () ->
            client.abortMultipartUpload(
                o ->
                    o.bucket(place.bucket())
                        .key(place.prefix() + upload.key())
                        .uploadId(upload.id())));
  }

  /** Begun before that and never completed, with what they occupy: somebody pays for it. */
  long unfinished(Instant before) throws S3Failure {
    return asked(
        "to list the unfinished uploads of " + place,
        () ->
            client
                .listMultipartUploadsPaginator(o -> o.bucket(place.bucket()).prefix(place.prefix()))
                .uploads()
                .stream()
                .filter(upload -> upload.initiated().isBefore(before))
                .count());
  }

  void delete(String key, Replacing there) throws S3Failure {
    asked(
        "to delete '%s' of %s".formatted(key, place),
        () ->
            client.deleteObject(
                o -> o.bucket(place.bucket()).key(place.prefix() + key).ifMatch(there.ifMatch())));
  }

  /** Its policy, as the store has it; empty when there is none. */
  Optional<String> policy() throws S3Failure {
    try {
      return Optional.of(
          asked(
              "to read the policy of " + place,
              () -> client.getBucketPolicy(o -> o.bucket(place.bucket())).policy()));
    } catch (S3Failure e) {
      if (e.kind() == S3Failure.Kind.GONE && e.code().equals("NoSuchBucketPolicy")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Gives it that policy, or none. */
  void policy(Optional<String> policy) throws S3Failure {
    asked(
        "to write the policy of " + place,
        () ->
            policy.isPresent()
                ? client.putBucketPolicy(o -> o.bucket(place.bucket()).policy(policy.get()))
                : client.deleteBucketPolicy(o -> o.bucket(place.bucket())));
  }

  /**
   * Begins an upload and gives it up: whoever may not write may not begin one ({@code
   * s3:PutObject}; Amazon S3 user guide, "Multipart upload API and permissions"), and nothing comes
   * of it that anybody could read.
   *
   * @return whether it was refused
   */
  boolean refusesWriting(String key) throws S3Failure {
    try {
      abort(begin(key, ObjectAttributes.NONE));
      return false;
    } catch (S3Failure e) {
      if (e.kind() == S3Failure.Kind.REFUSED && e.code().equals("AccessDenied")) {
        return true;
      }
      throw e;
    }
  }

  /** Reads one key of its listing. */
  void look() throws S3Failure {
    asked(
        "to list " + place,
        () ->
            client.listObjectsV2(o -> o.bucket(place.bucket()).prefix(place.prefix()).maxKeys(1)));
  }

  private static <T> T asked(String expected, Supplier<T> request) throws S3Failure {
    try {
      return request.get();
    } catch (SdkException e) {
      throw S3Failure.of(expected, e);
    }
  }

  /** Empty where a store has none, as some have for what stands for a folder. */
  private static String unquoted(@Nullable String tag) {
    return tag == null ? "" : tag.replace("\"", "");
  }

  private static @Nullable String quoted(String tag) {
    return tag.isEmpty() ? null : "\"" + tag + "\"";
  }

  @Override
  public void close() {
    client.close();
  }
}
