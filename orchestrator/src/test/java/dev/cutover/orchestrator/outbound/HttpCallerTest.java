package dev.cutover.orchestrator.outbound;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.HttpCall;
import dev.cutover.contract.OutboundCommand;
import dev.cutover.contract.OutboundReply.HttpCalled;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpCallerTest {
  private static final Outside OUTSIDE = new Outside();

  @BeforeAll
  static void begin() {
    assertThat(OUTSIDE.server.isRunning()).isTrue();
  }

  @BeforeEach
  void forget() {
    OUTSIDE.server.resetAll();
  }

  @AfterAll
  static void end() {
    OUTSIDE.close();
  }

  @Test
  void shouldCallAsThePlanSaysWithIdentityAuthorizationAndSignature() throws Exception {
    // given
    answers(okJson("{\"result\":{\"state\":\"approved\"}}"));
    HttpCall call =
        new HttpCall(
            "POST",
            OUTSIDE.url() + "/changes/${change}?by=${cutover}",
            Map.of("X-Step", "${step}"),
            Optional.of("{\"note\":\"${note}\"}"),
            List.of(200),
            Map.of("/result/state", "approved"),
            Map.of(),
            Map.of("change", "CHG 1/2", "note", "say \"go\""),
            Optional.of("ticket"),
            Optional.of("hook"));

    // when
    Object first = OUTSIDE.handle(Outside.call(call, 1));
    Object second = OUTSIDE.handle(Outside.call(call, 2));

    // then
    assertThat(first).isInstanceOf(HttpCalled.class);
    assertThat(second).isInstanceOf(HttpCalled.class);
    List<LoggedRequest> requests = OUTSIDE.server.findAll(postRequestedFor(anyUrl()));
    assertThat(requests).hasSize(2);
    LoggedRequest request = requests.getFirst();
    assertThat(request.getUrl()).isEqualTo("/changes/CHG%201%2F2?by=shop");
    assertThat(request.getHeader("X-Step")).isEqualTo("ticket");
    assertThat(request.getBodyAsString()).isEqualTo("{\"note\":\"say \\\"go\\\"\"}");
    assertThat(request.getHeader("Authorization")).startsWith("Basic ");
    assertThat(request.getHeader("webhook-signature"))
        .isEqualTo(
            StandardWebhooks.headers(
                    "shop/ticket/40", Outside.NOW, request.getBodyAsString(), Outside.SECRET)
                .get("webhook-signature"));
    assertThat(requests)
        .as("both attempts are one piece of work")
        .allSatisfy(
            sent -> {
              assertThat(sent.getHeader("Idempotency-Key")).isEqualTo("shop/ticket/40");
              assertThat(sent.getHeader("webhook-id")).isEqualTo("shop/ticket/40");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "400,REFUSED,false",
    "401,REFUSED,false",
    "404,REFUSED,false",
    "409,REFUSED,false",
    "408,REFUSED,true",
    "425,REFUSED,true",
    "429,REFUSED,true",
    "500,UNREACHABLE,true",
    "503,UNREACHABLE,true",
    "302,REFUSED,false",
    "201,REFUSED,false"
  })
  void shouldSayWhetherAStatusMayPassByItself(int status, FailureKind kind, boolean retryable)
      throws Exception {
    answers(
        aResponse()
            .withStatus(status)
            .withHeader("Location", OUTSIDE.url() + "/elsewhere")
            .withBody("why\nnot"));

    Failure failure = OUTSIDE.failure(Outside.call(get("/x", List.of(200)), 1));

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.retryable()).isEqualTo(retryable);
    assertThat(failure.reason()).contains("GET ").contains("it answered " + status);
    OUTSIDE.server.verify(1, anyRequestedFor(anyUrl()));
  }

  @Test
  void shouldShowNoSecretThatTheAnswerEchoes() throws Exception {
    answers(aResponse().withStatus(403).withBody("token " + Outside.SECRET + " is not known"));
    HttpCall call =
        new HttpCall(
            "GET",
            OUTSIDE.url() + "/x?key=visible",
            Map.of(),
            Optional.empty(),
            List.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Optional.of("token"),
            Optional.empty());

    Failure failure = OUTSIDE.failure(Outside.call(call, 1));

    assertThat(failure.reason())
        .contains("token *** is not known")
        .doesNotContain(Outside.SECRET)
        .doesNotContain("key=visible");
    OUTSIDE.server.verify(
        anyRequestedFor(anyUrl()).withHeader("Authorization", equalTo("Bearer " + Outside.SECRET)));
  }

  @Test
  void shouldBoundWhatItKeepsOfAnAnswer() throws Exception {
    answers(aResponse().withBody("x".repeat(5_000_000)));

    HttpCalled called = (HttpCalled) OUTSIDE.handle(Outside.call(get("/x", List.of()), 1));

    assertThat(called.excerpt()).hasSizeLessThan(400);
  }

  @Test
  void shouldBeRetryableWhenTheConnectionBreaks() throws Exception {
    answers(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));

    Failure failure = OUTSIDE.failure(Outside.call(get("/x", List.of()), 1));

    assertThat(failure.kind()).isEqualTo(FailureKind.UNREACHABLE);
    assertThat(failure.retryable()).isTrue();
  }

  @Test
  void shouldGiveUpAtTheDeadlineWhenTheBodyNeverEnds() throws Exception {
    answers(aResponse().withBody("slow answer").withChunkedDribbleDelay(10, 60_000));
    OutboundCommand order =
        Outside.call(get("/x", List.of()), 1).withHeader(Outside.header(1, Duration.ofMillis(300)));

    Failure failure = OUTSIDE.failure(order);

    assertThat(failure.kind()).isEqualTo(FailureKind.TIMED_OUT);
    assertThat(failure.retryable()).isTrue();
  }

  @Test
  void shouldRefuseHostsThatTheConfigurationDoesNotAllow() throws Exception {
    for (String url :
        List.of(
            "http://169.254.169.254/latest/meta-data",
            "http://127.0.0.1:1/x",
            "file:///etc/passwd",
            "http://user:pw@127.0.0.1:" + OUTSIDE.server.port() + "/x")) {
      HttpCall call = call("GET", url, List.of(), Map.of(), Map.of());

      Failure failure = OUTSIDE.failure(Outside.call(call, 1));

      assertThat(failure.kind()).isEqualTo(FailureKind.UNSUITABLE);
      assertThat(failure.retryable()).isFalse();
      assertThat(failure.reason()).contains("OUTBOUND_HOSTS");
    }
    OUTSIDE.server.verify(0, anyRequestedFor(anyUrl()));
  }

  @Test
  void shouldNameTheCredentialOrVariableThatIsMissing() throws Exception {
    HttpCall noCredential =
        new HttpCall(
            "GET",
            OUTSIDE.url() + "/x",
            Map.of(),
            Optional.empty(),
            List.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Optional.of("nobody"),
            Optional.empty());

    assertThat(OUTSIDE.failure(Outside.call(noCredential, 1)).reason())
        .contains("nobody.http.user");
    assertThat(OUTSIDE.failure(Outside.call(get("/${what}", List.of()), 1)).reason())
        .contains("${what}");
    OUTSIDE.server.verify(0, anyRequestedFor(anyUrl()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"state\":\"approved\",\"at\":\"2026-12-01T00:30:00Z\"}|",
        "{\"state\":\"approved\",\"at\":\"2026-12-01T01:30:00.000+0100\"}|",
        "{\"state\":\"approved\",\"at\":\"2026-12-01 00:30:00\"}|",
        "{\"state\":\"approved\",\"at\":1796085000}|",
        "{\"state\":\"rejected\",\"at\":\"2026-12-01T00:30:00Z\"}|Expected 'approved' at /state, but found 'rejected'",
        "{\"at\":\"2026-12-01T00:30:00Z\"}|Expected 'approved' at /state, but found nothing",
        "{\"state\":\"approved\",\"at\":\"2026-11-30T00:30:00Z\"}|Expected a time at most PT1H ago at /at",
        "{\"state\":\"approved\",\"at\":\"2026-12-02T00:30:00Z\"}|Expected a time at most PT1H ago at /at",
        "{\"state\":\"approved\",\"at\":\"yesterday\"}|Expected a time at /at, but found 'yesterday'",
        "not json|Expected an answer in JSON"
      })
  void shouldHoldTheAnswerAgainstWhatIsExpectedOfIt(String body, String fault) throws Exception {
    answers(okJson(body));
    HttpCall call =
        call(
            "GET",
            OUTSIDE.url() + "/x",
            List.of(),
            Map.of("/state", "approved"),
            Map.of("/at", Duration.ofHours(1)));

    Object answer = OUTSIDE.handle(Outside.call(call, 1));

    if (fault == null) {
      assertThat(answer).isInstanceOf(HttpCalled.class);
    } else {
      Failure failure = OUTSIDE.failure(Outside.call(call, 1));
      assertThat(failure.kind()).isEqualTo(FailureKind.MISMATCH);
      assertThat(failure.reason()).startsWith(fault);
    }
  }

  @Test
  void shouldNotSendWhatCanNotBeARequest() throws Exception {
    HttpCall call =
        new HttpCall(
            "POST",
            OUTSIDE.url() + "/x",
            Map.of("X-Note", "${note}"),
            Optional.empty(),
            List.of(),
            Map.of(),
            Map.of(),
            Map.of("note", "a\r\nInjected: b"),
            Optional.empty(),
            Optional.empty());

    assertThat(OUTSIDE.failure(Outside.call(call, 1)).kind()).isEqualTo(FailureKind.UNSUITABLE);
    OUTSIDE.server.verify(0, postRequestedFor(urlEqualTo("/x")));
  }

  private static void answers(
      com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder response) {
    OUTSIDE.server.stubFor(any(anyUrl()).willReturn(response));
  }

  private static HttpCall get(String path, List<Integer> statuses) {
    return call("GET", OUTSIDE.url() + path, statuses, Map.of(), Map.of());
  }

  private static HttpCall call(
      String method,
      String url,
      List<Integer> statuses,
      Map<String, String> json,
      Map<String, Duration> youngerThan) {
    return new HttpCall(
        method,
        url,
        Map.of(),
        Optional.empty(),
        statuses,
        json,
        youngerThan,
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }
}
