package dev.cutover.sync.adapter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.ObjectsSpec.ObjectPlace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The statement that fences a bucket, put into its policy and taken out again so that the rest of
 * the text stays as it was, to the letter. Pure.
 *
 * <p>An explicit Deny wins over whatever allows, in any policy, presigned URLs and the account's
 * root included (IAM user guide, "Policy evaluation logic"). It names everybody and excepts the
 * copier by {@code aws:PrincipalArn}, which of an assumed role is the role's ARN; a request without
 * that key, such as an anonymous one, meets a negated condition and is denied (same guide,
 * "Condition operators"). Not by {@code NotPrincipal}, which wants each session's ARN and denies
 * principals with permission boundaries whatever it names (same guide, "NotPrincipal").
 */
final class FencePolicy {
  /** Amazon S3 user guide, "Bucket policies": "limited to 20 KB in size". */
  static final int BYTES_MAX = 20 * 1024;

  /** All by which an object comes, goes or changes. A policy never keeps anybody from these. */
  private static final List<String> ACTIONS =
      List.of(
          "s3:PutObject",
          "s3:PutObjectTagging",
          "s3:PutObjectVersionTagging",
          "s3:DeleteObject",
          "s3:DeleteObjectVersion",
          "s3:DeleteObjectTagging",
          "s3:DeleteObjectVersionTagging",
          "s3:ReplicateObject",
          "s3:ReplicateDelete",
          "s3:ReplicateTags");

  private static final Pattern SID = Pattern.compile("CutoverFence([0-9a-f]{12})E(\\d+)(S?)");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonFactory READER = new JsonFactory();

  private final ObjectPlace place;
  private final String token;

  /** For the statements of one cutover in the policy of one bucket. */
  FencePolicy(ObjectPlace place, CutoverId cutover) {
    this.place = place;
    this.token = token(cutover.value() + "/" + place.prefix());
  }

  /** Letters and digits are all that a Sid may have (IAM user guide, "Sid"). */
  private static String token(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 on every JVM, but it is missing", e);
    }
  }

  /** Epochs of this cutover's statements in that policy, the lowest first. */
  List<Long> epochs(Optional<String> policy) {
    List<Long> epochs = new ArrayList<>();
    sids(policy).forEach(sid -> epochs.add(epoch(sid)));
    Collections.sort(epochs);
    return List.copyOf(epochs);
  }

  /** The policy with the statement of that epoch, and without any other of this cutover. */
  String fenced(Optional<String> policy, long epoch) {
    Optional<String> base = opened(policy);
    if (base.isEmpty()) {
      return "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}".formatted(statement(sid(epoch)));
    }
    String text = base.get();
    Span statements = statements(text);
    return statements.isArray()
        ? text.substring(0, statements.from() + 1)
            + statement(sid(epoch))
            + ","
            + text.substring(statements.from() + 1)
        : text.substring(0, statements.from())
            + "["
            + statement(sid(epoch) + "S")
            + ","
            + text.substring(statements.from(), statements.until())
            + "]"
            + text.substring(statements.until());
  }

  /** The policy without this cutover's statements; empty when nothing is left. */
  Optional<String> opened(Optional<String> policy) {
    Optional<String> left = policy;
    for (String sid : sids(policy)) {
      left = left.flatMap(text -> without(text, sid));
    }
    return left;
  }

  private Optional<String> without(String text, String sid) {
    String statement = statement(sid);
    int at = text.indexOf(statement + ",");
    if (at < 0) {
      return withoutParsed(text, sid);
    }
    String before = text.substring(0, at);
    String after = text.substring(at + statement.length() + 1);
    if (!sid.endsWith("S")) {
      return Optional.of(before + after);
    }
    Span statements = statements(before + after);
    return statements.isArray()
        ? Optional.of(
            before.substring(0, statements.from())
                + (before + after).substring(statements.from() + 1, statements.until() - 1)
                + (before + after).substring(statements.until()))
        : Optional.of(before + after);
  }

  /** A store may write a policy in its own way; or this statement is the only one. */
  private static Optional<String> withoutParsed(String text, String sid) {
    ObjectNode root = parsed(text);
    ArrayNode left = JSON.createArrayNode();
    each(root).stream()
        .filter(statement -> !statement.path("Sid").asText().equals(sid))
        .forEach(left::add);
    if (left.isEmpty()) {
      return Optional.empty();
    }
    root.set("Statement", sid.endsWith("S") && left.size() == 1 ? left.get(0) : left);
    return Optional.of(root.toString());
  }

  /** The Sid of the statement that a policy has at that epoch. */
  Optional<String> sidAt(Optional<String> policy, long epoch) {
    return sids(policy).stream().filter(sid -> epoch(sid) == epoch).findFirst();
  }

  /** Whether the statement of that epoch is in the policy as it was put there. */
  boolean holds(Optional<String> policy, long epoch) {
    return sidAt(policy, epoch)
        .filter(
            sid -> {
              JsonNode ours = parsed(statement(sid));
              return each(parsed(policy.orElseThrow())).stream().anyMatch(ours::equals);
            })
        .isPresent();
  }

  private List<String> sids(Optional<String> policy) {
    return policy.stream()
        .flatMap(text -> each(parsed(text)).stream())
        .map(statement -> statement.path("Sid").asText())
        .filter(sid -> SID.matcher(sid).matches() && sid.startsWith(prefix()))
        .toList();
  }

  /** What the Sids of this cutover's statements begin with. */
  String prefix() {
    return "CutoverFence" + token;
  }

  private static long epoch(String sid) {
    Matcher matcher = SID.matcher(sid);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("Expected a fence's Sid, but got " + sid);
    }
    return Long.parseLong(matcher.group(2));
  }

  private String sid(long epoch) {
    return "%sE%d".formatted(prefix(), epoch);
  }

  private String statement(String sid) {
    ObjectNode statement = JSON.createObjectNode();
    statement.put("Sid", sid).put("Effect", "Deny").put("Principal", "*");
    ACTIONS.forEach(statement.putArray("Action")::add);
    statement.put(
        "Resource",
        "arn:%s:s3:::%s/%s*".formatted(partition(place.region()), place.bucket(), place.prefix()));
    statement
        .putObject("Condition")
        .putObject("ArnNotEquals")
        .put("aws:PrincipalArn", place.copier().orElseThrow());
    return statement.toString();
  }

  /** AWS general reference, "Amazon Resource Names": partitions. */
  private static String partition(String region) {
    return region.startsWith("cn-")
        ? "aws-cn"
        : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  }

  private static List<JsonNode> each(ObjectNode root) {
    JsonNode statements = root.path("Statement");
    List<JsonNode> each = new ArrayList<>();
    if (statements.isArray()) {
      statements.forEach(each::add);
    } else if (statements.isObject()) {
      each.add(statements);
    }
    return each;
  }

  private static ObjectNode parsed(String text) {
    try {
      if (JSON.readTree(text) instanceof ObjectNode root) {
        return root;
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected a bucket policy in JSON, but it is not: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException("Expected a bucket policy, but it is no JSON object");
  }

  /** Where the value of the policy's {@code Statement} is in its text. */
  private record Span(int from, int until, boolean isArray) {}

  private static Span statements(String text) {
    try (JsonParser parser = READER.createParser(text)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isIt = parser.currentName().equals("Statement");
        boolean isArray = parser.nextToken() == JsonToken.START_ARRAY;
        int from = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        if (isIt) {
          return new Span(from, (int) parser.currentLocation().getCharOffset(), isArray);
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected a bucket policy in JSON, but it is not: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException("Expected a bucket policy with statements, but it has none");
  }
}
