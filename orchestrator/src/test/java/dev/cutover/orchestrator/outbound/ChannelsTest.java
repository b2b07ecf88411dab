package dev.cutover.orchestrator.outbound;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.patch;
import static com.github.tomakehurst.wiremock.client.WireMock.patchRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.matching.RequestPatternBuilder;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeChannel;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.OutboundReply.NoticeAccepted;
import dev.cutover.contract.StepFailed;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stubs answer as the services' own documentation says; anything else is a 404. */
class ChannelsTest {
  private static final Outside OUTSIDE = new Outside();
  private static final String INCIDENTS = "/v1/pages/p1/incidents";

  private final NoticeChannel slack = new NoticeChannel.Slack("war room", "team");
  private final NoticeChannel webhook =
      new NoticeChannel.Webhook("audit", OUTSIDE.url() + "/hook", "hook");
  private final NoticeChannel pagerDuty =
      new NoticeChannel.PagerDuty("on call", OUTSIDE.url(), "duty");
  private final NoticeChannel statuspage =
      new NoticeChannel.Statuspage(
          "status page", OUTSIDE.url(), "p1", java.util.List.of("c1"), "page");

  @BeforeEach
  void forget() {
    OUTSIDE.server.resetAll();
  }

  @AfterAll
  static void end() {
    OUTSIDE.close();
  }

  /** docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: 200, body {@code ok}. */
  @Test
  void shouldPostToSlackWithItsMarkupEscaped() throws Exception {
    OUTSIDE.server.stubFor(
        post("/services/" + Outside.SECRET)
            .withHeader("Content-Type", equalTo("application/json"))
            .willReturn(ok("ok")));

    deliver(Outside.notice(NoticeKind.STARTED, "started"), slack);

    assertThat(body(postRequestedFor(anyUrl())).getString("text"))
        .startsWith("*Shop moves: started*\n")
        .contains("&lt;b&gt; &amp; \"quotes\"");
  }

  /** The same page: 403 action_prohibited, 404 channel_not_found, 410 channel_is_archived. */
  @ParameterizedTest
  @CsvSource({"403,false", "404,false", "410,false", "429,true", "500,true"})
  void shouldNeverShowTheAddressOfAnIncomingWebhook(int status, boolean retryable)
      throws Exception {
    OUTSIDE.server.stubFor(
        post(anyUrl()).willReturn(aResponse().withStatus(status).withBody("channel_is_archived")));

    Failure failure = failure(Outside.notice(NoticeKind.STARTED, "started"), slack);

    assertThat(failure.retryable()).isEqualTo(retryable);
    assertThat(failure.reason())
        .contains("channel_is_archived")
        .doesNotContain(Outside.SECRET)
        .doesNotContain("/services/");
  }

  @Test
  void shouldSignAGenericWebhookAndKeepItsIdWhenSentAgain() throws Exception {
    OUTSIDE.server.stubFor(post("/hook").willReturn(aResponse().withStatus(204)));
    Notice notice = Outside.notice(NoticeKind.WEEK_BEFORE, "week-before");

    deliver(notice, webhook);
    deliver(notice, webhook);

    assertThat(OUTSIDE.server.findAll(postRequestedFor(urlEqualTo("/hook"))))
        .hasSize(2)
        .allSatisfy(
            request -> {
              assertThat(request.getHeader("webhook-id")).isEqualTo(notice.id());
              assertThat(request.getHeader("webhook-signature"))
                  .isEqualTo(
                      StandardWebhooks.headers(
                              notice.id(), Outside.NOW, request.getBodyAsString(), Outside.SECRET)
                          .get("webhook-signature"));
            });
    JsonObject body = body(postRequestedFor(anyUrl()));
    assertThat(body.getString("type")).isEqualTo("cutover.notice.week-before");
    assertThat(body.getJsonObject("data").getString("windowOpensAt"))
        .isEqualTo("2026-12-01T02:00:00Z");
  }

