package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Reply;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.ElbAccounts;
import dev.cutover.dns.adapter.ElbQueries;
import dev.cutover.dns.adapter.ElbSettings;
import dev.cutover.dns.adapter.ElbSwitch;
import dev.cutover.dns.adapter.HttpEdge;
import dev.cutover.dns.adapter.ProviderQueries;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.elb.Caller;
import dev.cutover.dns.elb.ElbServer;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/**
 * A load balancer with a listener, a second listener and a rule of that, behind a strict double of
 * AWS's API and the real SDK; new for each test. The listener has both groups already, the rule has
 * the source's alone and asks users who they are first.
 */
abstract class ElbSwitchFixture extends DnsOrders {
  static final String ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";
  static final String HTTP = ELB + "listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2";
  static final String HTTPS = ELB + "listener/app/web/50dc6c495c0c9188/0467ef3c8400ae65";
  static final String RULE =
      ELB + "listener-rule/app/web/50dc6c495c0c9188/0467ef3c8400ae65/9683b2d02a6cabee";
  static final String DEFAULT_RULE =
      ELB + "listener-rule/app/web/50dc6c495c0c9188/0467ef3c8400ae65/1111111111111111";
  static final String MISSING = ELB + "listener/app/web/50dc6c495c0c9188/2222222222222222";
  static final String NETWORK = HTTP.replace("/app/", "/net/");
  static final String BLUE = ELB + "targetgroup/blue/73e2d6bc24d8a067";
  static final String GREEN = ELB + "targetgroup/green/09966783158cda59";
  static final String OTHER = ELB + "targetgroup/other/3333333333333333";
  static final String SOURCE = "blue=1 green=0";
  static final String SECRET = "c2VjcmV0LW9mLWEtdGVzdA";

  static final String AUTHENTICATED =
      """
      [{"Type": "authenticate-oidc", "Order": "1", "AuthenticateOidcConfig": {
         "Issuer": "https://id.example", "AuthorizationEndpoint": "https://id.example/a",
         "TokenEndpoint": "https://id.example/t", "UserInfoEndpoint": "https://id.example/u",
         "ClientId": "shop", "ClientSecret": "never-told", "SessionTimeout": "3600",
         "OnUnauthenticatedRequest": "authenticate"}},
       {"Type": "forward", "Order": "2", "TargetGroupArn": "%s"}]
      """;

  private static final String RULE_PROPERTIES =
      """
      {"Priority": "10", "IsDefault": "false",
       "Conditions": [{"Field": "path-pattern", "Values": ["/api/*"]}],
       "Transforms": [{"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/api", "Replace": "/"}]}}]}
      """;

  final ElbServer server;
  final SwitchSpec spec = spec("good", List.of(HTTP, RULE));
  private final ElbAccounts accounts;
  private final DnsService service;

  ElbSwitchFixture() throws IOException {
    super("balanced");
    server = new ElbServer("eu-west-1", this::served);
    server.group(BLUE, "HTTP", "healthy", "healthy");
    server.group(GREEN, "HTTP", "healthy", "draining Target.DeregistrationInProgress");
    server.group(OTHER, "HTTP", "healthy");
    server.forward(HTTP, "HTTP", object("{\"Port\": \"80\"}"), forward(1, 0));
    server.forward(
        HTTPS, "HTTPS", object("{\"Port\": \"443\"}"), json(AUTHENTICATED.formatted(OTHER)));
    server.forward(RULE, "HTTPS", object(RULE_PROPERTIES), json(AUTHENTICATED.formatted(BLUE)));
    server.forward(
        DEFAULT_RULE,
        "HTTPS",
        object("{\"IsDefault\": \"true\"}"),
        json(AUTHENTICATED.formatted(BLUE)));
    Map<String, String> keys = new HashMap<>();
    for (String user : List.of(Caller.GOOD, Caller.WEAK, Caller.UNTAGGED, Caller.NOBODY)) {
      String profile = user.toLowerCase(Locale.ROOT);
      keys.put(profile + ".elb.user", user);
      keys.put(profile + ".elb.password", SECRET);
    }
    accounts =
        new ElbAccounts(
            Credentials.of(keys),
            new ElbSettings(Optional.of(server.endpoint()), 1000),
            Pace.MACHINE);
    ElbQueries queries = new ElbQueries(accounts);
    service =
        new DnsService(
            new ElbSwitch(accounts, Pace.MACHINE, Duration.ofMillis(300)),
            new ProviderQueries(new DnsjavaQueries(), queries, queries, new HttpEdge()),
            new AllowList(
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(HTTP, HTTPS, RULE, DEFAULT_RULE, MISSING, NETWORK)),
            Duration.ofMillis(100),
            InstantSource.system(),
            Pace.MACHINE);
  }

  @Override
  final DnsService service() {
    return service;
  }

  /** Takes the weights of a listener or rule from now on. */
  void served(String arn, Map<String, Integer> weights) {}

  @AfterEach
  void stop() {
    service.close();
    accounts.close();
    server.close();
  }

  // ---- what there is

  static SwitchSpec spec(String profile, List<String> listeners) {
    return SwitchSpec.ofTargetGroups(profile, listeners, List.of(BLUE), List.of(GREEN));
  }

  static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static ObjectNode object(String text) {
    return (ObjectNode) json(text);
  }

  static JsonNode forward(int blue, int green) {
    return JsonNodeFactory.instance.arrayNode().add(forwardTo(Map.of(BLUE, blue, GREEN, green)));
  }

  static ObjectNode forwardTo(Map<String, Integer> weights) {
    ObjectNode action = JsonNodeFactory.instance.objectNode().put("Type", "forward");
    var groups = action.putObject("ForwardConfig").putArray("TargetGroups");
    weights.forEach(
        (group, weight) -> groups.addObject().put("TargetGroupArn", group).put("Weight", weight));
    return action;
  }

  static JsonNode sticky(int blue, int green) {
    ObjectNode action = forwardTo(Map.of(BLUE, blue, GREEN, green));
    action
        .withObjectProperty("ForwardConfig")
        .putObject("TargetGroupStickinessConfig")
        .put("Enabled", true)
        .put("DurationSeconds", 600);
    return JsonNodeFactory.instance.arrayNode().add(action);
  }

  // ---- orders

  SwitchStaged stage() {
    Reply reply = handle(new StageSwitch(header(10), spec, spec.at(0)));
    assertThat(reply).isInstanceOf(SwitchStaged.class);
    return (SwitchStaged) reply;
  }

  /** Staged at epoch 10, with both groups everywhere. */
  SwitchStaged prepared() {
    SwitchStaged staged = stage();
    assertThat(handle(new LowerTtl(header(11), spec, spec.at(0)))).isInstanceOf(TtlLowered.class);
    return staged;
  }

  static void assertRetryable(Reply reply, String words) {
    assertFailed(reply, FailureKind.UNREACHABLE, words);
    assertThat(((StepFailed) reply).failure().retryable()).isTrue();
  }

  /** Prepared, and nothing moved. */
  void assertUntouched() {
    for (String arn : List.of(HTTP, RULE)) {
      assertThat(server.weights(arn)).isEqualTo(SOURCE);
      assertThat(server.mark(arn)).isEqualTo("epoch=10 cutover=balanced");
    }
  }

  long sent(String action) {
    return server.requests().stream().filter(request -> request.startsWith(action + " ")).count();
  }
}
