package dev.cutover.dns.elb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The double is as strict as its sources say. */
class ActionRulesTest {
  private static final String OIDC =
      "{'Type': 'authenticate-oidc', 'Order': '1', 'AuthenticateOidcConfig': {'ClientId': 'a', %s}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP  | {'Type': 'forward', 'TargetGroupArn': 'missing'} | TargetGroupNotFound",
        "HTTP  | {'Type': 'forward', 'TargetGroupArn': 'tcp'} | IncompatibleProtocols",
        "TCP   | {'Type': 'forward', 'TargetGroupArn': 'a'} | IncompatibleProtocols",
        "HTTP  | {'Type': 'authenticate-oidc', 'Order': '1'}, {'Type': 'forward', 'Order': '2', 'TargetGroupArn': 'a'} | InvalidLoadBalancerAction",
        "HTTPS | {'Type': 'authenticate-cognito', 'Order': '2'}, {'Type': 'forward', 'Order': '1', 'TargetGroupArn': 'a'} | InvalidLoadBalancerAction",
        "HTTPS | {'Type': 'authenticate-cognito'}, {'Type': 'forward', 'TargetGroupArn': 'a'} | ValidationError",
        "HTTP  | {'Type': 'redirect', 'Order': '1'}, {'Type': 'forward', 'Order': '2', 'TargetGroupArn': 'a'} | InvalidLoadBalancerAction",
        "HTTPS | {'Type': 'jwt-validation'} | InvalidLoadBalancerAction",
        "HTTP  | {'Type': 'forward', 'ForwardConfig': {'TargetGroups': [{'TargetGroupArn': 'a', 'Weight': '1000'}]}} | ValidationError",
        "HTTP  | {'Type': 'forward', 'TargetGroupArn': 'a', 'ForwardConfig': {'TargetGroups': [{'TargetGroupArn': 'b'}]}} | ValidationError",
        "HTTP  | {'Type': 'forward', 'ForwardConfig': {'TargetGroups': [{'TargetGroupArn': 'a'}], 'TargetGroupStickinessConfig': {'Enabled': 'true'}}} | ValidationError",
        "HTTP  | {'Type': 'forward', 'ForwardConfig': {'TargetGroups': [{'TargetGroupArn': 'a'}, {'TargetGroupArn': 'sticky', 'Weight': '0'}]}} | InvalidConfigurationRequest",
      })
  void shouldRefuseWhatTheApiRefuses(String protocol, String actions, String code) {
    assertThatThrownBy(() -> taken(protocol, actions))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  @Test
  void shouldTellASingleGroupTwiceAndWeightsAlways() throws Exception {
    assertThat(taken("HTTP", "{'Type': 'forward', 'TargetGroupArn': 'a'}"))
        .isEqualTo(
            json(
                "{'Type': 'forward', 'TargetGroupArn': 'a', 'ForwardConfig': {'TargetGroups': [{'TargetGroupArn': 'a', 'Weight': '1'}], 'TargetGroupStickinessConfig': {'Enabled': 'false'}}}"));
    assertThat(taken("HTTP", "{'Type': 'forward', 'TargetGroupArn': 'sticky'}")).hasSize(1);
  }

  @Test
  void shouldKeepASecretThatIsNeverTold() throws Exception {
    // given
    String forward = ", {'Type': 'forward', 'Order': '2', 'TargetGroupArn': 'a'}";
    ArrayNode stored = taken("HTTPS", OIDC.formatted("'ClientSecret': 's'") + forward);
    ActionRules rules = new ActionRules("HTTPS", stored, groups());
    // when
    JsonNode told = ActionRules.told(stored);
    JsonNode kept =
        rules.taken(json(OIDC.formatted("'UseExistingClientSecret': 'true'") + forward));
    // then
    assertThat(told.toString()).doesNotContain("ClientSecret");
    assertThat(kept).isEqualTo(stored);
    assertThatThrownBy(() -> rules.taken(told)).hasMessageContaining("must be specified");
    assertThatThrownBy(
            () -> taken("HTTPS", OIDC.formatted("'UseExistingClientSecret': 'true'") + forward))
        .hasMessageContaining("no existing client secret");
  }

  private static ArrayNode taken(String protocol, String actions) throws Exception {
    return new ActionRules(protocol, JsonNodeFactory.instance.arrayNode(), groups())
        .taken(json(actions));
  }

  private static Map<String, TargetGroup> groups() {
    return Map.of(
        "a", new TargetGroup("a", "HTTP"),
        "b", new TargetGroup("b", "HTTP"),
        "tcp", new TargetGroup("tcp", "TCP"),
        "sticky", new TargetGroup("sticky", "HTTP").withSticky());
  }

  private static JsonNode json(String actions) throws Exception {
    return new ObjectMapper().readTree("[" + actions.replace('\'', '"') + "]");
  }

  @ParameterizedTest
  @CsvSource({
    "aws:x,         a,       ValidationError",
    "cutover:mark,  'a\"b',  ValidationError",
    "cutover:mark,  epoch=1 cutover=web-2026 ended, ''",
    "a,             b,       TooManyTags",
  })
  void shouldTakeMarksAsTagsAndNoOthers(String key, String value, String code) throws Exception {
    // given as many tags as there may be, or one less
    Map<String, String> stored = new HashMap<>();
    for (int i = 0; i < (code.equals("TooManyTags") ? 50 : 49); i++) {
      stored.put("k" + i, "v");
    }
    JsonNode tags = json("{}");
    ((ObjectNode) tags.path(0)).put("Key", key).put("Value", value);
    // when, then
    if (code.isEmpty()) {
      assertThat(TagRules.taken(stored, tags)).containsEntry(key, value).hasSize(50);
    } else {
      assertThatThrownBy(() -> TagRules.taken(stored, tags))
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
  }
}
