package dev.cutover.dns.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.RecordSet;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.ZoneChange;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a change as a batch of Cloudflare, which is made in one transaction, deletions first (API,
 * Batch DNS Records). Pure.
 *
 * <p>A value that changes keeps its record's id: where a name was deleted and created anew, an edge
 * may answer for a moment that there is none (trap 21). A mark does the opposite: each batch
 * deletes it by its id and writes it anew. An id is never given twice, so a second batch over the
 * same mark is refused as a whole: that much of a compare-and-set there is.
 *
 * @param deleted records as they were read
 * @param patched what a stored record holds afterwards
 * @param posted single records that come
 * @param proxied whether the switched records are those that Cloudflare proxies
 */
record CloudflareBatch(
    List<CloudflareRecord> deleted, List<Patch> patched, List<RecordSet> posted, boolean proxied) {
  /** What every plan of Cloudflare makes as one batch (DNS docs, batch record changes). */
  static final int OPERATIONS_MAX = 200;

  /** What every plan of Cloudflare stores; a mark's TTL means nothing. */
  private static final int TTL_MIN_SECONDS = 60;

  /** The only one of a record that is proxied (API, TTL). */
  private static final int TTL_AUTOMATIC = 1;

  /** Never given to a record: ids are random. */
  private static final String NO_RECORD = "c0700fe800000000000000000000c070";

  private static final Pattern HTTPS = Pattern.compile("(\\d+)\\s+(\\S+)\\s*(.*)");
  private static final Pattern PARAMETER = Pattern.compile("([^\\s=]+)=(\"[^\"]*\"|\\S*)");
  private static final String COMMENT = "written by Cutover";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /**
   * A record that stays.
   *
   * @param wanted of one value
   */
  record Patch(CloudflareRecord stored, RecordSet wanted) {
    /** What does not change is not named: the value keeps the spelling that somebody gave it. */
    private ObjectNode json(boolean proxied) {
      ObjectNode fields = record(wanted, proxied);
      if (stored.value().equals(wanted.values().getFirst())) {
        fields.remove(List.of("content", "data"));
      }
      return fields.put("id", stored.id());
    }
  }

  CloudflareBatch {
    deleted = List.copyOf(deleted);
    patched = List.copyOf(patched);
    posted = List.copyOf(posted);
  }

  /** The change of what is stored. */
  static CloudflareBatch of(ZoneChange change, List<CloudflareRecord> stored, boolean proxied) {
    List<CloudflareRecord> deleted = new ArrayList<>();
    List<Patch> patched = new ArrayList<>();
    List<RecordSet> posted = new ArrayList<>();
    Set<SetKey> keys = new LinkedHashSet<>(change.deleted());
    change.added().forEach(set -> keys.add(keyOf(set)));
    for (SetKey key : keys) {
      List<CloudflareRecord> found = new ArrayList<>();
      if (change.deleted().contains(key)) {
        stored.stream().filter(r -> r.key().equals(key)).forEach(found::add);
      }
      List<RecordSet> wanted = new ArrayList<>();
      change.added().stream()
          .filter(s -> keyOf(s).equals(key))
          .forEach(s -> wanted.addAll(singles(s)));
      if (!key.name().startsWith(EpochMark.LABEL)) {
        patched.addAll(paired(found, wanted));
      }
      deleted.addAll(found);
      posted.addAll(wanted);
    }
    // A mark that stays is a condition only if it is written anew.
    for (RecordSet mark : change.required()) {
      if (mark.name().startsWith(EpochMark.LABEL) && !keys.contains(keyOf(mark))) {
        stored.stream().filter(r -> r.key().equals(keyOf(mark))).forEach(deleted::add);
        posted.addAll(singles(mark));
      }
    }
    return new CloudflareBatch(deleted, patched, posted, proxied);
  }

  /** A batch that is refused as a whole, after the right to make it was looked at. */
  static JsonNode trial() {
    ObjectNode batch = NODES.objectNode();
    batch.putArray("deletes").addObject().put("id", NO_RECORD);
    return batch;
  }

  /** Takes out of both lists what can be changed in its place; equal values first. */
  private static List<Patch> paired(List<CloudflareRecord> found, List<RecordSet> wanted) {
    List<Patch> patched = new ArrayList<>();
    for (RecordSet set : List.copyOf(wanted)) {
      found.stream()
          .filter(r -> r.value().equals(set.values().getFirst()))
          .findFirst()
          .ifPresent(
              same -> {
                found.remove(same);
                wanted.remove(set);
                if (same.ttlSeconds() != set.ttlSeconds()) {
                  patched.add(new Patch(same, set));
                }
              });
    }
    while (!found.isEmpty() && !wanted.isEmpty()) {
      patched.add(new Patch(found.removeFirst(), wanted.removeFirst()));
    }
    return patched;
  }

  private static SetKey keyOf(RecordSet set) {
    return new SetKey(set.name(), set.type());
  }

  private static List<RecordSet> singles(RecordSet set) {
    return set.values().stream()
        .map(value -> new RecordSet(set.name(), set.type(), set.ttlSeconds(), List.of(value)))
        .toList();
  }

  /**
   * What a batch that was made went over: the answer shows each deleted record as it was at that
   * moment. A record that was patched shows nothing of before.
   */
  List<CloudflareRecord> overwritten(JsonNode deletes) {
    List<CloudflareRecord> others = new ArrayList<>();
    for (JsonNode found : deletes) {
      CloudflareRecord.of(found, proxied).filter(r -> !deleted.contains(r)).ifPresent(others::add);
    }
    return others;
  }

  /** As the API takes it. */
  JsonNode json() {
    ObjectNode batch = NODES.objectNode();
    ArrayNode deletes = batch.putArray("deletes");
    deleted.forEach(r -> deletes.addObject().put("id", r.id()));
    ArrayNode patches = batch.putArray("patches");
    patched.forEach(p -> patches.add(p.json(proxied)));
    ArrayNode posts = batch.putArray("posts");
    posted.forEach(set -> posts.add(record(set, proxied).put("comment", COMMENT)));
    return batch;
  }

  /**
   * One value as the API takes it: names without the final dot, HTTPS in its parts. What is said of
   * the proxy is always said: a change that leaves it out may end it (trap 22).
   */
  static ObjectNode record(RecordSet single, boolean proxied) {
    String value = single.values().getFirst();
    ObjectNode record = NODES.objectNode();
    record.put("type", single.type().name());
    record.put("name", dotless(single.name()));
    boolean mark = single.name().startsWith(EpochMark.LABEL);
    boolean behindEdge = proxied && CloudflareRecord.isProxiable(single.type());
    int ttlSeconds = behindEdge ? TTL_AUTOMATIC : single.ttlSeconds();
    record.put("ttl", mark ? TTL_MIN_SECONDS : ttlSeconds);
    switch (single.type()) {
      case A, AAAA -> record.put("content", value).put("proxied", proxied);
      case CNAME -> record.put("content", dotless(value)).put("proxied", proxied);
      case TXT -> record.put("content", value);
      case HTTPS -> record.set("data", httpsData(value));
      case SERVER -> throw new IllegalArgumentException("Expected a record, but got " + single);
    }
    return record;
  }

  private static ObjectNode httpsData(String value) {
    Matcher parts = HTTPS.matcher(value);
    if (!parts.matches()) {
      throw new IllegalArgumentException("Expected priority and target, but got " + value);
    }
    Matcher parameters = PARAMETER.matcher(parts.group(3));
    return NODES
        .objectNode()
        .put("priority", Integer.parseInt(parts.group(1)))
        .put("target", parts.group(2))
        .put(
            "value",
            parameters.replaceAll(
                p ->
                    Matcher.quoteReplacement(
                        p.group(2).startsWith("\"")
                            ? p.group()
                            : "%s=\"%s\"".formatted(p.group(1), p.group(2)))));
  }

  static String dotless(String name) {
    return name.endsWith(".") && name.length() > 1 ? name.substring(0, name.length() - 1) : name;
  }
}
