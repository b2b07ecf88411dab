package dev.cutover.validator.adapter.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.SystemCheck.TestAlert;
import dev.cutover.runtime.Pace;
import dev.cutover.validator.domain.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Fires an alert at Alertmanager, waits until it is active and routed, resolves it, and waits until
 * it is gone. An alert that is silenced or inhibited is one that nobody would hear of.
 */
final class AlertLook {
  private static final String RUN = "cutover_run";
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final Web web;
  private final Reach reach;
  private final Pace pace;

  AlertLook(Web web, Reach reach, Pace pace) {
    this.web = web;
    this.reach = reach;
    this.pace = pace;
  }

  Verdict look(TestAlert check, Instant deadline) throws Unasked, InterruptedException {
    String run = UUID.randomUUID().toString();
    Instant firedAt = reach.now();
    List<String> evidence = new ArrayList<>();
    // Should this service die now, the alert ends by itself.
    fire(check, run, firedAt, firedAt.plus(check.within().multipliedBy(2)), deadline);
    Verdict fired;
    try {
      fired = active(check, run, earlier(firedAt.plus(check.within()), deadline), evidence);
    } finally {
      fire(check, run, firedAt, reach.now(), deadline);
    }
    if (!(fired instanceof Verdict.Match)) {
      return fired;
    }
    Instant gone = earlier(reach.now().plus(check.within()), deadline);
    Optional<JsonNode> left = Optional.empty();
    do {
      left = seen(check, run, deadline);
      if (left.isEmpty()) {
        return new Verdict.Match("the test alert fired, was routed, and was resolved", evidence);
      }
      pace.sleep(LOOK_EVERY);
    } while (reach.now().isBefore(gone));
    return new Verdict.Mismatch(
        "Expected the test alert to be gone within %d s after it was resolved, but it is still %s"
            .formatted(check.within().toSeconds(), state(left.orElseThrow())),
        evidence);
  }

  private Verdict active(TestAlert check, String run, Instant until, List<String> evidence)
      throws Unasked, InterruptedException {
    String last = "it was not there";
    do {
      Optional<JsonNode> alert = seen(check, run, until);
      if (alert.isPresent()) {
        List<String> receivers = new ArrayList<>();
        alert.get().path("receivers").forEach(one -> receivers.add(one.path("name").asText()));
        if (state(alert.get()).equals("active")
            && !receivers.isEmpty()
            && check.receiver().map(receivers::contains).orElse(true)) {
          evidence.add("routed to " + String.join(", ", receivers));
          return new Verdict.Match("", List.of());
        }
        last =
            "it was %s and routed to %s"
                .formatted(
                    state(alert.get()),
                    receivers.isEmpty() ? "nobody" : String.join(", ", receivers));
      }
      pace.sleep(LOOK_EVERY);
    } while (reach.now().isBefore(until));
    return new Verdict.Mismatch(
        "Expected the test alert to be active and routed%s within %d s, but %s"
            .formatted(
                check.receiver().map(name -> " to " + name).orElse(""),
                check.within().toSeconds(),
                last),
        evidence);
  }

  private Optional<JsonNode> seen(TestAlert check, String run, Instant deadline)
      throws Unasked, InterruptedException {
    String filter = Web.encoded("%s=\"%s\"".formatted(RUN, run));
    JsonNode alerts = web.json(api(check, "/api/v2/alerts?filter=" + filter), later(deadline));
    return alerts.isEmpty() ? Optional.empty() : Optional.of(alerts.get(0));
  }

  private static String state(JsonNode alert) {
    return alert.path("status").path("state").asText("unknown");
  }

  private void fire(TestAlert check, String run, Instant from, Instant until, Instant deadline)
      throws Unasked, InterruptedException {
    ArrayNode alerts = Web.JSON.createArrayNode();
    ObjectNode alert = alerts.addObject();
    ObjectNode labels = alert.putObject("labels");
    check.labels().forEach(labels::put);
    labels.put("alertname", "CutoverTestAlert").put(RUN, run);
    alert
        .putObject("annotations")
        .put("summary", "A test of alerting before or after a cutover; nothing is wrong.");
    alert.put("startsAt", from.toString()).put("endsAt", until.toString());
    Web.Answer answer = web.post(api(check, "/api/v2/alerts"), alerts.toString(), later(deadline));
    if (answer.status() != 200) {
      throw new Unasked(
          "Expected Alertmanager to take a test alert, but it answered %d"
              .formatted(answer.status()));
    }
  }

  /** What was fired is resolved, even when the time is over. */
  private Instant later(Instant deadline) {
    Instant soon = reach.now().plus(LOOK_EVERY.multipliedBy(4));
    return deadline.isAfter(soon) ? deadline : soon;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static HttpQuestion api(TestAlert check, String path) {
    return check.alertmanager().at(check.alertmanager().url() + path);
  }
}
