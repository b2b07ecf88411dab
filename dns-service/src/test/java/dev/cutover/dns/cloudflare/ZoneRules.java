package dev.cutover.dns.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the API of Cloudflare refuses. Each rule names its source: the API reference ("API") with
 * the operation or field, the DNS documentation ("DNS docs") with the page, the research notes
 * ("3.2"), or the trackers of other tools. Where a source leaves a choice, the stricter one is
 * taken.
 */
public final class ZoneRules {
  private static final int TTL_MAX = 86_400;

  private final String zone;
  private final int ttlMin;
  private final int operationsMax;
  private long ids;

  /**
   * @param zone its name without the final dot
   * @param ttlMin 60, or 30 in a zone of Enterprise (API, TTL)
   * @param operationsMax 200 on Free, else 3500 (DNS docs, batch record changes)
   */
  public ZoneRules(String zone, int ttlMin, int operationsMax) {
    this.zone = zone;
    this.ttlMin = ttlMin;
    this.operationsMax = operationsMax;
  }

  /** The request is refused, all of it. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int code;

    Refused(int code, String message) {
      super(message);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /** What a batch does: the zone afterwards, and the records that the answer shows. */
  record Made(
      Map<String, StoredRecord> after,
      List<StoredRecord> deletes,
      List<StoredRecord> patches,
      List<StoredRecord> puts,
      List<StoredRecord> posts) {}

