package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.Keeper;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.orchestrator.domain.KeeperForms.Records;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Texts to the letter: people paste them into sources that production is made from. */
final class KeeperFormsTest {
  private static final ServerAddress SERVER = new ServerAddress("10.0.0.53", 53);
  private static final SwitchProvider UPDATED = new SwitchProvider.Rfc2136(SERVER, "key");
  private static final String NAME = "shop.example.com.";

  private static RecordSet set(RecordType type, int ttlSeconds, String... values) {
    return new RecordSet(NAME, type, ttlSeconds, List.of(values));
  }

  private static Records records(
      SwitchProvider provider, String name, String resource, RecordSet... sets) {
    SwitchSpec spec =
        new SwitchSpec(
            "example.com.",
            provider,
            List.of(new SwitchedName(name, List.of(), List.of(sets))),
            List.of(SERVER),
            List.of(),
            60);
    return new Records(spec, name, List.of(sets), List.of(RecordType.AAAA), resource);
  }

  private static final RecordSet A = set(RecordType.A, 300, "198.51.100.10", "198.51.100.11");
  private static final RecordSet HTTPS =
      set(RecordType.HTTPS, 300, "1 . alpn=h2,h3 ipv4hint=198.51.100.10 port=8443");
  private static final RecordSet TXT =
      set(RecordType.TXT, 60, "\"v=x1; \" \"say=\\\"it's\\\" ${a}\"");
  private static final RecordSet CNAME = set(RecordType.CNAME, 120, "web.new.example.net.");

  @Test
  void shouldWriteAnEndpointAndAnnotationsForExternalDns() {
    assertThat(
            KeeperForms.of(
                Keeper.EXTERNAL_DNS, records(UPDATED, NAME, "ingress/shop/web", A, HTTPS, TXT)))
        .isEqualTo(
            """
            # A DNSEndpoint, where the source is crd:
            apiVersion: externaldns.k8s.io/v1alpha1
            kind: DNSEndpoint
            metadata:
              name: shop-example-com
            spec:
              endpoints:
              - dnsName: shop.example.com
                recordType: A
                recordTTL: 300
                targets:
                - "198.51.100.10"
                - "198.51.100.11"
              - dnsName: shop.example.com
                recordType: TXT
                recordTTL: 60
                targets:
                - "v=x1; say=\\"it's\\" ${a}"
            # Or annotations of ingress/shop/web; older releases begin them with external-dns.alpha.kubernetes.io/:
            #   external-dns.kubernetes.io/target: "198.51.100.10,198.51.100.11"
            #   external-dns.kubernetes.io/ttl: "300"
            # No endpoint of type AAAA any more: it shall be gone.
            # external-dns keeps no HTTPS records: they stay as the cutover left them.
            """);
  }

  @Test
  void shouldWriteAnAliasWithoutItsDotForExternalDns() {
    assertThat(KeeperForms.of(Keeper.EXTERNAL_DNS, records(UPDATED, NAME, "", CNAME)))
        .contains("    - \"web.new.example.net\"\n")
        .contains("# Or annotations of the Ingress, Service or route that it comes from;")
        .contains("external-dns.kubernetes.io/target: \"web.new.example.net\"");
  }

  @Test
  void shouldWriteTheZonesYamlForOctodns() {
    // when
    String text = KeeperForms.of(Keeper.OCTODNS, records(UPDATED, NAME, "", A, HTTPS, TXT));
    // then
    assertThat(text)
        .isEqualTo(
            """
            # In example.com.yaml; other types of this name stay as they are.
            shop:
              - ttl: 300
                type: A
                values:
                  - 198.51.100.10
                  - 198.51.100.11
              - ttl: 300
                type: HTTPS
                values:
                  - svcparams:
                      alpn: ["h2", "h3"]
                      ipv4hint: ["198.51.100.10"]
                      port: "8443"
                    svcpriority: 1
                    targetname: "."
              - ttl: 60
                type: TXT
                values:
                  - 'v=x1\\; say="it''s" ${a}'
            # No entry of type AAAA any more: it shall be gone.
            """);
    Map<String, List<Map<String, Object>>> read = new Yaml().load(text);
    assertThat(read.get("shop"))
        .hasSize(3)
        .last()
        .satisfies(
            txt -> assertThat(txt.get("values")).isEqualTo(List.of("v=x1\\; say=\"it's\" ${a}")));
  }

  @Test
  void shouldWriteTheApexAndAnAliasForOctodns() {
    assertThat(KeeperForms.of(Keeper.OCTODNS, records(UPDATED, "example.com.", "", A)))
        .contains("\n'':\n  - ttl: 300\n");
    assertThat(KeeperForms.of(Keeper.OCTODNS, records(UPDATED, NAME, "", CNAME)))
        .contains("    type: CNAME\n    value: web.new.example.net.\n");
  }

  @Test
  void shouldWriteARecordOfRoute53ForTerraform() {
    assertThat(
            KeeperForms.of(
                Keeper.TERRAFORM,
                records(new SwitchProvider.Route53("Z1", "default"), NAME, "", A, TXT)))
        .isEqualTo(
            """
            # Values for the resources that exist: 'terraform plan' must find no changes then.
            resource "aws_route53_record" "shop_example_com_a" {
              zone_id = "Z1"
              name    = "shop.example.com"
              type    = "A"
              ttl     = 300
              records = ["198.51.100.10", "198.51.100.11"]
            }
            resource "aws_route53_record" "shop_example_com_txt" {
              zone_id = "Z1"
              name    = "shop.example.com"
              type    = "TXT"
              ttl     = 60
              records = ["v=x1; say=\\"it's\\" $${a}"]
            }
            # No resource of shop.example.com. AAAA any more: it shall be gone.
            """);
  }

