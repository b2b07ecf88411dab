package dev.cutover.dns.elb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the API takes as the actions of a listener or rule, and in which form it tells them.
 * Sources: MODEL, the API's service model of 2015-12-01 with its documentation (Action,
 * ForwardActionConfig, TargetGroupTuple, TargetGroupStickinessConfig, AuthenticateOidcActionConfig,
 * errors of ModifyListener and ModifyRule); GUIDE, the user guide of Application Load Balancers
 * (action types for listener rules, quotas). Pure.
 */
final class ActionRules {
  private static final Set<String> ROUTING = Set.of("forward", "redirect", "fixed-response");
  private static final Set<String> AUTHENTICATING =
      Set.of("authenticate-oidc", "authenticate-cognito", "jwt-validation");

  /** Quotas: target groups per action. No page names the code of the refusal. */
  private static final int GROUPS_MAX = 5;

  private static final int WEIGHT_MAX = 999; // MODEL TargetGroupTuple
  private static final int STICKY_SECONDS_MAX = 604_800; // MODEL TargetGroupStickinessConfig

  private final String protocol;
  private final ArrayNode stored;
  private final Map<String, TargetGroup> groups;

  /**
   * @param protocol of the listener
   * @param stored the actions that are replaced, secrets among them
   * @param groups all that exist
   */
  ActionRules(String protocol, ArrayNode stored, Map<String, TargetGroup> groups) {
    this.protocol = protocol;
    this.stored = stored;
    this.groups = groups;
  }

  /** The actions as they are stored from now on: all of them replace all that there were. */
  ArrayNode taken(JsonNode given) throws Refused {
    List<ObjectNode> actions = new ArrayList<>();
    for (JsonNode action : given) {
      actions.add(taken(action.deepCopy()));
    }
    if (actions.size() > 1) {
      for (ObjectNode action : actions) {
        if (action.path("Order").isMissingNode()) {
          // MODEL Action: required for rules with multiple actions.
          throw new Refused("ValidationError", "Order must be specified for all actions");
        }
      }
      actions.sort(Comparator.comparingInt(action -> action.path("Order").asInt()));
    }
    long routing = actions.stream().filter(a -> ROUTING.contains(type(a))).count();
    if (routing != 1 || !ROUTING.contains(type(actions.getLast()))) {
      // MODEL Action: exactly one of forward, fixed-response or redirect, and the last.
      throw new Refused(
          "InvalidLoadBalancerAction", "The last action must be the only one that routes");
    }
    return JsonNodeFactory.instance.arrayNode().addAll(actions);
  }

  private static String type(JsonNode action) {
    return action.path("Type").asText();
  }

  private ObjectNode taken(ObjectNode action) throws Refused {
    String type = type(action);
    if (AUTHENTICATING.contains(type) && !protocol.equals("HTTPS")) {
      throw new Refused("InvalidLoadBalancerAction", type + " needs an HTTPS listener"); // MODEL
    }
    switch (type) {
      case "forward" -> forward(action);
      case "authenticate-oidc" -> oidc((ObjectNode) action.path("AuthenticateOidcConfig"));
      case "jwt-validation", "authenticate-cognito", "redirect", "fixed-response" -> {}
      default -> throw new Refused("ValidationError", "no action '%s'".formatted(type));
    }
    return action;
  }

