package dev.cutover.sync.adapter;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A store did not do what was asked; the message is a sentence for people. */
public final class S3Failure extends Exception {
  private static final long serialVersionUID = 1L;

  /** What can be done about it. */
  public enum Kind {
    /** It is not the object that was listed any more. */
    CHANGED,
    /** It is not there. */
    GONE,
    /** It is in an archive: to be restored first. */
    ARCHIVED,
    /** The store does not know how. */
    UNKNOWN,
    /** What was asked is not so, or the login may not. */
    REFUSED,
    /** It may work another time. */
    FAILED
  }

  private final Kind kind;
  private final String code;

  S3Failure(Kind kind, String message, @Nullable Throwable cause) {
    this(kind, "", message, cause);
  }

  private S3Failure(Kind kind, String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.code = code;
  }

  /**
   * Makes a sentence of it.
   *
   * @param expected what was asked, such as {@code "to read 'a/b' of s3://x/"}
   */
  static S3Failure of(String expected, SdkException e) {
    if (!(e instanceof S3Exception refused)) {
      return new S3Failure(
          Kind.FAILED, "Expected %s, but %s".formatted(expected, e.getMessage()), e);
    }
    String code =
        Optional.ofNullable(refused.awsErrorDetails())
            .map(AwsErrorDetails::errorCode)
            .orElse("no code");
    return new S3Failure(
        kind(refused.statusCode(), code),
        code,
        "Expected %s, but it answered %d (%s)".formatted(expected, refused.statusCode(), code),
        e);
  }

  /**
   * What a store answers.
   *
   * @param expected what is asked, such as {@code "to read 'a/b' of s3://x/"}
   */
  static <T> T asked(String expected, Supplier<T> request) throws S3Failure {
    try {
      return request.get();
    } catch (SdkException e) {
      throw of(expected, e);
    }
  }

  private static Kind kind(int status, String code) {
    return switch (status) {
      case 404 -> Kind.GONE;
      case 412, 409 -> Kind.CHANGED;
      case 403 -> code.equals("InvalidObjectState") ? Kind.ARCHIVED : Kind.REFUSED;
      case 405, 501 -> Kind.UNKNOWN;
      case 400, 401 -> Kind.REFUSED;
      default -> Kind.FAILED;
    };
  }

  /** What can be done about it. */
  public Kind kind() {
    return kind;
  }

  /** The store's own word for it, such as {@code AccessDenied}; empty when it has none. */
  String code() {
    return code;
  }
}
