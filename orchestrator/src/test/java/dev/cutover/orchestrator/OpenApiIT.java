package dev.cutover.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.orchestrator.Documented.Answer;
import dev.cutover.orchestrator.Documented.Operation;
import dev.cutover.orchestrator.adapter.RequestForm;
import dev.cutover.orchestrator.adapter.Role;
import dev.cutover.testkit.KafkaBroker;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the API answers is what its document says. */
final class OpenApiIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  @TempDir static Path directory;
  private static OrchestratorFixture fixture;
  private static Documented document;

  @BeforeAll
  static void start() throws IOException {
    fixture = new OrchestratorFixture(KAFKA, directory).start();
    HttpResponse<String> served = fixture.anonymous("/openapi.json");
    assertThat(served.statusCode()).isEqualTo(200);
    document = new Documented(new JsonObject(served.body()));
    fixture.begin("described");
    fixture.awaitState("described", "waiting");
    fixture.beginProgramme("described-services", "described-member");
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void shouldEnforceTheRolesThatAreDocumented() {
    for (Operation operation : document.operations()) {
      // when: nobody, and one person of each role, ask for a cutover that is not there
      Answer nobody = call(operation, "unknown", "missing");
      Set<String> admitted = new TreeSet<>();
      for (Role role : Role.values()) {
        Answer answer = call(operation, role.wireName(), "missing");
        document.check(operation, answer);
        if (answer.status() != 403) {
          admitted.add(role.wireName());
        }
      }
      // then
      if (operation.roles().isEmpty()) {
        assertThat(nobody.status()).as("%s", operation).isEqualTo(200);
      } else {
        assertThat(nobody.status()).as("%s", operation).isEqualTo(401);
        document.check(operation, nobody);
        assertThat(admitted).as("%s", operation).isEqualTo(operation.roles());
      }
    }
  }

  @Test
  void shouldAnswerAsDocumented() {
    for (Operation operation : document.operations()) {
      // when
      String person = operation.roles().stream().findFirst().orElse("unknown");
      Answer answer = call(operation, person, "described");
      // then
      document.check(operation, answer);
      assertThat(answer.status()).as("%s: %s", operation, answer.body()).isIn(expected(operation));
    }
  }

  private static Set<Integer> expected(Operation operation) {
    boolean ofARehearsal = operation.path().equals("/cutovers/{id}/rehearsal");
    return operation.method().equals("GET") && !ofARehearsal ? Set.of(200) : Set.of(202, 409);
  }

  private static Answer call(Operation operation, String person, String cutover) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                fixture.uri(operation.path().replace("{id}", name(operation, cutover))))
            .timeout(Duration.ofSeconds(20))
            .header("authorization", "Bearer token-" + person);
    if (operation.json().getJsonObject("responses").encode().contains("text/event-stream")) {
      return fixture.first(request.build());
    }
    if (operation.method().equals("POST")) {
      request.POST(HttpRequest.BodyPublishers.ofString(body(operation, cutover)));
    }
    return Answer.of(fixture.send(request.build()));
  }

  /** A programme and a cutover have different names. */
  private static String name(Operation operation, String cutover) {
    return operation.path().startsWith("/programmes") && cutover.equals("described")
        ? "described-services"
        : cutover;
  }

  private static String body(Operation operation, String cutover) {
    if (operation.path().equals("/programmes")) {
      return OrchestratorFixture.programme(
          cutover.equals("missing") ? "Faulty" : name(operation, cutover), "described-member");
    }
    if (operation.path().equals("/cutovers")) {
      return OrchestratorFixture.plan(cutover.equals("missing") ? "Faulty" : cutover);
    }
    if (operation.path().equals("/rehearsals")) {
      return OrchestratorFixture.rehearsed(cutover.equals("missing") ? "Faulty" : cutover);
    }
    JsonObject body = new JsonObject();
    if (operation.path().equals("/cutovers/{id}/rehearsals")) {
      body.put("rehearsal", cutover);
    }
    Arrays.stream(RequestForm.values())
        .filter(form -> operation.path().endsWith("/" + form.path()))
        .flatMap(form -> form.fields().stream())
        .forEach(field -> body.put(field.name(), field.fallback().orElse(sample(field.name()))));
    return body.encode();
  }

  private static String sample(String field) {
    return switch (field) {
      case "line" -> "rollback-tested";
      case "until" -> "2099-01-01T00:00:00Z";
      default -> "because";
    };
  }
}
