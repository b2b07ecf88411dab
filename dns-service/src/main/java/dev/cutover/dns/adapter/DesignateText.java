package dev.cutover.dns.adapter;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordChangePlanner;
import dev.cutover.dns.domain.ZoneChange;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes changes as scripts of {@code sh} with {@code curl} and {@code jq}. The ids of record sets
 * are looked up when it runs: a set that was deleted and created again has another. The token comes
 * from the environment and is in no command line. Pure.
 */
final class DesignateText {
  private DesignateText() {}

  /** The shift as people see it before anybody has decided on it. */
  static String forward(SwitchSpec spec, EpochMark.Epoch staged) {
    ZoneChange shift = RecordChangePlanner.forecast(spec, staged);
    List<String> lines = new ArrayList<>();
    shift.added().stream().filter(set -> !isMark(set.name())).forEach(set -> lines.add(put(set)));
    lines.addAll(gone(shift));
    shift.added().stream().filter(set -> isMark(set.name())).forEach(set -> lines.add(put(set)));
    return text(spec, "shift to the target", lines);
  }

  /**
   * The mark of a person, by which services stop; then the source's sets; then what else is there.
   */
  static String revert(SwitchSpec spec) {
    ZoneChange back = RecordChangePlanner.breakGlass(spec);
    List<String> lines = new ArrayList<>();
    back.added().stream().filter(set -> isMark(set.name())).forEach(set -> lines.add(put(set)));
    back.added().stream().filter(set -> !isMark(set.name())).forEach(set -> lines.add(put(set)));
    lines.addAll(gone(back));
    return text(spec, "revert to the source, by hand", lines);
  }

  /** Deletes the mark of a person, and no other. */
  static String liftMark(SwitchSpec spec) {
    return text(
        spec,
        "lift the mark that the revert by hand has left",
        spec.names().stream()
            .map(name -> RecordChangePlanner.markSet(name, EpochMark.MANUAL))
            .map(m -> "gone '%s' %s %s".formatted(m.name(), m.type(), quoted(m.values())))
            .toList());
  }

  private static boolean isMark(String name) {
    return name.startsWith(EpochMark.LABEL);
  }

  private static String put(RecordSet set) {
    return "put '%s' %s %d %s"
        .formatted(set.name(), set.type(), set.ttlSeconds(), quoted(set.values()));
  }

  private static List<String> gone(ZoneChange change) {
    return change.deleted().stream()
        .filter(key -> change.added().stream().noneMatch(set -> key.equals(keyOf(set))))
        .map(key -> "gone '%s' %s".formatted(key.name(), key.type()))
        .toList();
  }

  private static SetKey keyOf(RecordSet set) {
    return new SetKey(set.name(), set.type());
  }

  /** JSON in a word of the shell. */
  private static String quoted(List<String> values) {
    ArrayNode records = JsonNodeFactory.instance.arrayNode();
    values.forEach(records::add);
    return "'%s'".formatted(records.toString().replace("'", "'\\''"));
  }

  private static String text(SwitchSpec spec, String what, List<String> lines) {
    if (!(spec.provider() instanceof Designate zone)) {
      throw new IllegalArgumentException(
          "Expected a zone of Designate, but got " + spec.provider());
    }
    return """
    #!/bin/sh
    # Cutover: %s. Needs curl and jq, and in the environment:
    #   export OS_TOKEN=$(openstack token issue -f value -c id)
    #   export DNS_ENDPOINT=https://...   # public URL in `openstack catalog show dns`, with /v2
    set -eu
    : "${OS_TOKEN:?}" "${DNS_ENDPOINT:?}"
    sets=$DNS_ENDPOINT/zones/%s/recordsets
    call() { printf 'header = "X-Auth-Token: %%s"\\n' "$OS_TOKEN" | curl -sS --fail-with-body --max-time 20 -K - -H 'Content-Type: application/json' "$@"; }
    found() { call -G "$sets" --data-urlencode "name=$1" --data-urlencode "type=$2" | jq -r --arg name "$1" --argjson only "${3:-null}" '.recordsets[] | select(.name == $name and ($only == null or .records == $only)) | .id'; }
    put() {
      id=$(found "$1" "$2")
      if [ -n "$id" ]
      then call -X PUT "$sets/$id" -d "{\\"ttl\\": $3, \\"records\\": $4}"
      else call -X POST "$sets" -d "{\\"name\\": \\"$1\\", \\"type\\": \\"$2\\", \\"ttl\\": $3, \\"records\\": $4}"
      fi
      echo
    }
    gone() {
      id=$(found "$@")
      if [ -n "$id" ]; then call -X DELETE "$sets/$id"; echo; fi
    }
    """
            .formatted(what, zone.zoneId())
        + String.join("\n", lines)
        + "\n";
  }
}