  private void forward(ObjectNode action) throws Refused {
    String single = action.path("TargetGroupArn").asText("");
    Map<String, Integer> weights = new LinkedHashMap<>();
    for (JsonNode group : action.path("ForwardConfig").path("TargetGroups")) {
      int weight = group.path("Weight").asInt(1);
      if (weight < 0 || weight > WEIGHT_MAX) {
        throw new Refused("ValidationError", "weight %d is not in 0 to 999".formatted(weight));
      }
      weights.put(group.path("TargetGroupArn").asText(), weight);
    }
    if (weights.isEmpty()) {
      weights.put(single, 1);
    } else if (!single.isEmpty() && !weights.keySet().equals(Set.of(single))) {
      // MODEL Action, ForwardConfig: with TargetGroupArn beside it that group alone.
      throw new Refused("ValidationError", "You can specify only one target group with both");
    }
    if (weights.size() > GROUPS_MAX) {
      throw new Refused("ValidationError", "no more than 5 target groups in an action");
    }
    ObjectNode sticky = sticky(action.path("ForwardConfig").path("TargetGroupStickinessConfig"));
    for (String arn : weights.keySet()) {
      require(arn, weights.size() > 1 && !sticky.path("Enabled").asBoolean());
    }
    // What is told: a single group twice, weights and stickiness always (describe-listeners).
    action.remove("TargetGroupArn");
    if (weights.size() == 1) {
      action.put("TargetGroupArn", weights.keySet().iterator().next());
    }
    ObjectNode config = action.putObject("ForwardConfig");
    ArrayNode told = config.putArray("TargetGroups");
    weights.forEach(
        (arn, weight) -> told.addObject().put("TargetGroupArn", arn).put("Weight", "" + weight));
    config.set("TargetGroupStickinessConfig", sticky);
  }

  private static ObjectNode sticky(JsonNode given) throws Refused {
    ObjectNode sticky = JsonNodeFactory.instance.objectNode();
    boolean enabled = given.path("Enabled").asBoolean(false);
    int seconds = given.path("DurationSeconds").asInt(0);
    if (enabled && (seconds < 1 || seconds > STICKY_SECONDS_MAX)) {
      throw new Refused("ValidationError", "DurationSeconds must be 1 to 604800");
    }
    sticky.put("Enabled", "" + enabled);
    if (seconds > 0) {
      sticky.put("DurationSeconds", "" + seconds);
    }
    return sticky;
  }

  private void require(String arn, boolean groupStickinessMissing) throws Refused {
    TargetGroup group = groups.get(arn);
    if (group == null) {
      throw new Refused("TargetGroupNotFound", "Target groups '%s' not found".formatted(arn));
    }
    // MODEL ModifyListener, IncompatibleProtocols; GUIDE: HTTP and HTTPS groups behind an
    // Application Load Balancer, TCP and the like behind a Network Load Balancer.
    if (protocol.startsWith("HTTP") != group.protocol().startsWith("HTTP")) {
      throw new Refused(
          "IncompatibleProtocols", "%s behind %s".formatted(group.protocol(), protocol));
    }
    if (group.sticky() && groupStickinessMissing) {
      // Seen by users (aws-load-balancer-controller, issue 2734).
      throw new Refused(
          "InvalidConfigurationRequest",
          "You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups");
    }
  }

  private void oidc(ObjectNode config) throws Refused {
    // MODEL ClientSecret: may be left out with UseExistingClientSecret when a rule is modified.
    if (config.path("UseExistingClientSecret").asBoolean(false)) {
      String existing = "";
      for (JsonNode action : stored) {
        existing = action.path("AuthenticateOidcConfig").path("ClientSecret").asText(existing);
      }
      if (existing.isEmpty() || config.has("ClientSecret")) {
        throw new Refused("ValidationError", "There is no existing client secret to be used");
      }
      config.put("ClientSecret", existing);
    } else if (config.path("ClientSecret").asText("").isEmpty()) {
      throw new Refused("ValidationError", "A client secret must be specified");
    }
    config.remove("UseExistingClientSecret");
  }

  /** The actions as they are described: secrets are never told. */
  static ArrayNode told(ArrayNode stored) {
    ArrayNode told = stored.deepCopy();
    for (JsonNode action : told) {
      if (action.path("AuthenticateOidcConfig") instanceof ObjectNode config) {
        config.remove("ClientSecret");
      }
    }
    return told;
  }

  /** The weights of the groups that requests are forwarded to; empty where they are not. */
  static Map<String, Integer> weights(ArrayNode actions) {
    Map<String, Integer> weights = new LinkedHashMap<>();
    for (JsonNode action : actions) {
      for (JsonNode group : action.path("ForwardConfig").path("TargetGroups")) {
        weights.put(group.path("TargetGroupArn").asText(), group.path("Weight").asInt());
      }
    }
    return weights;
  }
}