  @Test
  void shouldWriteAliasesAndHealthChecksOfRoute53() {
    // given
    Records records =
        records(
            new SwitchProvider.Route53("Z1", "default"),
            NAME,
            "",
            set(RecordType.A, 0, "alias of lb.elb.example. in Z0LB evaluateTargetHealth check=c-1"),
            set(RecordType.AAAA, 300, "2001:db8::1 check=c-1"));
    // when, then
    assertThat(KeeperForms.of(Keeper.TERRAFORM, records))
        .contains(
            """
            resource "aws_route53_record" "shop_example_com_a" {
              zone_id         = "Z1"
              name            = "shop.example.com"
              type            = "A"
              health_check_id = "c-1"

              alias {
                name                   = "lb.elb.example"
                zone_id                = "Z0LB"
                evaluate_target_health = true
              }
            }
            """)
        .contains("records         = [\"2001:db8::1\"]");
    assertThat(KeeperForms.of(Keeper.OCTODNS, records))
        .contains(
            """
              - type: Route53Provider/ALIAS
                values:
                  - evaluate-target-health: true
                    hosted-zone-id: Z0LB
                    name: 'lb.elb.example.'
                    type: A
            """)
        .contains("- 2001:db8::1\n");
    assertThat(KeeperForms.of(Keeper.EXTERNAL_DNS, records))
        .contains("- \"lb.elb.example\"\n")
        .doesNotContain("check=");
  }

  @Test
  void shouldKeepARecordOfCloudflareProxiedForTerraform() {
    assertThat(
            KeeperForms.of(
                Keeper.TERRAFORM,
                records(
                    new SwitchProvider.Cloudflare(
                        "1".repeat(32),
                        "token",
                        Optional.empty(),
                        Optional.of(
                            new EdgeProbe(true, 443, "/", Optional.empty(), "blue", "green"))),
                    NAME,
                    "",
                    set(RecordType.A, 0, "198.51.100.10"))))
        .contains("ttl     = 1\n", "proxied = true\n", "content = \"198.51.100.10\"");
  }

  @Test
  void shouldWriteOneRecordForEachValueOfCloudflareForTerraform() {
    assertThat(
            KeeperForms.of(
                Keeper.TERRAFORM,
                records(
                    new SwitchProvider.Cloudflare("1".repeat(32), "token", Optional.empty()),
                    NAME,
                    "",
                    A,
                    set(RecordType.HTTPS, 300, "1 . alpn=\"h2\""))))
        .isEqualTo(
            """
            # Values for the resources that exist: 'terraform plan' must find no changes then.
            # Release 4 of the provider calls them cloudflare_record.
            resource "cloudflare_dns_record" "shop_example_com_a_1" {
              zone_id = "11111111111111111111111111111111"
              name    = "shop.example.com"
              type    = "A"
              ttl     = 300
              proxied = false
              content = "198.51.100.10"
            }
            resource "cloudflare_dns_record" "shop_example_com_a_2" {
              zone_id = "11111111111111111111111111111111"
              name    = "shop.example.com"
              type    = "A"
              ttl     = 300
              proxied = false
              content = "198.51.100.11"
            }
            resource "cloudflare_dns_record" "shop_example_com_https" {
              zone_id = "11111111111111111111111111111111"
              name    = "shop.example.com"
              type    = "HTTPS"
              ttl     = 300
              proxied = false
              data    = { priority = 1, target = ".", value = "alpn=\\"h2\\"" }
            }
            # No resource of shop.example.com. AAAA any more: it shall be gone.
            """);
  }

  @Test
  void shouldWriteSetsOfAZoneWithUpdatesForTerraform() {
    assertThat(KeeperForms.of(Keeper.TERRAFORM, records(UPDATED, NAME, "", A, HTTPS)))
        .isEqualTo(
            """
            # Values for the resources that exist: 'terraform plan' must find no changes then.
            resource "dns_a_record_set" "shop_example_com_a" {
              zone      = "example.com."
              name      = "shop"
              addresses = ["198.51.100.10", "198.51.100.11"]
              ttl       = 300
            }
            # hashicorp/dns has no HTTPS records: they stay as the cutover left them.
            # No resource of shop.example.com. AAAA any more: it shall be gone.
            """);
    assertThat(KeeperForms.of(Keeper.TERRAFORM, records(UPDATED, NAME, "", CNAME)))
        .contains("resource \"dns_cname_record\"", "  cname = \"web.new.example.net.\"\n");
    assertThat(KeeperForms.of(Keeper.TERRAFORM, records(UPDATED, "example.com.", "", A)))
        .doesNotContain("  name ");
  }

  @Test
  void shouldWriteARecordSetOfDesignateForTerraform() {
    assertThat(
            KeeperForms.of(
                Keeper.TERRAFORM,
                records(
                    new SwitchProvider.Designate("paris", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"),
                    NAME,
                    "",
                    A)))
        .contains(
            """
            resource "openstack_dns_recordset_v2" "shop_example_com_a" {
              zone_id = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
              name    = "shop.example.com."
              type    = "A"
              ttl     = 300
              records = ["198.51.100.10", "198.51.100.11"]
            }
            """);
  }

  @Test
  void shouldHaveNoFormForNobody() {
    assertThatThrownBy(() -> KeeperForms.of(Keeper.NONE, records(UPDATED, NAME, "", A)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
