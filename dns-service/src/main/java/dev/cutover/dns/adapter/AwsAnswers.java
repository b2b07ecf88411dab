package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.REFUSED;
import static dev.cutover.contract.FailureKind.UNSUITABLE;

import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Says what a refusal of an API of AWS means that all of them give (common errors of their API
 * references). Pure.
 *
 * @param service its name, for people
 * @param profile whose credentials asked
 */
record AwsAnswers(String service, String profile) {
  private static final int WORDS_MAX = 400;

  /** What became of a request, from what the SDK throws. */
  Outcome meaning(SdkException answer) {
    if (!(answer instanceof AwsServiceException refusal)) {
      return noAnswer(answer);
    }
    String code = code(refusal);
    return switch (code) {
      case "Throttling", "ThrottlingException", "TooManyRequestsException", "SlowDown" ->
          new Outcome.Deferred(
              "Expected %s to take a request with credentials %s, but it answered Throttling: the account has used up its requests; nothing was changed"
                  .formatted(service, profile));
      case "AccessDenied", "AccessDeniedException" ->
          new Outcome.Denied(
              REFUSED,
              "Expected credentials %s to have the right, but %s answered AccessDenied: %s"
                  .formatted(profile, service, words(refusal)));
      case "SignatureDoesNotMatch", "IncompleteSignature" ->
          new Outcome.Denied(
              REFUSED,
              "Expected %s to accept credentials %s, but it answered %s: the secret key differs, or the clock does"
                  .formatted(service, profile, code));
      case "InvalidClientTokenId",
          "UnrecognizedClientException",
          "MissingAuthenticationToken",
          "ExpiredToken",
          "ExpiredTokenException",
          "RequestExpired",
          "OptInRequired" ->
          new Outcome.Denied(
              REFUSED,
              "Expected %s to accept credentials %s, but it answered %s"
                  .formatted(service, profile, code));
      default ->
          refusal.statusCode() >= 500
              ? new Outcome.Unknown(
                  "Expected %s to answer, but it answered %d %s. A change may have taken effect"
                      .formatted(service, refusal.statusCode(), code))
              : new Outcome.Denied(
                  UNSUITABLE,
                  "Expected %s to take the request, but it answered %d %s: %s"
                      .formatted(service, refusal.statusCode(), code, words(refusal)));
    };
  }

  private Outcome noAnswer(SdkException answer) {
    String text = String.valueOf(answer.getMessage());
    if (text.startsWith("Unable to load credentials")) {
      return new Outcome.Denied(
          UNSUITABLE,
          "Expected the AWS SDK to find credentials for profile %s, but it found none: give the dns-service an access key, a role, or a shared file"
              .formatted(profile));
    }
    return new Outcome.Unknown(
        "Expected an answer of %s, but: %s. A change may have taken effect"
            .formatted(service, bounded(text)));
  }

  /** The code of a refusal; empty if the SDK found none. */
  static String code(AwsServiceException refusal) {
    return Optional.ofNullable(refusal.awsErrorDetails())
        .map(AwsErrorDetails::errorCode)
        .orElse("");
  }

  private static String words(AwsServiceException refusal) {
    return bounded(
        Optional.ofNullable(refusal.awsErrorDetails())
            .map(AwsErrorDetails::errorMessage)
            .orElse("no reason"));
  }

  /** No more than a person reads. */
  static String bounded(String text) {
    return text.length() <= WORDS_MAX ? text : text.substring(0, WORDS_MAX) + "...";
  }
}