  /** developer.pagerduty.com/docs/send-alert-event: 202, fields required of a trigger. */
  @Test
  void shouldTriggerAndResolveOneAlert() throws Exception {
    OUTSIDE.server.stubFor(
        post("/v2/enqueue")
            .willReturn(
                aResponse()
                    .withStatus(202)
                    .withBody(
                        "{\"status\":\"success\",\"message\":\"Event processed\",\"dedup_key\":\"k\"}")));

    deliver(Outside.notice(NoticeKind.HELD, "held-12"), pagerDuty);
    JsonObject trigger = body(postRequestedFor(urlEqualTo("/v2/enqueue")));
    OUTSIDE.server.resetRequests();
    deliver(Outside.notice(NoticeKind.ROLLED_BACK, "rolled-back-20"), pagerDuty);
    JsonObject resolve = body(postRequestedFor(urlEqualTo("/v2/enqueue")));

    assertThat(trigger.getString("routing_key")).isEqualTo(Outside.SECRET);
    assertThat(trigger.getString("event_action")).isEqualTo("trigger");
    assertThat(trigger.getJsonObject("payload").getString("severity")).isEqualTo("critical");
    assertThat(trigger.getJsonObject("payload").getString("source")).isNotBlank();
    assertThat(trigger.getJsonObject("payload").getString("summary")).isNotBlank();
    assertThat(resolve.getString("event_action")).isEqualTo("resolve");
    assertThat(resolve.getString("dedup_key")).isEqualTo(trigger.getString("dedup_key"));
  }

  /** developer.pagerduty.com/docs/send-change-events: an endpoint of its own, pages nobody. */
  @Test
  void shouldPageNobodyForWhatIsNoAlert() throws Exception {
    OUTSIDE.server.stubFor(post("/v2/change/enqueue").willReturn(aResponse().withStatus(202)));

    deliver(Outside.notice(NoticeKind.STARTED, "started"), pagerDuty);

    JsonObject change = body(postRequestedFor(urlEqualTo("/v2/change/enqueue")));
    assertThat(change.fieldNames()).containsExactlyInAnyOrder("routing_key", "payload");
  }

  @ParameterizedTest
  @CsvSource({"400,false", "429,true", "502,true"})
  void shouldTellWhetherPagerDutyMayTakeItLater(int status, boolean retryable) throws Exception {
    OUTSIDE.server.stubFor(
        post("/v2/enqueue")
            .willReturn(aResponse().withStatus(status).withBody("routing key " + Outside.SECRET)));

    Failure failure = failure(Outside.notice(NoticeKind.HELD, "held-12"), pagerDuty);

    assertThat(failure.retryable()).isEqualTo(retryable);
    assertThat(failure.reason()).doesNotContain(Outside.SECRET);
  }

  /** developer.statuspage.io/#tag/incidents: POST answers 201 with the incident. */
  @Test
  void shouldScheduleAMaintenanceWhenThePageHasNone() throws Exception {
    page("[]");
    OUTSIDE.server.stubFor(
        post(INCIDENTS)
            .withHeader("Authorization", equalTo("OAuth " + Outside.SECRET))
            .willReturn(aResponse().withStatus(201).withBody("{\"id\":\"i1\"}")));

    NoticeAccepted accepted =
        deliver(Outside.notice(NoticeKind.WEEK_BEFORE, "week-before"), statuspage);

    assertThat(accepted.reference()).isEqualTo("i1");
    JsonObject incident = body(postRequestedFor(urlEqualTo(INCIDENTS))).getJsonObject("incident");
    assertThat(incident.getString("name")).isEqualTo("Shop moves: week-before");
    assertThat(incident.getString("status")).isEqualTo("scheduled");
    assertThat(incident.getString("scheduled_for")).isEqualTo("2026-12-01T02:00:00Z");
    assertThat(incident.getString("scheduled_until")).isEqualTo("2026-12-01T03:00:00Z");
    assertThat(incident.getJsonObject("components").getString("c1")).isEqualTo("operational");
    assertThat(incident.getJsonObject("metadata").getJsonObject("cutover").getString("thread"))
        .isEqualTo("shop/1/stakeholders");
  }