  /**
   * API, Batch DNS Records: one transaction; deletes, patches, puts, posts, in this order whatever
   * the body's.
   */
  Made batch(Map<String, StoredRecord> before, JsonNode body) throws Refused {
    int operations = 0;
    for (String kind : List.of("deletes", "patches", "puts", "posts")) {
      operations += body.path(kind).size();
    }
    if (operations == 0) {
      throw new Refused(9207, "Request body is invalid.");
    }
    if (operations > operationsMax) {
      throw new Refused(1004, "Batch size exceeds the limit of " + operationsMax);
    }
    Map<String, StoredRecord> zoneRecords = new LinkedHashMap<>(before);
    Made made =
        new Made(
            zoneRecords,
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    for (JsonNode delete : body.path("deletes")) {
      made.deletes().add(existing(zoneRecords, delete));
      zoneRecords.remove(delete.path("id").asText());
    }
    for (JsonNode patch : body.path("patches")) {
      StoredRecord old = existing(zoneRecords, patch);
      StoredRecord changed = patched(old, patch);
      zoneRecords.remove(old.id());
      check(zoneRecords, changed);
      zoneRecords.put(changed.id(), changed);
      made.patches().add(changed);
    }
    for (JsonNode put : body.path("puts")) {
      StoredRecord old = existing(zoneRecords, put);
      // API, Overwrite DNS Record: what is not named is lost (trap 22).
      StoredRecord changed = written(old.id(), put);
      zoneRecords.remove(old.id());
      check(zoneRecords, changed);
      zoneRecords.put(changed.id(), changed);
      made.puts().add(changed);
    }
    for (JsonNode post : body.path("posts")) {
      StoredRecord added = written("%032x".formatted(0xabcdef000000L + ++ids), post);
      check(zoneRecords, added);
      zoneRecords.put(added.id(), added);
      made.posts().add(added);
    }
    return made;
  }

  /** Trackers (zanjie1999/cloudflare-api-v4-ddns#5): 81044, and with it the whole batch. */
  private static StoredRecord existing(Map<String, StoredRecord> records, JsonNode named)
      throws Refused {
    StoredRecord found = records.get(named.path("id").asText());
    if (found == null) {
      throw new Refused(81044, "Record does not exist.");
    }
    return found;
  }

  /** API, Update DNS Record: what is not named stays. */
  private StoredRecord patched(StoredRecord old, JsonNode patch) throws Refused {
    // hashicorp/terraform#5316: a type can't be changed in its place.
    if (patch.has("type") && !patch.path("type").asText().equals(old.type())) {
      throw new Refused(1004, "DNS Validation Error: the type of a record cannot be changed");
    }
    Optional<ObjectNode> data =
        patch.path("data") instanceof ObjectNode given ? Optional.of(given) : old.data();
    return new StoredRecord(
        old.id(),
        patch.has("name") ? absolute(patch.path("name").asText()) : old.name(),
        old.type(),
        data.isPresent() ? https(data.get()) : patch.path("content").asText(old.content()),
        patch.path("ttl").asInt(old.ttl()),
        patch.path("proxied").asBoolean(old.proxied()),
        patch.path("comment").asText(old.comment()),
        patch.has("tags") ? texts(patch.path("tags")) : old.tags(),
        data,
        old.modifiedOn() + 1);
  }

  private StoredRecord written(String id, JsonNode given) throws Refused {
    for (String field : List.of("name", "type", "ttl")) {
      // API, record types: required.
      if (!given.has(field)) {
        throw new Refused(9207, "Request body is invalid: %s is required".formatted(field));
      }
    }
    String type = given.path("type").asText();
    Optional<ObjectNode> data =
        given.path("data") instanceof ObjectNode node ? Optional.of(node) : Optional.empty();
    // API, HTTPSRecord.content: formatted from data, which is what sets it.
    if (type.equals("HTTPS") != data.isPresent()) {
      throw new Refused(9101, "data is a required field for this type of record");
    }
    return new StoredRecord(
        id,
        absolute(given.path("name").asText()),
        type,
        data.isPresent() ? https(data.get()) : given.path("content").asText(),
        given.path("ttl").asInt(),
        given.path("proxied").asBoolean(false),
        given.path("comment").asText(""),
        texts(given.path("tags")),
        data,
        1);
  }

  /** API, name: complete, with the zone's; what lies outside is taken as relative (DNS docs). */
  private String absolute(String name) throws Refused {
    if (name.endsWith(".")) {
      throw new Refused(9000, "DNS name is invalid."); // 3.2, trap 26: Cloudflare omits the dot
    }
    return name.equals(zone) || name.endsWith("." + zone) ? name : name + "." + zone;
  }

  private static String https(ObjectNode data) {
    return "%d %s %s"
        .formatted(
            data.path("priority").asInt(),
            data.path("target").asText(),
            data.path("value").asText())
        .strip();
  }

  private void check(Map<String, StoredRecord> others, StoredRecord record) throws Refused {
    if (record.proxied() && !record.isProxiable()) {
      throw new Refused(9004, "This record type cannot be proxied."); // DNS docs, proxy status
    }
    // API, TTL: 1, or from the plan's minimum to a day; proxied is always automatic.
    boolean automatic = record.ttl() == 1;
    if (!automatic && (record.ttl() < ttlMin || record.ttl() > TTL_MAX || record.proxied())) {
      throw new Refused(
          9021,
          "Invalid TTL. Must be between %d and %d seconds, or 1 for Automatic."
              .formatted(ttlMin, TTL_MAX));
    }
    content(record);
    for (StoredRecord other : others.values()) {
      if (!other.name().equals(record.name())) {
        continue;
      }
      if (other.type().equals(record.type()) && other.content().equals(record.content())) {
        throw new Refused(81058, "An identical record already exists."); // LINKIWI#30
      }
      // API, Create DNS Record: A and AAAA not beside CNAME; hashicorp/terraform#10065: codes.
      // RFC 1034 3.6.2 forbids HTTPS and TXT there too, so it is refused here.
      if (record.type().equals("CNAME")) {
        throw new Refused(81053, "An A, AAAA, or CNAME record with that host already exists.");
      }
      if (other.type().equals("CNAME")) {
        throw new Refused(81054, "A CNAME record with that host already exists.");
      }
    }
  }

  private static void content(StoredRecord record) throws Refused {
    boolean valid =
        switch (record.type()) {
          case "A" -> record.content().matches("\\d+(\\.\\d+){3}") && address(record.content(), 4);
          case "AAAA" -> address(record.content(), 16);
          case "CNAME" -> !record.content().isBlank() && !record.content().endsWith(".");
          // API, TXTRecord.content: quoted strings of up to 255 bytes.
          case "TXT" -> record.content().matches("\"[^\"]{0,255}\"( \"[^\"]{0,255}\")*");
          case "HTTPS" -> record.content().matches("\\d+ \\S+( ([^\\s=]+=\"[^\"]*\" ?)*)?");
          default -> true;
        };
    if (!valid) {
      // DNSControl and ddns trackers: 9005 for content, under 1004.
      throw new Refused(
          9005, "Content for %s record is invalid: %s".formatted(record.type(), record.content()));
    }
  }

  private static boolean address(String value, int bytes) {
    try {
      return InetAddress.ofLiteral(value).getAddress().length == bytes;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
