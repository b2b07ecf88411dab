package dev.cutover.dns.elb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cutover.dns.elb.TargetGroup.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

/**
 * Load balancers of one region behind the API of Elastic Load Balancing, version 2015-12-01, for
 * the real SDK and the real command line. It keeps what it is told, refuses what {@link
 * ActionRules} refuse, and hands the weights of each change on to whatever answers users. Sources:
 * MODEL, the API's service model with its documentation; GUIDE, the user guides of Elastic Load
 * Balancing.
 */
public final class ElbServer implements AutoCloseable {
  private static final int RESOURCES_MAX = 20; // MODEL DescribeTagsInput

  /** What goes wrong with a request. */
  public enum Fault {
    /** MODEL common errors; GUIDE elb-api-throttling: HTTP 400 ThrottlingException. */
    THROTTLING,
    /** It is made, and nobody hears of it. */
    LOST_REPLY,
    /** MODEL common errors, ServiceUnavailable: HTTP 503; nothing is made. */
    UNAVAILABLE
  }

  private record Planned(String action, Runnable before, Optional<Fault> fault, Runnable after) {}

  private record Answer(int status, String xml) {}

  private final String region;
  private final HttpServer http;
  private final BiConsumer<String, Map<String, Integer>> mirror;
  private final Map<String, StoredForward> stored = new LinkedHashMap<>();
  private final Map<String, TargetGroup> groups = new LinkedHashMap<>();
  private final List<Planned> planned = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private int lateBy;
  private int accepted;

