package dev.cutover.dns.route53;

import dev.cutover.dns.route53.StoredSet.StoredKey;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the API of Route 53 refuses. Each rule names its source: the API reference ("API") with the
 * operation or type, the developer guide ("DG") with the page, or messages that people have met in
 * the open trackers of other tools. Where a source leaves a choice, the stricter one is taken.
 */
public final class HostedZoneRules {
  private static final int RECORDS_MAX = 1000;
  private static final int CHARACTERS_MAX = 32_000;

  private HostedZoneRules() {}

  /** One change of a batch. */
  public record ZoneChange(String action, StoredSet set) {}

  /** The request is not even read. */
  static final class InvalidInput extends Exception {
    private static final long serialVersionUID = 1;

    InvalidInput(String message) {
      super(message);
    }
  }

  /** API errors of ChangeResourceRecordSets, NoSuchHealthCheck: HTTP 404. */
  static final class NoSuchHealthCheck extends Exception {
    private static final long serialVersionUID = 1;

    NoSuchHealthCheck(String id) {
      super("No health check exists with the ID " + id);
    }
  }

  /** Nothing of the batch is made: API ChangeResourceRecordSets, "transactional". */
  static final class InvalidBatch extends Exception {
    private static final long serialVersionUID = 1;
    private final List<String> messages;

    InvalidBatch(List<String> messages) {
      super(messages.toString());
      this.messages = List.copyOf(messages);
    }

    List<String> messages() {
      return messages;
    }
  }

  /** The zone after the batch, where only other sets can be the target of an alias. */
  static Map<StoredKey, StoredSet> applied(
      String zone, Map<StoredKey, StoredSet> before, List<ZoneChange> batch)
      throws InvalidInput, InvalidBatch, NoSuchHealthCheck {
    return applied(new AliasRules("Z1", zone, Map.of()), Set.of(), before, batch);
  }

  /** The zone after the batch. */
  static Map<StoredKey, StoredSet> applied(
      AliasRules aliases,
      Set<String> healthChecks,
      Map<StoredKey, StoredSet> before,
      List<ZoneChange> batch)
      throws InvalidInput, InvalidBatch, NoSuchHealthCheck {
    String zone = aliases.zone();
    readable(batch);
    for (ZoneChange change : batch) {
      String check = change.set().healthCheck().orElse("");
      if (!check.isEmpty() && !healthChecks.contains(check)) {
        throw new NoSuchHealthCheck(check);
      }
    }
    List<String> messages = new ArrayList<>(limits(batch));
    Map<StoredKey, StoredSet> after = new TreeMap<>(new ListingOrder());
    after.putAll(before);
    Set<StoredKey> deleted = new HashSet<>();
    for (ZoneChange change : batch) {
      StoredSet set = change.set();
      // DG "Values that you specify": a name lies within its zone; API message of the trackers.
      if (!set.name().equals(zone) && !set.name().endsWith("." + zone)) {
        messages.add(
            "RRSet with DNS name %s is not permitted in zone %s".formatted(set.name(), zone));
        continue;
      }
      switch (change.action()) {
        case "DELETE" -> delete(after, set, deleted, messages);
        case "CREATE" -> {
          // API Change.Action: CREATE makes a set that has the specified values; trackers: message.
          if (after.containsKey(set.key())) {
            messages.add(
                "Tried to create resource record set %s but it already exists"
                    .formatted(set.named()));
          } else {
            put(aliases, after, set, messages);
          }
        }
        case "UPSERT" -> put(aliases, after, set, messages);
        default -> throw new InvalidInput("Value '%s' at action".formatted(change.action()));
      }
    }
    if (!messages.isEmpty()) {
      throw new InvalidBatch(messages);
    }
    return after;
  }

  private static void delete(
      Map<StoredKey, StoredSet> after,
      StoredSet set,
      Set<StoredKey> deleted,
      List<String> messages) {
    StoredSet found = after.get(set.key());
    // API errors, InvalidChangeBatch: the same set deleted twice in a batch.
    if (!deleted.add(set.key())) {
      messages.add(
          "The request contains an invalid set of changes: %s is deleted twice"
              .formatted(set.named()));
    } else if (found == null) {
      // hashicorp/terraform#18509, floci-io/floci#3565: the words.
      messages.add(
          "Tried to delete resource record set %s but it was not found".formatted(set.named()));
    } else if (!found.isExactly(set)) {
      // API ChangeResourceRecordSets, DELETE: all the same values, TTL included.
      messages.add(
          "Tried to delete resource record set %s but the values provided do not match the current values"
              .formatted(set.named()));
    } else {
      after.remove(set.key());
    }
  }

