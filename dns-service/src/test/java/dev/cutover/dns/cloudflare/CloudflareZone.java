package dev.cutover.dns.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.dns.Authorities;
import java.util.ArrayList;
import java.util.List;

/** What the zone of a test holds, and what others write there. */
public final class CloudflareZone {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private CloudflareZone() {}

  /** The same as {@link Authorities#ZONE_FILE}, with what people and tools write beside it. */
  public static JsonNode initial() {
    ObjectNode batch = NODES.objectNode();
    ArrayNode posts = batch.putArray("posts");
    for (int i = 0; i < 100; i++) {
      String name = "n%d.shop.example".formatted(i);
      posts.add(record(name, "A", 300, "10.0.0.2").put("comment", "left, rack 2"));
      ObjectNode tagged = record(name, "A", 300, "10.0.0.1").put("comment", "ask Ana");
      tagged.putArray("tags").add("owner:shop");
      posts.add(tagged);
      posts.add(record(name, "AAAA", 1, "2001:db8::1"));
      posts.add(record(name, "HTTPS", 300, "1 . alpn=\"h2\""));
    }
    posts.add(record("*.wild.shop.example", "A", 300, "10.0.0.1"));
    return batch;
  }

  /** One record as the API takes it. */
  public static ObjectNode record(String name, String type, int ttl, String content) {
    ObjectNode record = NODES.objectNode().put("name", name).put("type", type).put("ttl", ttl);
    if (type.equals("HTTPS")) {
      String[] parts = content.split(" ", 3);
      record
          .putObject("data")
          .put("priority", Integer.parseInt(parts[0]))
          .put("target", parts[1])
          .put("value", parts.length > 2 ? parts[2].replaceAll("=([^\" ]+)", "=\"$1\"") : "");
    } else {
      record.put("content", content);
    }
    return record;
  }

  /** Writes a set as other tools do: values in their place, then what is too much or missing. */
  public static JsonNode replace(CloudflareServer server, RecordSet set, int ttlMin) {
    String name = set.name().substring(0, set.name().length() - 1);
    List<StoredRecord> found =
        new ArrayList<>(
            server.stored(name).stream().filter(r -> r.type().equals(set.type().name())).toList());
    int ttl = Math.max(set.ttlSeconds(), ttlMin);
    ObjectNode batch = NODES.objectNode();
    ArrayNode deletes = batch.putArray("deletes");
    ArrayNode patches = batch.putArray("patches");
    ArrayNode posts = batch.putArray("posts");
    for (String value : set.values()) {
      String content =
          set.type() == RecordType.CNAME ? value.substring(0, value.length() - 1) : value;
      ObjectNode record = record(name, set.type().name(), ttl, content);
      if (found.isEmpty()) {
        posts.add(record);
      } else {
        patches.add(record.put("id", found.removeFirst().id()));
      }
    }
    found.forEach(r -> deletes.addObject().put("id", r.id()));
    return batch;
  }

  /** Changes one record by its id. */
  public static JsonNode patch(StoredRecord record, ObjectNode fields) {
    ObjectNode batch = NODES.objectNode();
    batch.putArray("patches").add(fields.put("id", record.id()));
    return batch;
  }

  /** Deletes one record. */
  public static JsonNode delete(StoredRecord record) {
    ObjectNode batch = NODES.objectNode();
    batch.putArray("deletes").addObject().put("id", record.id());
    return batch;
  }

  /** Writes one record. */
  public static JsonNode post(ObjectNode record) {
    ObjectNode batch = NODES.objectNode();
    batch.putArray("posts").add(record);
    return batch;
  }
}
