package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.REFUSED;
import static dev.cutover.contract.FailureKind.UNSUITABLE;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.dns.adapter.DesignateApi.Answer;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Says what an answer of Designate means. Types of errors are those that release 15.0 gave when
 * tried, and those of its {@code exceptions.py}. Pure.
 */
final class DesignateAnswers {
  /** A name outside of the zone, or a CNAME where other records are. */
  static final String LOCATION = "invalid_recordset_location";

  private static final int WORDS_MAX = 400;

  private DesignateAnswers() {}

  /** What became of a request. */
  static Outcome meaning(Answer answer, String cloud, String zoneId) {
    String words = words(answer.body());
    String type = answer.body().path("type").asText();
    return switch (answer.status()) {
      case 200, 201, 202, 204 -> new Outcome.Accepted();
      case 401 ->
          new Outcome.Denied(
              REFUSED,
              "Expected Designate of cloud %s to accept a new token, but it answered 401: its Keystone is another, or the clock differs"
                  .formatted(cloud));
      case 403 ->
          new Outcome.Denied(
              REFUSED,
              "Expected the credential of cloud %s to have the right, but Designate answered 403 %s"
                  .formatted(cloud, words));
      case 404 ->
          type.equals("recordset_not_found")
              ? new Outcome.Unmet("404 " + words)
              : new Outcome.Denied(
                  UNSUITABLE,
                  "Expected zone %s in the project of the credential of cloud %s, but Designate answered 404 %s"
                      .formatted(zoneId, cloud, words));
      case 409 -> new Outcome.Unmet("409 " + words);
      case 413 ->
          new Outcome.Denied(
              UNSUITABLE,
              "Expected Designate of cloud %s to take the record set, but it answered 413 %s: raise the quota of the project, or delete what is not used"
                  .formatted(cloud, words));
      case 429 ->
          new Outcome.Deferred(
              "Expected Designate of cloud %s to take a request, but it answered 429: too many were sent; nothing was changed"
                  .formatted(cloud));
      case 400 ->
          type.equals(LOCATION)
              ? new Outcome.Unmet("400 " + words)
              : new Outcome.Denied(
                  UNSUITABLE,
                  "Expected Designate of cloud %s to take the record set, but it answered 400 %s"
                      .formatted(cloud, words));
      default ->
          answer.status() >= 500
              ? new Outcome.Unknown(
                  "Expected Designate of cloud %s to answer, but it answered %d %s. A change may have taken effect"
                      .formatted(cloud, answer.status(), words))
              : new Outcome.Denied(
                  UNSUITABLE,
                  "Expected Designate of cloud %s to take the request, but it answered %d %s"
                      .formatted(cloud, answer.status(), words));
    };
  }

  /** {@code type: message}, with what was said of each field; a 403 has no message. */
  private static String words(JsonNode body) {
    List<String> words = new ArrayList<>();
    body.path("errors").path("errors").forEach(e -> words.add(e.path("message").asText()));
    if (words.isEmpty() && body.hasNonNull("message")) {
      words.add(body.path("message").asText());
    }
    words.addFirst(body.path("type").asText());
    String text = String.join(": ", words);
    return text.length() <= WORDS_MAX ? text : text.substring(0, WORDS_MAX) + "...";
  }
}