  private static void put(
      AliasRules aliases, Map<StoredKey, StoredSet> after, StoredSet set, List<String> messages) {
    String zone = aliases.zone();
    if (set.aliasTarget().isPresent()) {
      aliases.refusal(set, after).ifPresent(messages::add);
    }
    // DG "Choosing between alias and non-alias": no CNAME at the zone apex (trap 28).
    if (set.type().equals("CNAME") && set.name().equals(zone)) {
      messages.add(
          "RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s"
              .formatted(set.name(), zone));
      return;
    }
    for (StoredSet other : after.values()) {
      if (!other.name().equals(set.name()) || other.key().equals(set.key())) {
        continue;
      }
      // RFC 1034 3.6.2; DNSControl/dnscontrol#3493: create before delete is refused.
      boolean alias = set.type().equals("CNAME") != other.type().equals("CNAME");
      if (alias) {
        messages.add(
            "RRSet of type %s with DNS name %s is not permitted because a conflicting RRSet of type %s with the same DNS name already exists in zone %s"
                .formatted(set.type(), set.name(), other.type(), zone));
      }
      // kubernetes-sigs/external-dns#1411: simple and weighted sets exclude each other (trap 3).
      boolean mixed =
          set.type().equals(other.type())
              && set.identifier().isEmpty() != other.identifier().isEmpty();
      if (mixed) {
        messages.add(
            "RRSet with DNS name %s, type %s, SetIdentifier %s cannot be created as a %s set exists with the same name and type."
                .formatted(
                    set.name(),
                    set.type(),
                    set.identifier(),
                    other.identifier().isEmpty() ? "non-weighted" : "weighted"));
      }
      // aws/aws-sdk-go-v2#518: one TTL for the whole group (trap 5); aliases have none.
      if (set.type().equals(other.type())
          && !set.identifier().isEmpty()
          && set.aliasTarget().isEmpty()
          && other.aliasTarget().isEmpty()
          && !set.ttl().equals(other.ttl())) {
        messages.add(
            "RRSet with DNS name %s, type %s, SetIdentifier %s cannot be created as weighted sets must contain the same TTL."
                .formatted(set.name(), set.type(), set.identifier()));
      }
    }
    // DG "Quotas": 100 weighted sets of one name and type.
    long group =
        after.values().stream()
            .filter(other -> other.name().equals(set.name()) && other.type().equals(set.type()))
            .count();
    if (group >= 100 && !after.containsKey(set.key())) {
      messages.add("Number of weighted sets limit of 100 exceeded for " + set.named());
    }
    set.values().forEach(value -> value(set, value, messages));
    after.put(set.key(), set);
  }

  /** DG "Supported DNS record types"; the words are those that people report. */
  private static void value(StoredSet set, String value, List<String> messages) {
    boolean valid =
        switch (set.type()) {
          case "A" -> value.matches("\\d+\\.\\d+\\.\\d+\\.\\d+") && address(value, 4);
          case "AAAA" -> address(value, 16);
          case "CNAME" -> !value.isBlank() && !value.contains(" ");
          // "Enclose each string in double quotation marks", 255 characters each.
          case "TXT" -> value.matches("\"[^\"]{0,255}\"( \"[^\"]{0,255}\")*");
          case "HTTPS" -> value.matches("\\d+ \\S+( .*)?");
          default -> true;
        };
    if (!valid) {
      messages.add(
          "Invalid Resource Record: 'FATAL problem: Illegal value for type %s encountered with '%s''"
              .formatted(set.type(), value));
    }
  }

  private static boolean address(String value, int bytes) {
    try {
      return InetAddress.ofLiteral(value).getAddress().length == bytes;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void readable(List<ZoneChange> batch) throws InvalidInput {
    // API ChangeBatch.Changes: at least one.
    if (batch.isEmpty()) {
      throw new InvalidInput("1 validation error detected: changes must have at least 1 item");
    }
    for (ZoneChange change : batch) {
      StoredSet set = change.set();
      routed(set);
      if (set.aliasTarget().isPresent()) {
        AliasRules.readable(set);
        continue;
      }
      // API ResourceRecordSet.TTL: 0 to 2147483647; aws-sdk-ruby#1119: no values, no request.
      long ttl = set.ttl().orElse(-1L);
      if (ttl < 0 || ttl > 2_147_483_647L) {
        throw new InvalidInput("Invalid request: TTL " + ttl);
      }
      if (set.values().isEmpty()) {
        throw new InvalidInput("Invalid request: no resource records of " + set.named());
      }
      // API ResourceRecord: one of a CNAME, and of each weighted set (trap 4).
      boolean single = set.type().equals("CNAME") || !set.identifier().isEmpty();
      if (single && set.values().size() > 1) {
        throw new InvalidInput("Invalid request: one resource record for " + set.named());
      }
    }
  }

  private static void routed(StoredSet set) throws InvalidInput {
    // API ResourceRecordSet: Weight is 0 to 255, and goes with a SetIdentifier of 1 to 128.
    long weight = set.weight().orElse(0L);
    if (weight < 0 || weight > 255 || set.weight().isPresent() == set.identifier().isEmpty()) {
      throw new InvalidInput("Invalid request: weight and identifier of " + set.named());
    }
    if (set.identifier().length() > 128) {
      throw new InvalidInput("Invalid request: SetIdentifier of " + set.named());
    }
    // API ResourceRecordSet.HealthCheckId: at most 64 characters.
    if (set.healthCheck().filter(id -> id.isEmpty() || id.length() > 64).isPresent()) {
      throw new InvalidInput("Invalid request: HealthCheckId of " + set.named());
    }
  }

  /** DG "Quotas": 1000 ResourceRecord elements and 32,000 characters, both twice for UPSERT. */
  private static List<String> limits(List<ZoneChange> batch) {
    int records = 0;
    int characters = 0;
    for (ZoneChange change : batch) {
      int times = change.action().equals("UPSERT") ? 2 : 1;
      records += times * change.set().values().size();
      characters += times * change.set().values().stream().mapToInt(String::length).sum();
    }
    List<String> messages = new ArrayList<>();
    if (records > RECORDS_MAX) {
      messages.add("Number of records limit of 1000 exceeded.");
    }
    if (characters > CHARACTERS_MAX) {
      messages.add("Number of characters limit of 32000 exceeded.");
    }
    return messages;
  }
}
