package dev.cutover.dns.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One record of Cloudflare: one value of a set, under an id of its own. What else it holds
 * (comment, tags, settings) is left where it is: a change names only what changes.
 *
 * @param value in the form in which answers of DNS are read; with a remark in parentheses if it is
 *     not answered just like that, so that no plan's value equals it
 * @param ttlSeconds as stored: 1 means automatic; 0 where the switch is of proxied records, of
 *     which nobody caches which origin they have
 */
record CloudflareRecord(String id, SetKey key, String value, int ttlSeconds) {
  private static final int AUTOMATIC = 1;

  /** What automatic is served with (API, TTL; a proxied record always has it). */
  private static final int AUTOMATIC_TTL_SECONDS = 300;

  /**
   * Reads a record; empty for types that no switch touches.
   *
   * @param proxied whether the switch is of records that Cloudflare proxies
   */
  static Optional<CloudflareRecord> of(JsonNode found, boolean proxied) {
    return Stream.of(RecordType.values())
        .filter(type -> type.name().equals(found.path("type").asText()))
        .findFirst()
        .map(
            type ->
                new CloudflareRecord(
                    found.path("id").asText(),
                    new SetKey(RecordSets.normaliseName(found.path("name").asText()), type),
                    value(found, type, proxied),
                    proxied && found.path("proxied").asBoolean(false)
                        ? 0
                        : found.path("ttl").asInt()));
  }

  /** Types that can be proxied (DNS docs, proxy status). */
  static boolean isProxiable(RecordType type) {
    return switch (type) {
      case A, AAAA, CNAME -> true;
      case HTTPS, TXT, SERVER -> false;
    };
  }

  private static String value(JsonNode found, RecordType type, boolean proxied) {
    String value = normal(type, content(found, type));
    List<String> remarks =
        Stream.of(
                proxied ? unproxied(found, type) : remark(found.path("proxied"), "proxied"),
                remark(found.path("settings").path("flatten_cname"), "flattened"),
                remark(found.path("meta").path("read_only"), "kept by another product"))
            .flatMap(Optional::stream)
            .toList();
    return remarks.isEmpty() ? value : "%s (%s)".formatted(value, String.join(", ", remarks));
  }

  private static Optional<String> unproxied(JsonNode found, RecordType type) {
    return isProxiable(type) && !found.path("proxied").asBoolean(false)
        ? Optional.of("not proxied")
        : Optional.empty();
  }

  private static Optional<String> remark(JsonNode flag, String words) {
    return flag.asBoolean(false) ? Optional.of(words) : Optional.empty();
  }

  /** Text without quotation marks is one string: the API takes it so, and shows it so. */
  private static String content(JsonNode found, RecordType type) {
    String content = found.path("content").asText();
    return type == RecordType.TXT && !content.startsWith("\"")
        ? "\"%s\"".formatted(content.replace("\\", "\\\\").replace("\"", "\\\""))
        : content;
  }

  private static String normal(RecordType type, String content) {
    try {
      return WireRecords.normalise(new RecordSet(".", type, 0, List.of(content)))
          .values()
          .getFirst();
    } catch (IllegalArgumentException e) {
      return content; // stored by somebody else, and no value that DNS knows: shown as it is
    }
  }

  boolean isMark() {
    return key.name().startsWith(EpochMark.LABEL);
  }

  private int servedTtlSeconds() {
    return ttlSeconds == AUTOMATIC ? AUTOMATIC_TTL_SECONDS : ttlSeconds;
  }

  /** For people, as in {@link RecordSets#describe}. */
  String describe() {
    return "%s %d %s [%s]".formatted(key.name(), servedTtlSeconds(), key.type(), value);
  }

  /** What is stored for the names of a switch, and their marks. */
  static SwitchState state(SwitchSpec spec, List<CloudflareRecord> stored) {
    List<RecordSet> sets = new ArrayList<>();
    Map<String, EpochMark> marks = new LinkedHashMap<>();
    for (SwitchedName name : spec.names()) {
      for (RecordType type : RecordSets.typesOf(name)) {
        sets.add(set(new SetKey(name.name(), type), stored));
      }
      SetKey mark = new SetKey(EpochMark.nameFor(name.name()), RecordType.TXT);
      marks.put(name.name(), EpochMark.parse(set(mark, stored).values()));
    }
    return new SwitchState(sets, marks);
  }

  /** Its records may differ in their TTL: the highest counts, as caches may keep that. */
  private static RecordSet set(SetKey key, List<CloudflareRecord> stored) {
    List<CloudflareRecord> own = stored.stream().filter(r -> r.key().equals(key)).toList();
    return new RecordSet(
        key.name(),
        key.type(),
        own.stream().mapToInt(CloudflareRecord::servedTtlSeconds).max().orElse(0),
        own.stream().map(CloudflareRecord::value).toList());
  }
}