  @Test
  void shouldUpdateTheMaintenanceOfItsThread() throws Exception {
    page(
        """
        [{"id":"foreign","status":"scheduled","metadata":{}},
         {"id":"i1","status":"scheduled","metadata":{"cutover":
           {"thread":"shop/1/stakeholders","notices":["shop/week-before/stakeholders"]}}}]
        """);
    OUTSIDE.server.stubFor(patch(INCIDENTS + "/i1").willReturn(okJson("{\"id\":\"i1\"}")));

    deliver(Outside.notice(NoticeKind.STARTED, "started"), statuspage);

    JsonObject incident = body(patchRequestedFor(anyUrl())).getJsonObject("incident");
    assertThat(incident.getString("status")).isEqualTo("in_progress");
    assertThat(incident.getJsonObject("components").getString("c1")).isEqualTo("under_maintenance");
    assertThat(incident.getJsonObject("metadata").getJsonObject("cutover").getJsonArray("notices"))
        .containsExactly("shop/week-before/stakeholders", "shop/started/stakeholders");
  }

  @Test
  void shouldNotTellThePageTwiceWhenTheFirstAnswerWasLost() throws Exception {
    page(
        """
        [{"id":"i1","status":"completed","metadata":{"cutover":
           {"thread":"shop/1/stakeholders","notices":["shop/completed/stakeholders"]}}}]
        """);

    NoticeAccepted accepted =
        deliver(Outside.notice(NoticeKind.COMPLETED, "completed"), statuspage);

    assertThat(accepted.reference()).isEqualTo("i1");
    OUTSIDE.server.verify(0, postRequestedFor(anyUrl()));
    OUTSIDE.server.verify(0, patchRequestedFor(anyUrl()));
  }

  @Test
  void shouldOpenANewMaintenanceWhenTheOldOneHasEnded() throws Exception {
    page(
        """
        [{"id":"i1","status":"completed","metadata":{"cutover":
           {"thread":"shop/1/stakeholders","notices":["shop/completed/stakeholders"]}}}]
        """);
    OUTSIDE.server.stubFor(
        post(INCIDENTS).willReturn(aResponse().withStatus(201).withBody("{\"id\":\"i2\"}")));

    assertThat(
            deliver(Outside.notice(NoticeKind.ROLLING_BACK, "rolling-back-9"), statuspage)
                .reference())
        .isEqualTo("i2");
  }

  @ParameterizedTest
  @CsvSource({"401,REFUSED,false", "420,REFUSED,true", "500,UNREACHABLE,true"})
  void shouldTellWhetherTheStatusPageMayTakeItLater(int status, FailureKind kind, boolean retryable)
      throws Exception {
    OUTSIDE.server.stubFor(
        get(urlPathEqualTo(INCIDENTS))
            .willReturn(aResponse().withStatus(status).withBody("{\"error\":\"x\"}")));

    Failure failure = failure(Outside.notice(NoticeKind.STARTED, "started"), statuspage);

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.retryable()).isEqualTo(retryable);
  }

  @Test
  void shouldRefuseAChannelWhoseHostIsNotAllowed() throws Exception {
    Failure failure =
        failure(
            Outside.notice(NoticeKind.STARTED, "started"),
            new NoticeChannel.Webhook("audit", "https://example.org/hook", "hook"));

    assertThat(failure.kind()).isEqualTo(FailureKind.UNSUITABLE);
    OUTSIDE.server.verify(0, anyRequestedFor(anyUrl()));
  }

  private static void page(String incidents) {
    OUTSIDE.server.stubFor(get(INCIDENTS + "?limit=100").willReturn(okJson(incidents)));
  }

  private static NoticeAccepted deliver(Notice notice, NoticeChannel channel) throws Exception {
    Object answer = OUTSIDE.handle(Outside.order(notice, channel));
    assertThat(answer)
        .as(() -> OUTSIDE.server.findAllUnmatchedRequests().toString())
        .isInstanceOf(NoticeAccepted.class);
    NoticeAccepted accepted = (NoticeAccepted) answer;
    assertThat(accepted.noticeId()).isEqualTo(notice.id());
    return accepted;
  }

  private static Failure failure(Notice notice, NoticeChannel channel) throws Exception {
    assertThat(OUTSIDE.handle(Outside.order(notice, channel))).isInstanceOf(StepFailed.class);
    return OUTSIDE.failure(Outside.order(notice, channel));
  }

  private static JsonObject body(RequestPatternBuilder pattern) {
    LoggedRequest request = OUTSIDE.server.findAll(pattern).getLast();
    return new JsonObject(request.getBodyAsString());
  }
}
