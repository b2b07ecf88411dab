package dev.cutover.dns.cloudflare;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A record as Cloudflare keeps it: one value under one id.
 *
 * @param name without the final dot
 * @param content as it is shown; that of HTTPS is written from its data
 * @param ttl in seconds; 1 is automatic
 * @param comment empty for none
 * @param modifiedOn counts changes, in the place of a time
 */
public record StoredRecord(
    String id,
    String name,
    String type,
    String content,
    int ttl,
    boolean proxied,
    String comment,
    List<String> tags,
    Optional<ObjectNode> data,
    long modifiedOn) {
  /** API, TTL: what automatic is served with. */
  private static final int AUTOMATIC_TTL = 300;

  public StoredRecord {
    tags = List.copyOf(tags);
  }

  /** API, RecordResponse. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", id).put("name", name).put("type", type).put("content", content);
    json.put("proxiable", isProxiable()).put("proxied", proxied).put("ttl", ttl);
    data.ifPresent(d -> json.set("data", d));
    json.putObject("settings");
    json.putObject("meta");
    if (comment.isEmpty()) {
      json.putNull("comment");
    } else {
      json.put("comment", comment);
    }
    tags.forEach(json.putArray("tags")::add);
    json.put("created_on", "2026-01-01T00:00:00.000000Z");
    json.put("modified_on", "2026-01-01T00:00:%02d.%06dZ".formatted(modifiedOn % 60, modifiedOn));
    return json;
  }

  /** DNS docs, proxy status: only these can be. */
  boolean isProxiable() {
    return List.of("A", "AAAA", "CNAME").contains(type);
  }

  /**
   * What name servers answer with; a proxied record is answered with the edge's addresses, in the
   * place of an alias too (DNS docs, proxy status; of both families as far as the zone has IPv6).
   *
   * @param edge its addresses
   */
  static List<RecordSet> served(Collection<StoredRecord> records, List<String> edge) {
    Map<String, List<StoredRecord>> sets = new LinkedHashMap<>();
    for (StoredRecord record : records) {
      boolean known =
          Stream.of(RecordType.values()).anyMatch(type -> type.name().equals(record.type()));
      if (known) {
        sets.computeIfAbsent(record.name() + " " + record.servedType(), _ -> new ArrayList<>())
            .add(record);
      }
    }
    return sets.values().stream()
        .map(
            set ->
                new RecordSet(
                    set.getFirst().name() + ".",
                    RecordType.valueOf(set.getFirst().servedType()),
                    set.stream()
                        .mapToInt(r -> r.ttl() == 1 ? AUTOMATIC_TTL : r.ttl())
                        .min()
                        .orElseThrow(),
                    set.stream().flatMap(r -> r.wire(edge)).distinct().toList()))
        .filter(set -> !set.values().isEmpty())
        .toList();
  }

  private String servedType() {
    return proxied && type.equals("CNAME") ? "A" : type;
  }

  private Stream<String> wire(List<String> edge) {
    boolean ipv6 = type.equals("AAAA");
    return proxied
        ? edge.stream().filter(address -> address.contains(":") == ipv6)
        : Stream.of(unproxied());
  }

  private String unproxied() {
    return switch (type) {
      case "CNAME" -> content + ".";
      case "TXT" -> content.startsWith("\"") ? content : "\"" + content + "\"";
      default -> content;
    };
  }
}
