package dev.cutover.sync.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** Policies as {@link AmazonFront} has them. Safe for several threads. */
public final class BucketPolicies {
  private static final Pattern KEY = Pattern.compile("Credential=([^/]+)/");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> KNOWN =
      Set.of("Sid", "Effect", "Principal", "Action", "Resource", "Condition");

  private record Version(Optional<String> policy, Instant at) {}

  private final Map<String, List<Version>> buckets = new ConcurrentHashMap<>();
  private final Map<String, String> principals = new ConcurrentHashMap<>();
  private volatile Duration inForceAfter = Duration.ZERO;

  BucketPolicies() {}

  /** Who signs with that key; whoever signs with another is anonymous. */
  public void know(String accessKey, String arn) {
    principals.put(accessKey, arn);
  }

  /** How long after it was written a policy is in force everywhere. */
  public void inForceAfter(Duration span) {
    inForceAfter = span;
  }

  /** The policy that was written last. */
  public synchronized Optional<String> of(String bucket) {
    return versions(bucket).getLast().policy();
  }

  /** Writes it as somebody else would. */
  public synchronized void put(String bucket, Optional<String> policy) {
    versions(bucket).add(new Version(policy, Instant.now()));
  }

  private List<Version> versions(String bucket) {
    return buckets.computeIfAbsent(
        bucket, _ -> new ArrayList<>(List.of(new Version(Optional.empty(), Instant.EPOCH))));
  }

  /** Answers what is about policies, and what they refuse; returns whether it did. */
  boolean answers(HttpExchange exchange, byte[] body) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String bucket = path.split("/", 3)[1];
    String query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
    if (query.equals("policy")) {
      policy(exchange, bucket, body);
      return true;
    }
    Optional<String> action = action(exchange.getRequestMethod(), path, query);
    if (action.isEmpty() || !isDenied(exchange, bucket, path.substring(1), action.get())) {
      return false;
    }
    fail(exchange, 403, "AccessDenied");
    return true;
  }

  private void policy(HttpExchange exchange, String bucket, byte[] body) throws IOException {
    switch (exchange.getRequestMethod()) {
      case "GET" -> {
        Optional<String> policy = of(bucket);
        if (policy.isEmpty()) {
          fail(exchange, 404, "NoSuchBucketPolicy");
        } else {
          send(exchange, 200, policy.get());
        }
      }
      case "PUT" -> {
        String text = new String(body, StandardCharsets.UTF_8);
        if (body.length > FencePolicy.BYTES_MAX || statements(text).isEmpty()) {
          fail(exchange, 400, "MalformedPolicy");
        } else {
          put(bucket, Optional.of(text));
          exchange.sendResponseHeaders(204, -1);
        }
      }
      default -> {
        put(bucket, Optional.empty());
        exchange.sendResponseHeaders(204, -1);
      }
    }
  }

  /** API reference and user guide, "Required permissions for Amazon S3 API operations". */
  private static Optional<String> action(String method, String path, String query) {
    boolean isObject = path.split("/", 3).length == 3 && !path.endsWith("/");
    if (!isObject || method.equals("GET") || method.equals("HEAD")) {
      return Optional.empty();
    }
    return Optional.of(
        switch (method) {
          case "PUT" -> query.equals("tagging") ? "s3:PutObjectTagging" : "s3:PutObject";
          case "POST" -> "s3:PutObject";
          default -> query.contains("uploadId") ? "s3:AbortMultipartUpload" : "s3:DeleteObject";
        });
  }

  private synchronized boolean isDenied(
      HttpExchange exchange, String bucket, String resource, String action) {
    List<Version> versions = versions(bucket);
    Instant now = Instant.now();
    while (versions.size() > 1 && !versions.get(1).at().plus(inForceAfter).isAfter(now)) {
      versions.removeFirst();
    }
    Version one = versions.get(ThreadLocalRandom.current().nextInt(versions.size()));
    Optional<String> principal =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
            .map(KEY::matcher)
            .filter(Matcher::find)
            .map(matcher -> principals.get(matcher.group(1)));
    return one.policy().stream()
        .flatMap(text -> statements(text).stream())
        .anyMatch(statement -> denies(statement, principal, resource, action));
  }

  private static boolean denies(
      JsonNode statement, Optional<String> principal, String resource, String action) {
    return statement.path("Effect").asText().equals("Deny")
        && statement.path("Principal").asText().equals("*")
        && texts(statement.path("Action")).stream().anyMatch(pattern -> like(pattern, action))
        && texts(statement.path("Resource")).stream()
            .anyMatch(pattern -> like(pattern, "arn:aws:s3:::" + resource))
        && texts(statement.path("Condition").path("ArnNotEquals").path("aws:PrincipalArn")).stream()
            .noneMatch(arn -> principal.equals(Optional.of(arn)));
  }

  private static List<String> texts(JsonNode node) {
    return node.isArray()
        ? StreamSupport.stream(node.spliterator(), false).map(JsonNode::asText).toList()
        : node.isTextual() ? List.of(node.asText()) : List.of();
  }

  private static boolean like(String pattern, String text) {
    return text.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
  }

  private static List<JsonNode> statements(String text) {
    try {
      JsonNode found = JSON.readTree(text).path("Statement");
      List<JsonNode> statements = new ArrayList<>();
      if (found.isArray()) {
        found.forEach(statements::add);
      } else if (found.isObject()) {
        statements.add(found);
      }
      for (JsonNode statement : statements) {
        for (Iterator<String> names = statement.fieldNames(); names.hasNext(); ) {
          String name = names.next();
          if (!KNOWN.contains(name)) {
            throw new IllegalStateException("Expected a policy that is modelled, but " + name);
          }
        }
      }
      return statements;
    } catch (IOException e) {
      return List.of();
    }
  }

  private static void fail(HttpExchange exchange, int status, String code) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    send(exchange, status, "<Error><Code>%s</Code><Message>no</Message></Error>".formatted(code));
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
