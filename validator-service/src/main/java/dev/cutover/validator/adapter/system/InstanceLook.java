package dev.cutover.validator.adapter.system;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SystemCheck.Instances;
import dev.cutover.runtime.Pace;
import dev.cutover.validator.domain.InstanceJudge;
import dev.cutover.validator.domain.InstanceJudge.Seen;
import dev.cutover.validator.domain.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Asks all instances of an application at once, up to a limit. */
final class InstanceLook {
  private static final int AT_ONCE_MAX = 32;

  private final Discovery discovery;
  private final Web web;
  private final Pace pace;

  InstanceLook(Discovery discovery, Web web, Pace pace) {
    this.discovery = discovery;
    this.web = web;
    this.pace = pace;
  }

  Verdict look(Instances check, Instant deadline) throws Unasked, InterruptedException {
    Semaphore turns = new Semaphore(AT_ONCE_MAX);
    List<Future<Seen>> looks = new ArrayList<>();
    for (ServerAddress one : discovery.find(check.instances(), deadline)) {
      looks.add(pace.fork("look-" + one, () -> inTurn(turns, check, one, true, deadline)));
    }
    if (check.others().isPresent()) {
      for (ServerAddress one : discovery.find(check.others().get(), deadline)) {
        looks.add(pace.fork("look-" + one, () -> inTurn(turns, check, one, false, deadline)));
      }
    }
    List<Seen> seen = new ArrayList<>();
    for (Future<Seen> look : looks) {
      try {
        seen.add(look.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("Expected a look at an instance, but it failed", e);
      }
    }
    return InstanceJudge.judge(check, seen);
  }

  private Seen inTurn(
      Semaphore turns, Instances check, ServerAddress one, boolean counted, Instant deadline)
      throws InterruptedException {
    turns.acquire();
    try {
      return look(check, one, counted, deadline);
    } finally {
      turns.release();
    }
  }

  private Seen look(Instances check, ServerAddress one, boolean counted, Instant deadline)
      throws InterruptedException {
    if (check.health().isEmpty()) {
      return new Seen(one.toString(), counted, true, Optional.empty(), Map.of());
    }
    HttpQuestion template = check.health().get();
    HttpQuestion question = template.at(template.url().replace("${instance}", written(one)));
    try {
      Web.Answer answer = web.get(question, deadline);
      if (answer.status() != 200) {
        String trouble = "Expected status 200, but got %d".formatted(answer.status());
        return new Seen(one.toString(), counted, true, Optional.of(trouble), Map.of());
      }
      Map<String, String> values = new HashMap<>();
      if (!check.same().isEmpty()) {
        JsonNode document = Web.json(question.url(), answer.body());
        for (String pointer : check.same()) {
          JsonValues.at(document, pointer).stream()
              .findFirst()
              .ifPresent(found -> values.put(pointer, found.value()));
        }
      }
      return new Seen(one.toString(), counted, true, Optional.empty(), values);
    } catch (Unasked e) {
      return new Seen(one.toString(), counted, false, Optional.of(e.sentence()), Map.of());
    }
  }

  private static String written(ServerAddress one) {
    return one.host().contains(":") ? "[%s]:%d".formatted(one.host(), one.port()) : one.toString();
  }
}
