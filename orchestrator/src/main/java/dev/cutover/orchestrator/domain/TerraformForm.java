package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Alias;
import dev.cutover.contract.Checked;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.TxtValue;
import dev.cutover.orchestrator.domain.KeeperForms.Records;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * As Terraform's resources of the zone's provider have it: {@code aws_route53_record}, {@code
 * cloudflare_dns_record} (one for each value), {@code openstack_dns_recordset_v2}, and {@code
 * dns_a_record_set} and its like of hashicorp/dns (docs/resources at 6db16f9), which has none for
 * HTTPS. Values for resources that exist: nothing has to be imported.
 */
final class TerraformForm {
  private TerraformForm() {}

  static String of(Records records) {
    StringBuilder text =
        new StringBuilder(
            "# Values for the resources that exist: 'terraform plan' must find no changes then.\n");
    if (records.spec().provider() instanceof Cloudflare) {
      text.append("# Release 4 of the provider calls them cloudflare_record.\n");
    }
    for (RecordSet set : records.sets()) {
      text.append(resources(records, set));
    }
    records
        .gone()
        .forEach(
            type ->
                text.append(
                    "# No resource of %s %s any more: it shall be gone.\n"
                        .formatted(records.name(), type)));
    return text.toString();
  }

  private static String resources(Records records, RecordSet set) {
    return switch (records.spec().provider()) {
      case Route53(String hostedZone, String _) -> route53(records, set, hostedZone);
      case Designate(String _, String zoneId) ->
          resource(
              "openstack_dns_recordset_v2",
              records,
              set,
              0,
              fields(
                  "zone_id", quoted(zoneId),
                  "name", quoted(records.name()),
                  "type", quoted(set.type().name()),
                  "ttl", String.valueOf(set.ttlSeconds()),
                  "records", list(set)));
      case Cloudflare zone -> cloudflare(records, set, zone.zoneId(), zone.edge().isPresent());
      case Rfc2136 _ -> updated(records, set);
      case HaProxy _, CloudflarePools _, TargetGroups _ ->
          throw new IllegalArgumentException("Expected records, but got " + set);
    };
  }

  private static String route53(Records records, RecordSet set, String hostedZone) {
    Map<String, String> fields =
        fields(
            "zone_id", quoted(hostedZone),
            "name", quoted(records.undotted()),
            "type", quoted(set.type().name()));
    if (!set.aliased()) {
      fields.put("ttl", String.valueOf(set.ttlSeconds()));
      fields.put("records", list(Checked.told(set)));
    }
    Checked.of(set.values().getFirst())
        .healthCheckId()
        .ifPresent(id -> fields.put("health_check_id", quoted(id)));
    String text = resource("aws_route53_record", records, set, 0, fields);
    String blocks = Alias.in(set).stream().map(TerraformForm::block).collect(Collectors.joining());
    return text.substring(0, text.lastIndexOf('}')) + blocks + "}\n";
  }

  private static String block(Alias alias) {
    return """

          alias {
            name                   = %s
            zone_id                = %s
            evaluate_target_health = %s
          }
        """
        .formatted(
            quoted(KeeperForms.undot(alias.name())),
            quoted(alias.hostedZone()),
            alias.evaluateTargetHealth());
  }

  private static String cloudflare(Records records, RecordSet set, String zoneId, boolean proxied) {
    StringBuilder text = new StringBuilder();
    int number = 0;
    for (String value : set.values()) {
      Map<String, String> fields =
          fields(
              "zone_id", quoted(zoneId),
              "name", quoted(records.undotted()),
              "type", quoted(set.type().name()),
              "ttl", proxied ? "1" : String.valueOf(set.ttlSeconds()),
              "proxied", String.valueOf(proxied));
      if (set.type() == RecordType.HTTPS) {
        String[] parts = value.strip().split("\\s+", 3);
        fields.put(
            "data",
            "{ priority = %s, target = %s, value = %s }"
                .formatted(
                    parts[0],
                    quoted(parts.length > 1 ? parts[1] : "."),
                    quoted(parts.length > 2 ? parts[2] : "")));
      } else {
        fields.put(
            "content", quoted(set.type() == RecordType.CNAME ? KeeperForms.undot(value) : value));
      }
      number++;
      text.append(
          resource(
              "cloudflare_dns_record", records, set, set.values().size() > 1 ? number : 0, fields));
    }
    return text.toString();
  }

  private static String updated(Records records, RecordSet set) {
    Map<String, String> fields = fields("zone", quoted(records.spec().zone()));
    if (!records.relative().isEmpty()) {
      fields.put("name", quoted(records.relative()));
    }
    String type =
        switch (set.type()) {
          case A -> "dns_a_record_set";
          case AAAA -> "dns_aaaa_record_set";
          case CNAME -> "dns_cname_record";
          case TXT -> "dns_txt_record_set";
          case HTTPS, SERVER -> "";
        };
    switch (set.type()) {
      case A, AAAA -> fields.put("addresses", list(set));
      case CNAME -> fields.put("cname", quoted(set.values().getFirst()));
      case TXT -> fields.put("txt", list(set));
      case HTTPS, SERVER -> {
        return "# hashicorp/dns has no %s records: they stay as the cutover left them.\n"
            .formatted(set.type());
      }
    }
    fields.put("ttl", String.valueOf(set.ttlSeconds()));
    return resource(type, records, set, 0, fields);
  }

  private static Map<String, String> fields(String... pairs) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int n = 0; n < pairs.length; n += 2) {
      fields.put(pairs[n], pairs[n + 1]);
    }
    return fields;
  }

  /** As {@code terraform fmt} would leave it: the names of fields are of one width. */
  private static String resource(
      String type, Records records, RecordSet set, int number, Map<String, String> fields) {
    int width = fields.keySet().stream().mapToInt(String::length).max().orElse(0);
    List<String> lines = new ArrayList<>();
    lines.add(
        "resource \"%s\" \"%s_%s%s\" {"
            .formatted(
                type,
                label(records.undotted()),
                set.type().name().toLowerCase(Locale.ROOT),
                number > 0 ? "_" + number : ""));
    fields.forEach(
        (name, value) ->
            lines.add("  %s%s = %s".formatted(name, " ".repeat(width - name.length()), value)));
    lines.add("}");
    return String.join("\n", lines) + "\n";
  }

  /** Labels of resources begin with a letter or an underscore. */
  private static String label(String name) {
    String label = name.replaceAll("[^a-z0-9]", "_");
    return Character.isDigit(label.charAt(0)) ? "_" + label : label;
  }

  private static String list(RecordSet set) {
    return set.values().stream()
        .map(value -> quoted(set.type() == RecordType.TXT ? TxtValue.plain(value) : value))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** A dollar or percent sign before a brace would begin a template. */
  private static String quoted(String text) {
    return KeeperForms.quoted(text).replace("${", "$${").replace("%{", "%%{");
  }
}
