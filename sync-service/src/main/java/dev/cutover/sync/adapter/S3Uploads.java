package dev.cutover.sync.adapter;

import static dev.cutover.sync.adapter.S3Failure.asked;
import static dev.cutover.sync.adapter.S3Replacing.unquoted;

import dev.cutover.sync.domain.ObjectAttributes;
import dev.cutover.sync.domain.ObjectParts.Part;
import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;

/** Objects that are written part by part, and are there when they are completed. */
final class S3Uploads {
  private final S3Place place;
  private final S3Client client;

  /**
   * An upload in parts.
   *
   * @param id by which the store knows it
   */
  record Upload(String key, String id) {}

  S3Uploads(S3Place place, S3Client client) {
    this.place = place;
    this.client = client;
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

  String complete(Upload upload, List<CompletedPart> parts, S3Replacing there) throws S3Failure {
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
}