  /**
   * Starts it on a free port of the loopback address.
   *
   * @param mirror takes the weights of each listener and rule from now on, by its ARN
   */
  public ElbServer(String region, BiConsumer<String, Map<String, Integer>> mirror)
      throws IOException {
    this.region = region;
    this.mirror = mirror;
    // Else each answer waits 40 ms for an acknowledgement of its headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", this::handle);
    http.start();
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  // ---- what there is

  /** A target group with targets of that state, such as healthy, or unhealthy and why. */
  public synchronized void group(String arn, String protocol, String... states) {
    List<Target> targets = new ArrayList<>();
    for (String state : states) {
      String[] parts = state.split(" ", 2);
      targets.add(new Target("i-" + targets.size(), parts[0], parts.length > 1 ? parts[1] : ""));
    }
    groups.put(arn, new TargetGroup(arn, protocol, targets.toArray(Target[]::new)));
  }

  /** The group binds clients to one of its targets. */
  public synchronized void makeSticky(String arn) {
    groups.computeIfPresent(arn, (_, group) -> group.withSticky());
  }

  /** A listener or rule with these actions; properties are told as they are. */
  public synchronized void forward(
      String arn, String protocol, ObjectNode properties, JsonNode actions) {
    try {
      StoredForward forward =
          new StoredForward(arn, protocol, properties, JsonNodeFactory.instance.arrayNode());
      stored.put(arn, forward);
      replace(forward, arn, actions);
    } catch (Refused e) {
      throw new IllegalStateException("Expected actions that the API takes, but " + e.code(), e);
    }
  }

  /** Actions that forward to that group alone, as they are written shortest. */
  public static JsonNode forwardTo(String group) {
    ArrayNode actions = JsonNodeFactory.instance.arrayNode();
    actions.addObject().put("Type", "forward").put("TargetGroupArn", group);
    return actions;
  }

  public synchronized void delete(String arn) {
    stored.remove(arn);
  }

  /** Replaces actions as another tool does. */
  public synchronized void write(String arn, JsonNode actions) {
    try {
      replace(find(arn), arn, actions);
    } catch (Refused e) {
      throw new IllegalStateException("Expected actions that the API takes, but " + e.code(), e);
    }
  }

  /** Sets the tag that carries the mark as another tool does, or (empty) removes it. */
  public synchronized void mark(String arn, String text) {
    StoredForward forward = stored.get(arn);
    Map<String, String> tags = new TreeMap<>(forward.tags());
    tags.remove("cutover:mark");
    if (!text.isEmpty()) {
      tags.put("cutover:mark", text);
    }
    forward.tags(tags, 0);
  }

  // ---- what is there now

  /** Weights by the groups' names, such as {@code blue=1 green=0}. */
  public synchronized String weights(String arn) {
    Map<String, Integer> byName = new TreeMap<>();
    ActionRules.weights(stored.get(arn).actions())
        .forEach((group, weight) -> byName.put(group.replaceAll(".*targetgroup/|/.*", ""), weight));
    return byName.toString().replaceAll("[{}]", "").replace(",", "");
  }

  /** The actions with what is never told. */
  public synchronized ArrayNode actions(String arn) {
    return stored.get(arn).actions().deepCopy();
  }

  /** What else is told of it. */
  public synchronized JsonNode properties(String arn) {
    return stored.get(arn).properties();
  }

  /** The mark's text; empty when there is none. */
  public synchronized String mark(String arn) {
    return stored.get(arn).tags().getOrDefault("cutover:mark", "");
  }

  /** How many changes were made by requests. */
  public synchronized int accepted() {
    return accepted;
  }

  /** Action and ARN of every request so far. */
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  // ---- what goes wrong

  /** The next request of that action fails; a request for each. */
  public synchronized void failNext(String action, Fault... faults) {
    for (Fault fault : faults) {
      planned.add(new Planned(action, () -> {}, Optional.of(fault), () -> {}));
    }
  }

  /** The next request of that action passes. */
  public synchronized void passNext(String action) {
    planned.add(new Planned(action, () -> {}, Optional.empty(), () -> {}));
  }

  /** Somebody else acts right before the next request of that action is carried out. */
  public synchronized void beforeNext(String action, Runnable other) {
    planned.add(new Planned(action, other, Optional.empty(), () -> {}));
  }

  /** Somebody else acts right after the next request of that action was carried out. */
  public synchronized void afterNext(String action, Runnable other) {
    planned.add(new Planned(action, () -> {}, Optional.empty(), other));
  }

  /** Each change is described so often as if it had not been made. */
  public synchronized void describeLate(int times) {
    lateBy = times;
  }

  // ---- the API

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Answer answer = answer(exchange, ElbQuery.parse(form));
      if (answer.status() == 0) {
        return; // cut
      }
      byte[] body = answer.xml().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/xml");
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private synchronized Answer answer(HttpExchange exchange, ObjectNode request) {
    String action = request.path("Action").asText();
    String arn = resource(request);
    requests.add(action + " " + arn);
    Planned plan = planned(action);
    try {
      Caller.of(exchange).requireRight(region, action, arn);
      if (!request.path("Version").asText().equals("2015-12-01")) {
        throw new Refused("InvalidAction", "no such version"); // MODEL common errors
      }
      plan.before().run();
      if (plan.fault().equals(Optional.of(Fault.THROTTLING))) {
        throw new Refused("ThrottlingException", "Rate exceeded");
      }
      if (plan.fault().equals(Optional.of(Fault.UNAVAILABLE))) {
        throw new Refused(503, "ServiceUnavailable", "try later");
      }
      ObjectNode result = carriedOut(action, request);
      plan.after().run();
      return plan.fault().equals(Optional.of(Fault.LOST_REPLY))
          ? new Answer(0, "")
          : new Answer(200, ElbQuery.answer(action, result));
    } catch (Refused e) {
      String type = e.status() >= 500 ? "Receiver" : "Sender";
      return new Answer(e.status(), ElbQuery.error(type, e.code(), e.getMessage()));
    }
  }

  private Planned planned(String action) {
    Optional<Planned> next =
        planned.stream().filter(plan -> plan.action().equals(action)).findFirst();
    next.ifPresent(planned::remove);
    return next.orElse(new Planned(action, () -> {}, Optional.empty(), () -> {}));
  }

  private static String resource(ObjectNode request) {
    for (String one : List.of("ListenerArn", "RuleArn", "TargetGroupArn")) {
      if (request.has(one)) {
        return request.path(one).asText();
      }
    }
    for (String many : List.of("ListenerArns", "RuleArns", "ResourceArns")) {
      if (request.has(many)) {
        return request.path(many).path(0).asText();
      }
    }
    return "";
  }

  private ObjectNode carriedOut(String action, ObjectNode request) throws Refused {
    return switch (action) {
      case "DescribeListeners" -> described(request.path("ListenerArns"), "Listeners");
      case "DescribeRules" -> described(request.path("RuleArns"), "Rules");
      case "DescribeTags" -> describedTags(request.path("ResourceArns"));
      case "DescribeTargetHealth" -> health(request.path("TargetGroupArn").asText());
      case "ModifyListener" ->
          modified(request.path("ListenerArn").asText(), request, "DefaultActions", "Listeners");
      case "ModifyRule" -> modified(request.path("RuleArn").asText(), request, "Actions", "Rules");
      case "AddTags" -> tagged(request);
      case "RemoveTags" -> untagged(request);
      default -> throw new Refused("InvalidAction", action);
    };
  }

  private StoredForward find(String arn) throws Refused {
    StoredForward forward = stored.get(arn);
    if (forward == null) {
      boolean rule = arn.contains(":listener-rule/");
      throw new Refused(
          rule ? "RuleNotFound" : "ListenerNotFound",
          "One or more %s not found".formatted(rule ? "rules" : "listeners"));
    }
    return forward;
  }

  private ObjectNode described(JsonNode arns, String list) throws Refused {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    ArrayNode told = result.putArray(list);
    if (arns.isEmpty()) {
      // MODEL: either a load balancer (a listener) or listeners (rules).
      throw new Refused("ValidationError", "ARNs must be specified");
    }
    for (JsonNode arn : arns) {
      told.add(find(arn.asText()).described());
    }
    return result;
  }

  private ObjectNode describedTags(JsonNode arns) throws Refused {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    ArrayNode told = result.putArray("TagDescriptions");
    if (arns.size() > RESOURCES_MAX) {
      throw new Refused("ValidationError", "no more than 20 resources");
    }
    for (JsonNode arn : arns) {
      told.add(find(arn.asText()).describedTags());
    }
    return result;
  }

  private ObjectNode health(String arn) throws Refused {
    TargetGroup group = groups.get(arn);
    if (group == null) {
      throw new Refused("TargetGroupNotFound", "One or more target groups not found");
    }
    // MODEL TargetHealth: not in use until the group is in an action of a listener.
    boolean used =
        stored.values().stream()
            .anyMatch(forward -> ActionRules.weights(forward.actions()).containsKey(arn));
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    ArrayNode told = result.putArray("TargetHealthDescriptions");
    for (Target target : group.targets()) {
      ObjectNode description = told.addObject();
      description.putObject("Target").put("Id", target.id()).put("Port", "8080");
      ObjectNode health = description.putObject("TargetHealth");
      health.put("State", used ? target.state() : "unused");
      String reason = used ? target.reason() : "Target.NotInUse";
      if (!reason.isEmpty()) {
        health.put("Reason", reason);
      }
    }
    return result;
  }

  /** MODEL ModifyListener, ModifyRule: what is not specified is unchanged, lists are replaced. */
  private ObjectNode modified(String arn, ObjectNode request, String actions, String list)
      throws Refused {
    StoredForward forward = find(arn);
    Set<String> other = new HashSet<>();
    request.fieldNames().forEachRemaining(other::add);
    other.removeAll(Set.of("Action", "Version", "ListenerArn", "RuleArn", actions));
    if (!other.isEmpty()) {
      throw new Refused("ValidationError", "Expected the actions alone, but got " + other);
    }
    if (forward.isDefault()) {
      // MODEL ModifyRule: to modify the default rule, use ModifyListener.
      throw new Refused("OperationNotPermitted", "Default rule cannot be modified");
    }
    replace(forward, arn, request.path(actions));
    accepted++;
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    ObjectNode told = result.putArray(list).addObject();
    told.put(forward.isRule() ? "RuleArn" : "ListenerArn", arn);
    told.set(actions, ActionRules.told(forward.actions()));
    return result;
  }

  private void replace(StoredForward forward, String arn, JsonNode actions) throws Refused {
    ArrayNode taken = new ActionRules(forward.protocol(), forward.actions(), groups).taken(actions);
    forward.actions(taken, lateBy);
    mirror.accept(arn, ActionRules.weights(taken));
  }

  private ObjectNode tagged(ObjectNode request) throws Refused {
    for (JsonNode arn : request.path("ResourceArns")) {
      StoredForward forward = find(arn.asText());
      Map<String, String> tags = TagRules.taken(forward.tags(), request.path("Tags"));
      forward.tags(tags, lateBy);
      accepted++;
    }
    return JsonNodeFactory.instance.objectNode();
  }

  private ObjectNode untagged(ObjectNode request) throws Refused {
    for (JsonNode arn : request.path("ResourceArns")) {
      StoredForward forward = find(arn.asText());
      Map<String, String> tags = new TreeMap<>(forward.tags());
      request.path("TagKeys").forEach(key -> tags.remove(key.asText()));
      forward.tags(tags, lateBy);
      accepted++;
    }
    return JsonNodeFactory.instance.objectNode();
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
