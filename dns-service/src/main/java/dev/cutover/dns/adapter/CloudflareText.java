package dev.cutover.dns.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordChangePlanner;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.ZoneChange;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes changes for people. A change by hand is a script of {@code curl} and {@code jq}: ids of
 * records are not known beforehand, so it asks for those that are there, whatever has been before.
 * Pure.
 */
final class CloudflareText {
  private static final JsonMapper JSON = new JsonMapper();

  private static final String LIFT_MARK =
      """
      batch=$(jq -cn --argjson found "$found" \\
        '{deletes: [$found[] | select(.type == "TXT" and (.content | gsub("\\""; "") == "manual")) | {id}]}')
      if [[ $(jq '.deletes | length' <<<"$batch") == 0 ]]; then
        echo "there is no mark of a person"
      else
        ask --data "$batch" "$zone/dns_records/batch" | result >/dev/null
        echo "the mark is deleted"
      fi
      """;

  private CloudflareText() {}

  /** The shift as people see it before anybody has decided on it. */
  static String forward(SwitchSpec spec, EpochMark.Epoch staged) {
    ZoneChange shift = RecordChangePlanner.forecast(spec, staged);
    return Stream.concat(
            Stream.of(
                "# Cutover: shift to the target, one batch of zone %s"
                    .formatted(zone(spec).zoneId()),
                "# values keep their record's id, comment, tags and settings where the type stays",
                zone(spec).edge().isPresent()
                    ? "# proxied: the edge's addresses stay, and its origin is what changes"
                    : "# not proxied: these are what is answered"),
            Stream.concat(lines("-", spec.served(Side.SOURCE)), lines("+", shift.added())))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Stream<String> lines(String sign, Collection<RecordSet> sets) {
    return sets.stream()
        .flatMap(
            set ->
                set.values().stream()
                    .map(
                        value ->
                            "%s %s %d %s %s"
                                .formatted(sign, set.name(), set.ttlSeconds(), set.type(), value)));
  }

  /**
   * Writes the source's records over whatever is there, with the mark of a person, in one
   * transaction.
   */
  static String revert(SwitchSpec spec) {
    ZoneChange back = RecordChangePlanner.breakGlass(spec);
    ArrayNode wanted = JsonNodeFactory.instance.arrayNode();
    for (RecordSet set : back.added()) {
      for (String value : set.values()) {
        wanted.add(
            CloudflareBatch.record(
                new RecordSet(set.name(), set.type(), set.ttlSeconds(), List.of(value)),
                zone(spec).edge().isPresent()));
      }
    }
    boolean text =
        spec.names().stream().anyMatch(name -> RecordSets.typesOf(name).contains(RecordType.TXT));
    return head(spec, "Cutover: revert to the source, by hand.", names(spec))
        + written(quoted(wanted), text ? ", \"TXT\"" : "");
  }

  /**
   * Addresses keep the ids that they have, others are changed in their place, the rest goes or
   * comes; values that can be spelt in several ways are written anew.
   */
  private static String written(String wanted, String furtherType) {
    return """
      wanted='%s'
      batch=$(jq -cn --argjson found "$found" --argjson wanted "$wanted" '
        def key: [.name, .type];
        def value: .content // .data;
        ["A", "AAAA", "CNAME", "HTTPS"%s] as $types
        | [$found[] | select((.type | IN($types[])) or (.type == "TXT" and (.name | startswith("_cutover."))))] as $old
        | reduce (($old + $wanted) | map(key) | unique | .[]) as $key ({deletes: [], patches: [], posts: []};
            ([$old[] | select(key == $key)]) as $o
            | ([$wanted[] | select(key == $key)]) as $w
            | if ($key[1] | IN("A", "CNAME")) then
                ([$o[] | select(value | IN($w[] | value))]) as $same
                | ([$w[] | select(value | IN($same[] | value))]) as $kept
                | (($same | sort_by(value)) + ($o - $same)) as $o
                | (($kept | sort_by(value)) + ($w - $kept)) as $w
                | ([($o | length), ($w | length)] | min) as $n
                | .patches += [range($n) as $i | $w[$i] + {id: $o[$i].id}]
                | .deletes += [$o[$n:][] | {id}]
                | .posts += $w[$n:]
              else
                .deletes += [$o[] | {id}]
                | .posts += $w
              end)')
      ask --data "$batch" "$zone/dns_records/batch" | result >/dev/null
      echo "the source's records are written"
      """
        .formatted(wanted, furtherType);
  }

  /** Deletes the mark of a person, and no other. */
  static String liftMark(SwitchSpec spec) {
    List<String> marks = spec.names().stream().map(n -> EpochMark.nameFor(n.name())).toList();
    return head(
            spec,
            "Cutover: lifts the mark of a person at %s".formatted(String.join(" ", marks)),
            marks)
        + LIFT_MARK;
  }

  private static List<String> names(SwitchSpec spec) {
    return spec.names().stream()
        .map(SwitchedName::name)
        .flatMap(name -> Stream.of(name, EpochMark.nameFor(name)))
        .toList();
  }

  private static String head(SwitchSpec spec, String title, List<String> names) {
    return """
      #!/usr/bin/env bash
      # %s
      # Needs curl, jq, and in CLOUDFLARE_API_TOKEN a token with the permission DNS Edit for this zone.
      set -euo pipefail
      : "${CLOUDFLARE_API_TOKEN:?a token with the permission DNS Edit}"
      zone="${CLOUDFLARE_API:-https://api.cloudflare.com/client/v4}/zones/%s"
      ask() {
        curl -sS --max-time 30 -H 'Content-Type: application/json' "$@" \\
          --config <(printf 'header = "Authorization: Bearer %%s"\\n' "$CLOUDFLARE_API_TOKEN")
      }
      result() { jq -ce 'if .success then .result else error("refused: \\(.errors | tojson)") end'; }
      # All records of these names as they are now.
      found=$(for name in %s; do
        ask --get --data-urlencode "name.exact=$name" --data per_page=500 "$zone/dns_records" | result
      done | jq -cs add)
      """
        .formatted(
            title,
            zone(spec).zoneId(),
            names.stream()
                .map(name -> "'%s'".formatted(CloudflareBatch.dotless(name)))
                .collect(Collectors.joining(" ")));
  }

  private static Cloudflare zone(SwitchSpec spec) {
    return switch (spec.provider()) {
      case Cloudflare zone -> zone;
      case SwitchProvider.Rfc2136 _,
          SwitchProvider.Route53 _,
          SwitchProvider.Designate _,
          SwitchProvider.HaProxy _,
          SwitchProvider.CloudflarePools _,
          SwitchProvider.TargetGroups _ ->
          throw new IllegalArgumentException(
              "Expected a zone of Cloudflare, but got " + spec.provider());
    };
  }

  /** Within single quotation marks of a shell. */
  private static String quoted(ArrayNode json) {
    try {
      return JSON.writeValueAsString(json).replace("'", "'\\''");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected every record to have a JSON form", e);
    }
  }
}
