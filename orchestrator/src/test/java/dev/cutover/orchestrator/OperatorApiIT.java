package dev.cutover.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.testkit.KafkaBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The API with a real client, a real broker and the saga behind it. */
final class OperatorApiIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  @TempDir static Path directory;
  private static OrchestratorFixture fixture;

  @BeforeAll
  static void start() throws IOException {
    fixture = new OrchestratorFixture(KAFKA, directory).start();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static JsonObject problem(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/problem+json");
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getInteger("status")).isEqualTo(status);
    assertThat(problem.getString("detail")).startsWith("Expected ");
    return problem;
  }

  @Test
  void shouldAnswer401WhenTheTokenIsMissingOrUnknown() {
    problem(fixture.send(HttpRequest.newBuilder(fixture.uri("/cutovers")).build()), 401);
    HttpResponse<String> unknown = fixture.get("nobody", "/cutovers");
    problem(unknown, 401);
    assertThat(unknown.headers().firstValue("www-authenticate")).contains("Bearer");
    problem(fixture.post("nobody", "/cutovers", OrchestratorFixture.plan("stranger")), 401);
    assertThat(fixture.status("stranger")).isEmpty();
  }

  @Test
  void shouldAnswer403WhenTheRoleIsMissing() {
    JsonObject problem =
        problem(fixture.post("eve", "/cutovers", OrchestratorFixture.plan("x")), 403);
    assertThat(problem.getString("detail")).contains("[operator]", "eve has [viewer]");
    problem(fixture.post("eve", "/cutovers/x/approvals", "{\"gate\":\"go\"}"), 403);
    problem(fixture.post("bo", "/cutovers/x/abandon", "{\"reason\":\"no\"}"), 403);
  }

  @Test
  void shouldAnswer400WithAllFaultsWhenThePlanIsFaulty() {
    // when
    HttpResponse<String> answer =
        fixture.post("ana", "/cutovers", "cutover: Faulty\napprovers: [ana]\n");
    // then
    JsonArray faults = problem(answer, 400).getJsonArray("faults");
    assertThat(faults).hasSize(3);
    assertThat(faults.getString(1)).startsWith("line 1, column 10: Expected a name");
    assertThat(fixture.get("eve", "/cutovers").body()).doesNotContain("Faulty");
  }

  @Test
  void shouldTakeALongPlanThatCurlCallsAForm() {
    // given
    String plan = OrchestratorFixture.plan("long") + "# and so on\n".repeat(2_000);
    // when
    HttpResponse<String> answer = fixture.post("ana", "/cutovers", plan);
    // then
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  @Test
  void shouldAnswer400WhenTheBodyIsNotAsExpected() {
    problem(fixture.post("ana", "/cutovers/x/hold", "{}"), 400);
    problem(fixture.post("ana", "/cutovers/x/hold", "nothing"), 400);
    problem(fixture.post("ana", "/cutovers/x/hold", "{\"reason\": 1}"), 400);
    problem(fixture.post("ana", "/cutovers/x/hold", "{\"reason\": \"a\", \"more\": 1}"), 400);
    problem(fixture.post("ana", "/cutovers/NO_NAME/hold", "{\"reason\": \"a\"}"), 400);
    problem(fixture.post("ana", "/cutovers/x/approvals", "{\"door\": \"go\"}"), 400);
    problem(
        fixture.post("ana", "/cutovers/x/hold", "{\"reason\":\"a\"}", "idempotency-key", "a b"),
        400);
    problem(fixture.post("ana", "/cutovers", "a".repeat(600_000)), 413);
    problem(fixture.get("eve", "/cutovers/x/journal?after=soon"), 400);
  }

  @Test
  void shouldAnswer404WhenThereIsNoSuchCutoverOrPath() {
    problem(fixture.get("eve", "/cutovers/missing"), 404);
    problem(fixture.get("eve", "/cutovers/missing/journal"), 404);
    problem(fixture.get("eve", "/elsewhere"), 404);
    problem(fixture.post("ana", "/cutovers/missing/hold", "{\"reason\":\"a\"}"), 404);
  }

  @Test
  void shouldAnswer409WithTheReasonWhenTheSagaRefuses() {
    // given
    fixture.begin("refusing");
    fixture.awaitState("refusing", "waiting");
    // when, then
    assertThat(
            problem(fixture.post("ana", "/cutovers", OrchestratorFixture.plan("refusing")), 409)
                .getString("detail"))
        .contains("refusing is waiting already");
    fixture.approve("refusing", "ana");
    assertThat(
            problem(
                    fixture.post(
                        "ana", "/cutovers/refusing/approvals", fixture.approval("refusing")),
                    409)
                .getString("detail"))
        .contains("second, different person", "ana has approved already");
    assertThat(
            problem(
                    fixture.post(
                        "mallory", "/cutovers/refusing/approvals", fixture.approval("refusing")),
                    409)
                .getString("detail"))
        .contains("mallory asked");
    problem(fixture.post("bo", "/cutovers/refusing/target-dead", "{\"reason\":\"x\"}"), 409);
    problem(fixture.post("ana", "/cutovers/refusing/resume", "{}"), 409);
    assertThat(fixture.awaitState("refusing", "waiting").getJsonArray("approvedBy"))
        .containsExactly("ana");
  }

  @Test
  void shouldHaveOneEffectWhenARequestIsSentAgainWithItsKey() {
    // given
    fixture.begin("again");
    fixture.awaitState("again", "waiting");
    String body = "{\"reason\": \"look first\"}";
    HttpResponse<String> first =
        fixture.post("bo", "/cutovers/again/hold", body, "idempotency-key", "k1");
    assertThat(fixture.post("ana", "/cutovers/again/resume", "{}").statusCode()).isEqualTo(202);
    // when
    HttpResponse<String> second =
        fixture.post("bo", "/cutovers/again/hold", body, "idempotency-key", "k1");
    // then
    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(new JsonObject(second.body())).isEqualTo(new JsonObject(first.body()));
    assertThat(new JsonObject(first.body()).getString("requestId")).isEqualTo("bo/k1");
    fixture.approve("again", "ana");
    assertThat(fixture.types("again")).containsOnlyOnce("saga.cutover-held.v1");
  }

  @Test
  void shouldShowStatusAndJournalWhenACutoverRuns() {
    // given
    fixture.begin("shown");
    fixture.awaitState("shown", "waiting");
    // when
    JsonArray all = fixture.journal("shown");
    HttpResponse<String> rest = fixture.get("eve", "/cutovers/shown/journal?after=3");
    HttpResponse<String> lines =
        fixture.send(
            HttpRequest.newBuilder(fixture.uri("/cutovers/shown/journal"))
                .header("authorization", "bearer token-eve")
                .header("accept", "application/x-ndjson")
                .build());
    // then
    assertThat(new JsonArray(rest.body())).hasSize(all.size() - 3);
    assertThat(all.getJsonObject(3).getLong("sequence")).isEqualTo(4);
    assertThat(lines.body().lines().map(JsonObject::new).toList()).hasSize(all.size());
    assertThat(
            new JsonObject(fixture.get("eve", "/cutovers").body())
                .getJsonArray("cutovers").stream()
                    .map(status -> ((JsonObject) status).getString("cutover"))
                    .toList())
        .containsAll(List.of("shown"))
        .isSorted();
  }

  @Test
  void shouldShowListsPageByPage() {
    // given
    fixture.begin("page-a");
    fixture.begin("page-b");
    fixture.awaitState("page-a", "waiting");
    fixture.awaitState("page-b", "waiting");
    // when
    List<String> names = new ArrayList<>();
    for (String body : pages("/cutovers?limit=1&state=waiting")) {
      JsonArray page = new JsonObject(body).getJsonArray("cutovers");
      assertThat(page.size()).isLessThan(2);
      page.forEach(status -> names.add(((JsonObject) status).getString("cutover")));
    }
    List<Long> sequences = new ArrayList<>();
    for (String body : pages("/cutovers/page-a/journal?limit=3")) {
      new JsonArray(body).forEach(e -> sequences.add(((JsonObject) e).getLong("sequence")));
    }
    // then
    assertThat(names).contains("page-a", "page-b").isSorted().doesNotHaveDuplicates();
    assertThat(sequences)
        .hasSize(fixture.journal("page-a").size())
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(
            new JsonObject(fixture.get("eve", "/cutovers?state=rolling-back").body())
                .getJsonArray("cutovers"))
        .isEmpty();
  }

  @Test
  void shouldAnswer400WhenAQueryIsNotAsExpected() {
    problem(fixture.get("eve", "/cutovers?stat=held"), 400);
    problem(fixture.get("eve", "/cutovers?limit=0"), 400);
    problem(fixture.get("eve", "/cutovers?limit=1&limit=2"), 400);
    problem(fixture.get("eve", "/cutovers/x/journal?limit=many"), 400);
    problem(fixture.get("eve", "/events?after=1"), 400);
  }

  @Test
  void shouldSendTheJournalLiveAndGoOnAfterABreak() {
    // given
    fixture.begin("live");
    fixture.awaitState("live", "waiting");
    int before = fixture.journal("live").size();
    // when
    List<List<String>> first =
        fixture.events("/cutovers/live/events?after=0", "", seen -> seen.size() == before + 1);
    fixture.post("bo", "/cutovers/live/hold", "{\"reason\": \"look\"}");
    List<List<String>> rest =
        fixture.events(
            "/cutovers/live/events?after=0",
            Integer.toString(before),
            seen ->
                !seen.isEmpty()
                    && seen.getLast().getFirst().equals("status")
                    && seen.getLast().getLast().contains("\"held\""));
    // then
    assertThat(first.stream().limit(before).map(event -> event.get(1)))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, before).mapToObj(Integer::toString).toList());
    assertThat(first.getLast()).startsWith("status", "");
    assertThat(rest.getFirst()).startsWith("journal", Integer.toString(before + 1));
    assertThat(new JsonObject(rest.getFirst().getLast()).getLong("sequence")).isEqualTo(before + 1);
  }

  /** The bodies of all pages. */
  private static List<String> pages(String first) {
    List<String> bodies = new ArrayList<>();
    Optional<String> next = Optional.of(first);
    while (next.isPresent()) {
      HttpResponse<String> answer = fixture.get("eve", next.get());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      bodies.add(answer.body());
      next = answer.headers().firstValue("link").map(link -> link.substring(1, link.indexOf('>')));
    }
    return bodies;
  }
}
