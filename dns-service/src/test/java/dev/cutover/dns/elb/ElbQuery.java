package dev.cutover.dns.elb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The API's form, version 2015-12-01 (service model, protocol "query"): a request is a flat form,
 * whose names tell structures and lists ({@code DefaultActions.member.1.Type}); an answer is XML.
 */
final class ElbQuery {
  private static final String NAMESPACE =
      "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";

  private ElbQuery() {}

  /** A request as structures and lists of texts. */
  static ObjectNode parse(String form) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    for (String part : form.split("&", -1)) {
      String[] pair = part.split("=", 2);
      ObjectNode at = root;
      String[] names = decoded(pair[0]).split("\\.", -1);
      for (int i = 0; i < names.length - 1; i++) {
        at = at.withObjectProperty(names[i]);
      }
      at.put(names[names.length - 1], pair.length > 1 ? decoded(pair[1]) : "");
    }
    return (ObjectNode) listed(root);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** What has nothing but numbered members is a list. */
  private static JsonNode listed(JsonNode node) {
    if (!(node instanceof ObjectNode structure)) {
      return node;
    }
    if (structure.size() == 1 && structure.path("member").isObject()) {
      Map<Integer, JsonNode> members = new TreeMap<>();
      structure
          .path("member")
          .properties()
          .forEach(
              member -> members.put(Integer.valueOf(member.getKey()), listed(member.getValue())));
      return JsonNodeFactory.instance.arrayNode().addAll(members.values());
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    structure.properties().forEach(field -> result.set(field.getKey(), listed(field.getValue())));
    return result;
  }

  /** An answer. */
  static String answer(String action, ObjectNode result) {
    return "<%sResponse xmlns=\"%s\"><%sResult>%s</%sResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></%sResponse>"
        .formatted(action, NAMESPACE, action, xml(result), action, action);
  }

  /** A refusal (API reference, common errors). */
  static String error(String type, String code, String message) {
    return "<ErrorResponse xmlns=\"%s\"><Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r</RequestId></ErrorResponse>"
        .formatted(NAMESPACE, type, code, escaped(message));
  }

  private static String xml(JsonNode node) {
    return switch (node) {
      case ObjectNode structure ->
          structure.properties().stream()
              .map(field -> element(field.getKey(), field.getValue()))
              .collect(Collectors.joining());
      case ArrayNode list ->
          list.valueStream().map(member -> element("member", member)).collect(Collectors.joining());
      default -> escaped(node.asText());
    };
  }

  private static String element(String name, JsonNode value) {
    return "<%s>%s</%s>".formatted(name, xml(value), name);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
