package dev.cutover.dns.elb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** A listener or a rule. What was changed may be described late: as it was before, some times. */
final class StoredForward {
  private final String arn;
  private final String protocol;
  private final ObjectNode properties;
  private Late<ArrayNode> actions;
  private Late<Map<String, String>> tags = new Late<>(Map.of(), Map.of(), 0);

  /**
   * @param late how often the former value is described before the new one is
   */
  private record Late<T>(T value, T former, int late) {
    T told() {
      return late > 0 ? former : value;
    }

    Late<T> described() {
      return new Late<>(value, former, Math.max(0, late - 1));
    }

    Late<T> changed(T next, int lateBy) {
      return new Late<>(next, value, lateBy);
    }
  }

  /**
   * @param properties what else is told of it, such as Port, Conditions, Transforms, IsDefault
   */
  StoredForward(String arn, String protocol, ObjectNode properties, ArrayNode actions) {
    this.arn = arn;
    this.protocol = protocol;
    this.properties = properties;
    this.actions = new Late<>(actions, actions, 0);
  }

  boolean isRule() {
    return arn.contains(":listener-rule/");
  }

  boolean isDefault() {
    return properties.path("IsDefault").asBoolean(false);
  }

  String protocol() {
    return protocol;
  }

  ArrayNode actions() {
    return actions.value();
  }

  Map<String, String> tags() {
    return tags.value();
  }

  JsonNode properties() {
    return properties;
  }

  void actions(ArrayNode next, int lateBy) {
    actions = actions.changed(next, lateBy);
  }

  void tags(Map<String, String> next, int lateBy) {
    tags = tags.changed(next, lateBy);
  }

  ObjectNode described() {
    ObjectNode told = JsonNodeFactory.instance.objectNode();
    told.put(isRule() ? "RuleArn" : "ListenerArn", arn);
    told.setAll(properties);
    if (!isRule()) {
      told.put("Protocol", protocol);
    }
    told.set(isRule() ? "Actions" : "DefaultActions", ActionRules.told(actions.told()));
    actions = actions.described();
    return told;
  }

  ObjectNode describedTags() {
    ObjectNode told = JsonNodeFactory.instance.objectNode().put("ResourceArn", arn);
    ArrayNode list = told.putArray("Tags");
    new TreeMap<>(tags.told())
        .forEach((key, value) -> list.addObject().put("Key", key).put("Value", value));
    tags = tags.described();
    return told;
  }
}
