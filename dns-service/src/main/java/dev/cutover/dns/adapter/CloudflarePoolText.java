package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes changes of load balancers of Cloudflare as scripts of {@code curl} and {@code jq}. They
 * look up what is there, so that the rest of a description stays. Pure.
 */
final class CloudflarePoolText {
  private CloudflarePoolText() {}

  /** The shift as people see it before anybody has decided on it. */
  static String forward(SwitchSpec spec, CloudflarePools provider, EpochMark.Epoch staged) {
    return script(
        spec,
        provider,
        "shift to the target",
        100,
        "epoch=<of the shift> cutover=%s".formatted(staged.cutover()));
  }

  /** The way back over whatever is there, with the mark of a person. */
  static String revert(SwitchSpec spec, CloudflarePools provider) {
    return script(
        spec,
        provider,
        "revert to the source, by hand",
        0,
        CloudflareSteering.bare(EpochMark.MANUAL));
  }

  private static String script(
      SwitchSpec spec, CloudflarePools provider, String title, int percent, String mark) {
    return head(title, provider)
        + """
        mark='%s'
        left=0
        # Other pools, rules and settings stay. The fallback follows if it is one of these pools.
        share() {
          balancer "$1" || return 1
          change=$(jq -cn --argjson found "$found" --argjson change "$2" --argjson pools "$3" --arg mark "$mark" '
            $change
            + {description: ((($found.description // "") | sub("\\\\s*\\\\[cutover: [^\\\\]]*\\\\]\\\\s*$"; "")) as $own
                | (if $own == "" then "" else $own + " " end) + "[cutover: " + $mark + "]")}
            + (if $found.fallback_pool | IN($pools[]) then {fallback_pool: $change.default_pools[0]} else {} end)')
          ask -X PATCH --data "$change" "$balancers/$(jq -r .id <<<"$found")" | result |
            jq -r '"\\(.name) \\(.default_pools | join(" ")) \\(.description)"'
        }
        """
            .formatted(mark)
        + spec.names().stream().map(name -> line(spec, name, percent)).collect(Collectors.joining())
        + """
        if ((left)); then
          echo "$left of them could not be changed: see above" >&2
          exit 1
        fi
        echo "the weights are written"
        """;
  }

  private static String line(SwitchSpec spec, SwitchedName name, int percent) {
    List<String> source = pools(spec, name, Side.SOURCE);
    List<String> target = pools(spec, name, Side.TARGET);
    return "share '%s' '%s' '[%s]' || ((left += 1))\n"
        .formatted(
            CloudflareBatch.dotless(name.name()),
            CloudflareSteering.byHand(source, target, percent),
            Stream.concat(source.stream(), target.stream())
                .map("\"%s\""::formatted)
                .collect(Collectors.joining(",")));
  }

  private static List<String> pools(SwitchSpec spec, SwitchedName name, Side side) {
    return RecordSets.valuesOf(spec.plain(side), name.name(), RecordType.SERVER);
  }

  /** Removes the mark of a person, and no other. */
  static String liftMark(SwitchSpec spec, CloudflarePools provider) {
    return head("lifts the mark of a person", provider)
        + """
        for name in %s; do
          balancer "$name" || exit 1
          if jq -e '(.description // "") | test("\\\\[cutover: manual\\\\]\\\\s*$")' <<<"$found" >/dev/null; then
            change=$(jq -c '{description: (.description | sub("\\\\s*\\\\[cutover: manual\\\\]\\\\s*$"; ""))}' <<<"$found")
            ask -X PATCH --data "$change" "$balancers/$(jq -r .id <<<"$found")" | result >/dev/null
            echo "$name: lifted"
          else
            echo "$name: left alone, there is no mark of a person"
          fi
        done
        """
            .formatted(
                spec.names().stream()
                    .map(name -> "'%s'".formatted(CloudflareBatch.dotless(name.name())))
                    .collect(Collectors.joining(" ")));
  }

  private static String head(String title, CloudflarePools provider) {
    return """
      #!/usr/bin/env bash
      # Cutover: %s.
      # Needs curl, jq, and in CLOUDFLARE_API_TOKEN a token with the permission Load Balancers Edit for this zone.
      set -uo pipefail
      : "${CLOUDFLARE_API_TOKEN:?a token with the permission Load Balancers Edit}"
      balancers="${CLOUDFLARE_API:-https://api.cloudflare.com/client/v4}/zones/%s/load_balancers"
      ask() {
        curl -sS --max-time 30 -H 'Content-Type: application/json' "$@" \\
          --config <(printf 'header = "Authorization: Bearer %%s"\\n' "$CLOUDFLARE_API_TOKEN")
      }
      result() { jq -ce 'if .success then .result else error("refused: \\(.errors | tojson)") end'; }
      # The load balancer of that name as it is now.
      balancer() {
        found=$(ask "$balancers" | result | jq -ce --arg name "$1" '.[] | select(.name == $name)') ||
          { echo "$1: there is no load balancer of that name to be seen" >&2; return 1; }
      }
      """
        .formatted(title, provider.zoneId());
  }
}
