package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ObjectAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Tagging;

/** What an object has beside its content, as the SDK says it. */
final class S3Attributes {
  private static final String TYPE = "content-type";
  private static final String ENCODING = "content-encoding";
  private static final String LANGUAGE = "content-language";
  private static final String DISPOSITION = "content-disposition";
  private static final String CACHE = "cache-control";
  private static final String EXPIRES = "expires";
  private static final String REDIRECT = "website-redirect-location";

  /** What a store says where nobody gave a type; on the copy it may say the other. */
  private static final List<String> NO_TYPES =
      List.of("binary/octet-stream", "application/octet-stream");

  /** How a request was framed on its way, which some stores keep as if it were of the content. */
  private static final Pattern FRAMING = Pattern.compile("(^|, ?)aws-chunked(?=,|$)");

  private S3Attributes() {}

  static ObjectAttributes of(GetObjectResponse found) {
    return new ObjectAttributes(
        headers(
            found.contentType(),
            found.contentEncoding(),
            found.contentLanguage(),
            found.contentDisposition(),
            found.cacheControl(),
            found.expiresString(),
            found.websiteRedirectLocation()),
        new TreeMap<>(found.metadata()),
        new TreeMap<>());
  }

  static ObjectAttributes of(HeadObjectResponse found) {
    return new ObjectAttributes(
        headers(
            found.contentType(),
            found.contentEncoding(),
            found.contentLanguage(),
            found.contentDisposition(),
            found.cacheControl(),
            found.expiresString(),
            found.websiteRedirectLocation()),
        new TreeMap<>(found.metadata()),
        new TreeMap<>());
  }

  static ObjectAttributes withTags(ObjectAttributes attributes, List<Tag> tags) {
    SortedMap<String, String> byName = new TreeMap<>();
    tags.forEach(tag -> byName.put(tag.key(), tag.value()));
    return new ObjectAttributes(attributes.headers(), attributes.metadata(), byName);
  }

  static PutObjectRequest.Builder on(PutObjectRequest.Builder request, ObjectAttributes with) {
    if (!with.tags().isEmpty()) {
      request.tagging(tagging(with));
    }
    return request
        .contentType(with.headers().get(TYPE))
        .contentEncoding(with.headers().get(ENCODING))
        .contentLanguage(with.headers().get(LANGUAGE))
        .contentDisposition(with.headers().get(DISPOSITION))
        .cacheControl(with.headers().get(CACHE))
        .expires(expires(with))
        .websiteRedirectLocation(with.headers().get(REDIRECT))
        .metadata(with.metadata());
  }

  static CreateMultipartUploadRequest.Builder on(
      CreateMultipartUploadRequest.Builder request, ObjectAttributes with) {
    if (!with.tags().isEmpty()) {
      request.tagging(tagging(with));
    }
    return request
        .contentType(with.headers().get(TYPE))
        .contentEncoding(with.headers().get(ENCODING))
        .contentLanguage(with.headers().get(LANGUAGE))
        .contentDisposition(with.headers().get(DISPOSITION))
        .cacheControl(with.headers().get(CACHE))
        .expires(expires(with))
        .websiteRedirectLocation(with.headers().get(REDIRECT))
        .metadata(with.metadata());
  }

  private static Tagging tagging(ObjectAttributes with) {
    return Tagging.builder()
        .tagSet(
            with.tags().entrySet().stream()
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList())
        .build();
  }

  /** Of the SDK's an instant: one that is none was not understood by anybody before either. */
  private static @Nullable Instant expires(ObjectAttributes with) {
    String text = with.headers().get(EXPIRES);
    try {
      return text == null
          ? null
          : ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static SortedMap<String, String> headers(
      @Nullable String type,
      @Nullable String encoding,
      @Nullable String language,
      @Nullable String disposition,
      @Nullable String cache,
      @Nullable String expires,
      @Nullable String redirect) {
    SortedMap<String, String> headers = new TreeMap<>();
    if (type != null && !NO_TYPES.contains(type)) {
      headers.put(TYPE, type);
    }
    put(headers, ENCODING, encoding == null ? null : FRAMING.matcher(encoding).replaceAll(""));
    put(headers, LANGUAGE, language);
    put(headers, DISPOSITION, disposition);
    put(headers, CACHE, cache);
    put(headers, EXPIRES, expires);
    put(headers, REDIRECT, redirect);
    return headers;
  }

  private static void put(SortedMap<String, String> headers, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      headers.put(name, value);
    }
  }
}
