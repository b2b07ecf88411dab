package dev.cutover.dns.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudtrail.CloudTrailClient;
import software.amazon.awssdk.services.cloudtrail.model.Event;
import software.amazon.awssdk.services.cloudtrail.model.LookupAttribute;
import software.amazon.awssdk.services.cloudtrail.model.LookupAttributeKey;
import software.amazon.awssdk.services.cloudtrail.model.LookupEventsRequest;

/**
 * Asks CloudTrail's event history who changed records of a hosted zone (API reference,
 * LookupEvents: 90 days, two requests a second for each account and region; user guide, record
 * contents: userIdentity, sourceIPAddress, userAgent, requestParameters; Route 53 developer guide,
 * logging API calls with CloudTrail: recorded in US East). One page of the newest events is read.
 */
final class Route53Trail {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SOURCE = "CloudTrail";

  /** A clock of AWS and one of here may differ by so much. */
  private static final Duration SKEW = Duration.ofSeconds(30);

  private Route53Trail() {}

  /** One line for each name; what is not there yet, or may not be asked for, is said. */
  static List<ChangedBy> changedBy(
      CloudTrailClient trail, Route53 zone, Collection<String> names, Instant since) {
    List<Event> events;
    try {
      events =
          trail
              .lookupEvents(
                  LookupEventsRequest.builder()
                      .lookupAttributes(
                          LookupAttribute.builder()
                              .attributeKey(LookupAttributeKey.EVENT_NAME)
                              .attributeValue("ChangeResourceRecordSets")
                              .build())
                      .startTime(since.minus(SKEW))
                      .build())
              .events();
    } catch (SdkException e) {
      return names.stream().map(name -> unknown(name, refused(e, zone))).toList();
    }
    List<JsonNode> calls =
        events.stream()
            .map(event -> json(event.cloudTrailEvent()))
            .filter(call -> ofZone(call, zone))
            .toList();
    List<ChangedBy> changes = new ArrayList<>();
    for (String name : names) {
      changes.add(
          calls.stream()
              .filter(call -> touches(call, name) && !touches(call, EpochMark.nameFor(name)))
              .findFirst() // the newest
              .map(call -> change(name, call))
              .orElseGet(
                  () ->
                      unknown(
                          name,
                          "CloudTrail does not tell it yet: its events come some minutes later")));
    }
    return changes;
  }

  private static String refused(SdkException answer, Route53 zone) {
    boolean denied =
        answer instanceof AwsServiceException service
            && AwsAnswers.code(service).startsWith("AccessDenied");
    return denied
        ? "credentials %s may not ask CloudTrail: grant cloudtrail:LookupEvents to be told"
            .formatted(zone.profile())
        : "CloudTrail could not be asked: "
            + AwsAnswers.bounded(
                Objects.requireNonNullElse(answer.getMessage(), answer.getClass().getSimpleName()));
  }

  private static ChangedBy unknown(String name, String why) {
    return new ChangedBy(
        name, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), why);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance(); // no event that could be understood
    }
  }

  /** Made, and of that zone. */
  private static boolean ofZone(JsonNode call, Route53 zone) {
    String id = call.path("requestParameters").path("hostedZoneId").asText();
    return !call.hasNonNull("errorCode")
        && id.replaceFirst("^/?(hostedzone/)?", "").equals(zone.hostedZone());
  }

  private static boolean touches(JsonNode call, String name) {
    for (JsonNode change : call.path("requestParameters").path("changeBatch").path("changes")) {
      String changed = change.path("resourceRecordSet").path("name").asText();
      if (!changed.isEmpty() && RecordSets.normaliseName(changed).equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static ChangedBy change(String name, JsonNode call) {
    JsonNode identity = call.path("userIdentity");
    Optional<String> who =
        Stream.of("arn", "principalId", "invokedBy", "type")
            .map(field -> identity.path(field).asText())
            .filter(text -> !text.isEmpty())
            .findFirst();
    Optional<String> from =
        Stream.of("sourceIPAddress", "userAgent")
            .map(field -> call.path(field).asText())
            .filter(text -> !text.isEmpty())
            .reduce("%s by %s"::formatted);
    return new ChangedBy(name, Optional.empty(), who, at(call), from, SOURCE);
  }

  private static Optional<Instant> at(JsonNode call) {
    try {
      return Optional.of(Instant.parse(call.path("eventTime").asText()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
