package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CopyTerms;
import dev.cutover.contract.CopyTerms.SchemaOrigin;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.DataCheck.SideQuery;
import dev.cutover.contract.Direction;
import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.ExternalForward;
import dev.cutover.contract.ForwardMode;
import dev.cutover.contract.Objectives.WarmUp;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.TableName;
import dev.cutover.orchestrator.adapter.PlanYaml.Reading;
import dev.cutover.orchestrator.domain.Claims;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.PlanDecision;
import dev.cutover.orchestrator.domain.PlanRules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PlanYamlTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

  private static final String SMALL =
      """
      cutover: shop
      approvers: [ana, bo]
      data:
        source: {host: a, database: shop, credential: shop-source}
        target: {host: b, database: shop, credential: shop-target}
        tables: [public.orders, lines]
      """;

  private static Plan accepted(String yaml) {
    return switch (PlanYaml.read(yaml, NOW)) {
      case Reading.Accepted(Plan plan) -> plan;
      case Reading.Faulty(List<String> faults) ->
          throw new AssertionError("Expected an accepted plan, but " + String.join("\n", faults));
    };
  }

  private static List<String> faults(String yaml) {
    return PlanYaml.read(yaml, NOW) instanceof Reading.Faulty(List<String> faults)
        ? faults
        : List.of();
  }

  @Test
  void shouldReadHowRowsAreBroughtOver() {
    // when
    Plan plan =
        accepted(
            SMALL + "  copy: {schema: carry, maxBytesPerSecond: 5000000, maxSourceSessions: 0}\n");

    // then
    assertThat(plan.data().orElseThrow().copy())
        .contains(new CopyTerms(SchemaOrigin.CARRY, Optional.of(5_000_000L), Optional.of(0)));
  }

  @Test
  void shouldReadByWhatTheRowsComeAndHowMuchLogMayBeKept() {
    // when
    ReplicationSpec data =
        accepted(SMALL + "  forward: native\n  maxRetainedBytes: 50000000000\n")
            .data()
            .orElseThrow();
    // then
    assertThat(data.forward()).contains(ForwardMode.NATIVE);
    assertThat(data.maxRetainedBytes()).contains(50_000_000_000L);
    assertThat(data.isNative(Direction.REVERSE)).isFalse();
    assertThat(accepted(SMALL + "  forward: builtin\n").data().orElseThrow())
        .isEqualTo(accepted(SMALL).data().orElseThrow());
  }

  @Test
  void shouldRefuseWhatServersThatReplicateByThemselvesDoNotKnow() {
    assertThat(
            faults(
                SMALL
                    + "  forward: native\n  copy: {schema: carry, maxBytesPerSecond: 5000000, maxSourceSessions: 3}\n"))
        .hasSize(3)
        .allSatisfy(fault -> assertThat(fault).contains("'forward: native'"));
    assertThat(faults(SMALL + "  forward: dms\n  maxRetainedBytes: 5\n"))
        .anySatisfy(
            fault ->
                assertThat(fault).contains("builtin, native or external", "data.forward", "'dms'"))
        .anySatisfy(fault -> assertThat(fault).contains("67108864", "data.maxRetainedBytes"));
  }

  private static final String TOOL =
      """
        forward: external
        external:
          origin: pgcopydb
          caughtUp: {side: source, query: 'select lag = 0 from tool.status', expect: 'true'}
      """;

  @Test
  void shouldReadWhatToolOfTheTeamsOwnBringsTheRows() {
    // when
    ReplicationSpec data = accepted(SMALL + TOOL).data().orElseThrow();
    // then
    assertThat(data.isExternal(Direction.FORWARD)).isTrue();
    assertThat(data.isExternal(Direction.REVERSE)).isFalse();
    assertThat(data.external())
        .contains(
            new ExternalForward(
                "pgcopydb",
                new ExternalForward.CaughtUp(
                    Side.SOURCE, "select lag = 0 from tool.status", "true")));
    assertThat(
            accepted(SMALL + TOOL.replace(", expect: 'true'", ""))
                .data()
                .orElseThrow()
                .external()
                .orElseThrow()
                .caughtUp()
                .expect())
        .isEqualTo("t");
  }

  @Test
  void shouldRefuseAToolThatNothingProvesAndWhatItDoesNotKnow() {
    assertThat(faults(SMALL + "  forward: external\n"))
        .anySatisfy(fault -> assertThat(fault).contains("Expected 'external'", "line 7"));
    assertThat(faults(SMALL + TOOL.replace("forward: external", "forward: native")))
        .anySatisfy(fault -> assertThat(fault).contains("'forward: external'", "native"));
    assertThat(faults(SMALL + TOOL + "  copy: {schema: carry}\n"))
        .anySatisfy(fault -> assertThat(fault).contains("Expected no 'copy'"));
    assertThat(
            faults(
                SMALL
                    + TOOL.replace("origin: pgcopydb", "origin: 'pg copydb'")
                        .replace("side: source", "side: both")
                        .replace("query:", "sql:")))
        .anySatisfy(fault -> assertThat(fault).contains("data.external.origin"))
        .anySatisfy(fault -> assertThat(fault).contains("source or target"))
        .anySatisfy(fault -> assertThat(fault).contains("data.external.caughtUp.query"));
    assertThat(faults(SMALL + TOOL.replace("tool.status", "tool.status; delete from lines")))
        .anySatisfy(fault -> assertThat(fault).contains("one statement without ';'"));
  }

  @Test
  void shouldSayNothingOfTheCopyWhereThePlanWantsWhatHoldsAnyway() {
    assertThat(accepted(SMALL).data().orElseThrow().copy()).isEmpty();
    assertThat(accepted(SMALL + "  copy: {schema: check}\n").data().orElseThrow().copy()).isEmpty();
  }

  @Test
  void shouldFindFaultsOfTheCopy() {
    assertThat(faults(SMALL + "  copy: {schema: steal, maxBytesPerSecond: 1, maxSesions: 2}\n"))
        .anySatisfy(
            fault -> assertThat(fault).contains("carry or check", "data.copy.schema", "'steal'"))
        .anySatisfy(fault -> assertThat(fault).contains("1024 to", "data.copy.maxBytesPerSecond"))
        .anySatisfy(fault -> assertThat(fault).contains("maxSesions"));
  }

  @Test
  void shouldFindEveryFaultWithItsPlaceWhenAPlanHasMany() {
    // given
    String yaml =
        """
        cutover: Shop_2026
        approvers: [ana, Ana]
        windw: {opens: 2026-12-01T02:00}
        data:
          source: {host: db, port: 99999, database: shop, credential: a}
          target: {host: db2, database: shop, credential: b, password: secret}
          tables: [public.orders, public.orders]
        traffic:
          zone: demo.test.
          primary: 127.0.0.1:5353
          tsigKey: key
          loweredTtl: 2 days
          names:
            - name: demo.test.
              source: [{type: A, values: [127.0.0.300]}]
              target: [{type: CNAME, values: [shop.other.test.]}]
            - name: shop.elsewhere.test.
              source: [{type: A, values: [127.0.0.2]}]
              target: [{type: A, values: [127.0.0.3]}]
        checks:
          data:
            - {name: counts, kind: rowCount}
            - {name: sums, kind: checksums, tables: [public.order]}
        bounds: {maxWriteOutage: 10s, switchStep: 30s}
        """;
    // when
    List<String> faults = faults(yaml);
    // then
    assertThat(faults)
        .containsExactly(
            "line 1, column 10: Expected a name of 1 to 63 characters a-z, 0-9 and - for cutover,"
                + " but found 'Shop_2026'",
            "line 2, column 12: Expected at least two different people in approvers, but found 1",
            "line 2, column 18: Expected different people, but 'Ana' is there twice",
            "line 3, column 1: Expected one of [approvers, autonomy, backgroundWriters, bounds,"
                + " canary, checks, cutover, data, dataLayer, decisions, freeze, milestones,"
                + " notices, objects, people, programme, readiness, rehearsal, rehearses, rollback,"
                + " steps, strategy, traffic, watch, window], but found 'windw': did you mean"
                + " 'window'?",
            "line 5, column 28: Expected a port of 1 to 65535 for data.source.port, but found"
                + " '99999'",
            "line 6, column 64: Expected the name of a credential, but found a password: put it"
                + " into the services' own credentials file, and its name here as 'credential'",
            "line 7, column 27: Expected each table once, but public.orders is there twice",
            "line 12, column 15: Expected a duration of 1s to 1h, such as 500ms, 120s or 1h30m for"
                + " traffic.loweredTtl, but found '2 days'",
            "line 15, column 35: Expected a value of type A, but found '127.0.0.300'",
            "line 16, column 23: Expected A, AAAA or HTTPS at the zone's apex demo.test., but found"
                + " CNAME, which DNS forbids there",
            "line 17, column 13: Expected a name in the zone demo.test., but found"
                + " 'shop.elsewhere.test.'",
            "line 22, column 28: Expected one of rowCounts, checksums, sampleQuery, but found"
                + " 'rowCount': did you mean 'rowCounts'?",
            "line 23, column 46: Expected one of data.tables, but found 'public.order': did you"
                + " mean 'public.orders'?",
            "line 24, column 43: Expected bounds.switchStep below bounds.maxWriteOutage (10s), but"
                + " it is 30s");
  }

  @Test
  void shouldLetComparisonsWarnAsLongAsOneStops() {
    // given
    String checks =
        """
        checks:
          data:
            - {name: content, kind: checksums}
            - {name: sum, kind: sampleQuery, sql: select 1, severity: recommended}
        """;
    // when, then
    assertThat(accepted(SMALL + checks).recommendedChecks()).containsExactly("sum");
    assertThat(faults(SMALL + checks.replace("checksums}", "checksums, severity: recommended}")))
        .singleElement()
        .asString()
        .contains("a comparison that stops the cutover");
  }

  @Test
  void shouldReadWhatChecksNeedAndRefuseCirclesAndNamesThatAreNotThere() {
    // given
    String checks =
        """
        checks:
          reading:
            - {name: network, kind: tcp, servers: ["127.0.0.3:80"]}
            - {name: certificate, kind: tls, server: 127.0.0.3, needs: [network], severity: recommended}
            - {name: proxy, kind: tcp, servers: ["127.0.0.3:81"], needs: [network, certificate]}
        """;
    // when, then
    assertThat(accepted(SMALL + checks).readingChecks())
        .extracting(DataCheck::needed)
        .containsExactly(List.of(), List.of("network"), List.of("network", "certificate"));
    assertThat(accepted(SMALL + checks).recommendedChecks()).containsExactly("certificate");
    assertThat(faults(SMALL + checks.replace("[network]", "[netwrok]")))
        .singleElement()
        .asString()
        .contains("name of a check in checks.reading", "'netwrok'", "did you mean 'network'?");
    assertThat(faults(SMALL + checks.replace("[network]", "[proxy]")))
        .singleElement()
        .asString()
        .contains("do not need each other", "certificate, proxy");
    assertThat(faults(SMALL + checks.replace("[network]", "[certificate]")))
        .singleElement()
        .asString()
        .contains("do not need each other");
  }

  @Test
  void shouldKeepWhatTheTeamDecided() {
    // given
    String decisions =
        """
        decisions:
          - {question: cutover strategy, choice: blueGreen, reason: no downtime is allowed}
        """;
    // when, then
    assertThat(accepted(SMALL + decisions).decisions())
        .containsExactly(
            new PlanDecision("cutover strategy", "blueGreen", "no downtime is allowed"));
    assertThat(faults(SMALL + decisions + decisions.lines().skip(1).findFirst().orElseThrow()))
        .containsExactly(
            "line 9, column 16: Expected each question once, but 'cutover strategy' is there"
                + " twice");
  }

  @Test
  void shouldSayWhereWhenItIsNoYamlAtAll() {
    assertThat(faults("")).containsExactly("line 1, column 1: Expected a plan, but found nothing");
    assertThat(faults("cutover: [a"))
        .singleElement()
        .asString()
        .startsWith("line 1, column 12: Expected YAML, but ");
    assertThat(faults("a: 1\n---\nb: 2")).singleElement().asString().contains("Expected YAML");
    assertThat(faults("just text"))
        .contains("line 1, column 1: Expected keys and values, but found 'just text'");
    assertThat(faults("x".repeat(300_000))).singleElement().asString().contains("Expected YAML");
    assertThat(faults("cutover: shop\ncutover: shop\n"))
        .contains("line 2, column 1: Expected each key once, but 'cutover' is there twice");
  }

  @Test
  void shouldRefuseWhenThePlanMovesNothing() {
    assertThat(faults("cutover: shop\napprovers: [ana, bo]\n"))
        .containsExactly(
            "line 1, column 1: Expected something to move in 'data' or 'traffic', but the plan has"
                + " neither");
  }

  @Test
  void shouldRefuseWhenBothSidesAreOneDatabase() {
    assertThat(faults(SMALL.replace("host: b", "host: a")))
        .containsExactly(
            "line 5, column 11: Expected two different databases, but source and target are both"
                + " a:5432/shop");
  }

  @Test
  void shouldRefuseWhenAWindowCannotBeMet() {
    assertThat(faults(SMALL + "window: {zone: Europe/Amsterdam, opens: 2027-03-28T02:30}\n"))
        .containsExactly(
            "line 7, column 41: Expected a time that exists once in Europe/Amsterdam, but"
                + " 2027-03-28T02:30 is skipped there");
    assertThat(faults(SMALL + "window: {zone: Europe/Amsterdam, opens: 2027-10-31T02:30}\n"))
        .singleElement()
        .asString()
        .contains("comes twice there");
    assertThat(faults(SMALL + "window: {zone: UTC, closes: 2025-01-01T00:00}\n"))
        .singleElement()
        .asString()
        .endsWith("Expected the window to close in the future, but it is over");
    assertThat(faults(SMALL + "window: {opens: 2027-01-01T00:00}\n"))
        .containsExactly(
            "line 7, column 9: Expected a time zone such as Europe/Amsterdam for window.zone, but"
                + " it is missing");
  }

  @Test
  void shouldSayWhereWhatCannotBeSafe() {
    String canary =
        "strategy: canary\ncanary: {weights: [{percent: 10}, {percent: 100}]}\n"
            + "rollback: {policy: fixForward, signedBy: [ana, mallory]}\n";
    assertThat(faults(SMALL + canary))
        .containsExactly(
            "line 7, column 11: Expected names in 'traffic' to share out for canary, but the plan"
                + " has none",
            "line 7, column 11: Expected 'watch' for canary, since each weight has to be judged,"
                + " but the plan has none",
            "line 7, column 11: Expected no one-way replication in 'data' while both sides take"
                + " traffic, but there is one: writes with a weight above zero would be refused on"
                + " the fenced target, or missing on the source",
            "line 9, column 20: Expected rollback.policy reverseSync for canary, which moves no"
                + " data, but it is fixForward",
            "line 9, column 42: Expected rollback.signedBy among the approvers [ana, bo], but found"
                + " [ana, mallory]");
    assertThat(faults(SMALL + "rollback: {policy: acceptLoss}\ndataLayer: shared\n"))
        .hasSize(2)
        .anyMatch(fault -> fault.startsWith("line 7, column 11: Expected at least 1 people in"))
        .anyMatch(fault -> fault.startsWith("line 8, column 12: Expected dataLayer replicated"));
    assertThat(faults(SMALL + "strategy: bigBang\n"))
        .singleElement()
        .asString()
        .contains("Expected a window that opens and closes for bigBang");
  }

  @Test
  void shouldRefuseWeightsThatDoNotRiseToAllOfTheTraffic() {
    String weights = "strategy: canary\ncanary: {weights: [{percent: 50}, {percent: 25}]}\n";
    assertThat(faults(SMALL + weights))
        .containsExactly(
            "line 8, column 19: Expected weights that end with 100 percent, but they do not",
            "line 8, column 45: Expected a weight above 50, but found 25");
    assertThat(faults(SMALL + "canary: {weights: [{percent: 100}]}\n"))
        .singleElement()
        .asString()
        .endsWith("Expected 'canary' only with strategy canary, but it is blueGreen");
  }

  @Test
  void shouldRefuseWhenAFlowNamesAVariableThatNobodySets() {
    String flow =
        SMALL
            + """
            checks:
              reading:
                - name: home
                  url: http://b:8080
                  writes: true
                  steps: [{name: one, path: "/${cart}"}]
            """;
    assertThat(faults(flow))
        .containsExactly(
            "line 11, column 15: Expected a flow that only reads in checks.reading, but it writes:"
                + " put it into checks.writing",
            "line 12, column 15: Expected a variable that an earlier step extracts or one of"
                + " [unique], but found '${cart}'");
  }

  @Test
  void shouldUseTheDefaultsWhenAPlanIsSmall() {
    // when
    Plan plan = accepted(SMALL);
    // then
    assertThat(plan.id()).isEqualTo(new CutoverId("shop"));
    assertThat(plan.bounds().maxWriteOutage()).isEqualTo(Duration.ofMinutes(2));
    assertThat(plan.bounds().maxRollbackOutage()).isEqualTo(Duration.ofMinutes(5));
    assertThat(plan.bounds().observation()).isEqualTo(Duration.ofHours(1));
    assertThat(plan.data().orElseThrow().name()).isEqualTo("shop");
    assertThat(plan.data().orElseThrow().source().port()).isEqualTo(5432);
    assertThat(plan.data().orElseThrow().endBlockers()).isFalse();
    assertThat(plan.data().orElseThrow().tables())
        .containsExactly(new TableName("public", "orders"), new TableName("public", "lines"));
    assertThat(plan.dataChecks())
        .extracting(DataCheck::name)
        .containsExactly("row counts", "checksums");
    assertThat(plan.trafficSwitch()).isEmpty();
    assertThat(plan.watch()).isEmpty();
    assertThat(plan.rehearsal().marked()).isFalse();
  }

  private static final String WATCHED =
      SMALL
          + """
          traffic:
            zone: example.com.
            primary: 192.0.2.53:53
            tsigKey: key
            loweredTtl: 60s
            names:
              - name: shop.example.com.
                source: [{type: A, values: [192.0.2.10]}]
                target: [{type: A, values: [198.51.100.10]}]
          bounds: {observation: 1h}
          watch:
            source: {metrics: "http://a:9100/metrics"}
            target: {metrics: "http://b:9100/metrics"}
          """;

  private static final String HOSTED =
      SMALL
          + """
          traffic:
            zone: example.com.
            route53: {hostedZone: Z2FDTNDATAQYW2, profile: shop-dns}
            authorities: [ns-1.awsdns-00.com, ns-2.awsdns-00.net]
            names:
              - name: shop.example.com.
                source: [{type: A, values: [192.0.2.10]}]
                target: [{type: A, values: [198.51.100.10]}]
          """;

  @Test
  void shouldReadAHostedZoneOfRoute53() {
    assertThat(accepted(HOSTED).trafficSwitch().orElseThrow())
        .satisfies(
            traffic -> {
              assertThat(traffic.provider())
                  .isEqualTo(new SwitchProvider.Route53("Z2FDTNDATAQYW2", "shop-dns"));
              assertThat(traffic.authorities())
                  .containsExactly(
                      new ServerAddress("ns-1.awsdns-00.com", 53),
                      new ServerAddress("ns-2.awsdns-00.net", 53));
            });
    assertThat(
            accepted(HOSTED.replace(", profile: shop-dns", ""))
                .trafficSwitch()
                .orElseThrow()
                .provider())
        .isEqualTo(new SwitchProvider.Route53("Z2FDTNDATAQYW2", "default"));
  }

  @Test
  void shouldSayWhatIsWrongWithAHostedZone() {
    assertThat(faults(HOSTED.replace("Z2FDTNDATAQYW2", "/hostedzone/Z2")))
        .containsExactly(
            "line 9, column 25: Expected the id of a hosted zone such as Z2FDTNDATAQYW2 for"
                + " traffic.route53.hostedZone, but found '/hostedzone/Z2'");
    assertThat(
            faults(HOSTED.replace("  authorities: [ns-1.awsdns-00.com, ns-2.awsdns-00.net]\n", "")))
        .containsExactly(
            "line 8, column 3: Expected the name servers of the hosted zone in"
                + " traffic.authorities, but they are missing");
    assertThat(
            faults(
                HOSTED.replace("  zone: example.com.\n", "  zone: example.com.\n  tsigKey: key\n")))
        .containsExactly(
            "line 9, column 12: Expected either route53, or primary and tsigKey, in traffic, but"
                + " found both");
    assertThat(faults(HOSTED.replace("hostedZone: Z2FDTNDATAQYW2, ", "zoneId: Z2FDTNDATAQYW2, ")))
        .hasSize(2);
  }

  @Test
  void shouldPrepareWeightsOnlyWhereTrafficMovesInParts() {
    // given
    String canary =
        """
        cutover: shop
        approvers: [ana, bo]
        dataLayer: shared
        strategy: canary
        canary: {weights: [{percent: 10}, {percent: 100}]}
        """
            + WATCHED.substring(WATCHED.indexOf("watch:"))
            + HOSTED.substring(HOSTED.indexOf("traffic:"));
    // then
    assertThat(accepted(canary).trafficSwitch().orElseThrow().weighted()).isTrue();
    assertThat(
            accepted(canary.replace("{percent: 10}, ", ""))
                .trafficSwitch()
                .orElseThrow()
                .weighted())
        .isFalse();
    assertThat(accepted(HOSTED).trafficSwitch().orElseThrow().weighted()).isFalse();
    assertThat(
            faults(
                canary.replace(
                    "target: [{type: A, values: [198.51.100.10]}]",
                    "target: [{type: AAAA, values: ['2001:db8::1']}]")))
        .singleElement()
        .asString()
        .contains("Expected the same types on both sides of shop.example.com.");
  }

  private static final String DESIGNATED =
      HOSTED.replace(
          "route53: {hostedZone: Z2FDTNDATAQYW2, profile: shop-dns}",
          "designate: {cloud: paris, zone: 0F1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}");

  @Test
  void shouldReadAZoneOfDesignate() {
    assertThat(accepted(DESIGNATED).trafficSwitch().orElseThrow().provider())
        .isEqualTo(new SwitchProvider.Designate("paris", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"));
  }

  @Test
  void shouldSayWhatIsWrongWithAZoneOfDesignate() {
    assertThat(faults(DESIGNATED.replace("0F1e2d3c-", "")))
        .containsExactly(
            "line 9, column 35: Expected the UUID of a zone for traffic.designate.zone, but found"
                + " '4b5a-6978-8796-a5b4c3d2e1f0'");
    assertThat(faults(DESIGNATED.replace("cloud: paris, ", "cloud: 'https://paris', ")))
        .containsExactly(
            "line 9, column 22: Expected the name of a cloud in the dns-service's configuration for"
                + " traffic.designate.cloud, but found 'https://paris'");
    assertThat(
            faults(
                DESIGNATED.replace(
                    "  authorities: [ns-1.awsdns-00.com, ns-2.awsdns-00.net]\n", "")))
        .containsExactly(
            "line 8, column 3: Expected the name servers of the zone's pool in"
                + " traffic.authorities, but they are missing");
    assertThat(
            faults(
                DESIGNATED.replace(
                    "  zone: example.com.\n",
                    "  zone: example.com.\n  route53: {hostedZone: Z2FDTNDATAQYW2}\n")))
        .containsExactly(
            "line 10, column 14: Expected either route53 or designate in traffic, but found both");
  }

  private static final String BALANCED =
      """
      cutover: web
      approvers: [ana, bo]
      dataLayer: shared
      traffic:
        haproxy:
          instances: [10.0.0.5:9999, "[2001:db8::5]:9999"]
          backend: Web-Pool
          source: [blue1, blue2]
          target: [green1]
      """;

  @Test
  void shouldReadABackendOfHaProxyWithoutZoneOrTtl() {
    // when
    Plan plan = accepted(BALANCED);
    // then
    assertThat(plan.trafficSwitch())
        .hasValue(
            SwitchSpec.ofBackend(
                "Web-Pool",
                List.of(
                    new ServerAddress("10.0.0.5", 9999), new ServerAddress("2001:db8::5", 9999)),
                List.of("blue1", "blue2"),
                List.of("green1")));
    assertThat(PlanRules.notes(plan))
        .anySatisfy(note -> assertThat(note.sentence()).contains("a reload or restart"))
        .noneSatisfy(note -> assertThat(note.sentence()).contains("canary"));
    assertThat(Claims.of(plan))
        .containsExactly("backend 10.0.0.5:9999/Web-Pool", "backend 2001:db8::5:9999/Web-Pool");
  }

  @Test
  void shouldSayWhatIsWrongWithABackend() {
    assertThat(
            faults(
                BALANCED.replace(
                    "  haproxy:", "  zone: example.com.\n  loweredTtl: 60s\n  haproxy:")))
        .containsExactly(
            "line 5, column 9: Expected haproxy alone in traffic, since a backend has no records"
                + " and TTLs, but found zone beside it",
            "line 6, column 15: Expected haproxy alone in traffic, since a backend has no records"
                + " and TTLs, but found loweredTtl beside it");
    assertThat(
            faults(
                BALANCED
                    .replace("10.0.0.5:9999", "10.0.0.5")
                    .replace("Web-Pool", "Web Pool")
                    .replace("[blue1, blue2]", "[]")))
        .containsExactly(
            "line 6, column 17: Expected the runtime API of every HAProxy as host:port, but found"
                + " '10.0.0.5'",
            "line 7, column 14: Expected the name of a backend for traffic.haproxy.backend, but"
                + " found 'Web Pool'",
            "line 8, column 13: Expected a server's name in traffic.haproxy.source, but found"
                + " none");
    assertThat(faults(BALANCED.replace("[green1]", "[green1, blue2]")))
        .containsExactly(
            "line 9, column 13: Expected other servers than the source's, but 'blue2' is on both"
                + " sides");
    assertThat(
            faults(WATCHED.replace("type: A, values: [192.0.2.10]", "type: SERVER, values: [a]")))
        .containsExactly(
            "line 14, column 23: Expected one of [A, AAAA, CNAME, HTTPS, TXT] for"
                + " traffic.names[0].source[0].type, but found 'SERVER'");
  }

  private static final String ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";
  private static final String LISTENER = ELB + "listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2";
  private static final String RULE =
      ELB + "listener-rule/app/web/50dc6c495c0c9188/0467ef3c8400ae65/9683b2d02a6cabee";
  private static final String BLUE = ELB + "targetgroup/blue/73e2d6bc24d8a067";
  private static final String GREEN = ELB + "targetgroup/green/09966783158cda59";

  private static final String FORWARDED =
      """
      cutover: web
      approvers: [ana, bo]
      dataLayer: shared
      traffic:
        targetGroups:
          listeners: ['LISTENER', 'RULE']
          profile: shop
          source: ['BLUE']
          target: ['GREEN']
      """
          .replace("LISTENER", LISTENER)
          .replace("RULE", RULE)
          .replace("BLUE", BLUE)
          .replace("GREEN", GREEN);

  @Test
  void shouldReadListenersAndRulesOfAwsWithoutZoneOrTtl() {
    // when
    Plan plan = accepted(FORWARDED);
    Plan plain = accepted(FORWARDED.replace("    profile: shop\n", ""));
    // then
    assertThat(plan.trafficSwitch())
        .hasValue(
            SwitchSpec.ofTargetGroups(
                "shop", List.of(LISTENER, RULE), List.of(BLUE), List.of(GREEN)));
    assertThat(plan.trafficSwitch().orElseThrow().provider())
        .isEqualTo(new SwitchProvider.TargetGroups("eu-west-1", "shop"));
    assertThat(plain.trafficSwitch().orElseThrow().provider())
        .isEqualTo(new SwitchProvider.TargetGroups("eu-west-1", "default"));
    assertThat(Claims.of(plan)).containsExactly("listener " + RULE, "listener " + LISTENER);
  }

  @Test
  void shouldSayWhatIsWrongWithListeners() {
    assertThat(
            faults(
                FORWARDED.replace(
                    "  targetGroups:",
                    "  loweredTtl: 60s\n  haproxy: {backend: web}\n  targetGroups:")))
        .contains(
            "line 5, column 15: Expected haproxy alone in traffic, since a backend has no records"
                + " and TTLs, but found loweredTtl beside it",
            "line 8, column 5: Expected either haproxy or targetGroups in traffic, but found both");
    assertThat(faults(FORWARDED.replace("'" + LISTENER + "'", "web").replace(GREEN, BLUE)))
        .containsExactly(
            "line 6, column 17: Expected the ARN of a listener or of a listener's rule, but found"
                + " 'web'",
            "line 9, column 13: Expected other target groups than the source's, but '%s' is on both sides"
                .formatted(BLUE));
    assertThat(faults(FORWARDED.replace(GREEN, GREEN.replace("eu-west-1", "eu-west-2"))))
        .containsExactly(
            "line 6, column 16: Expected listeners and target groups of one region and account, but"
                + " found eu-west-1/123456789012, eu-west-2/123456789012");
    assertThat(
            faults(
                FORWARDED.replace(
                    "['" + GREEN + "']",
                    "['%s', '%sa', '%sb', '%sc', '%sd']"
                        .formatted(GREEN, GREEN, GREEN, GREEN, GREEN))))
        .containsExactly(
            "line 9, column 13: Expected at most 5 target groups of both sides, which is what one"
                + " action takes, but found 6");
  }

  private static final String CLOUDFLARE =
      HOSTED.replace(
          "route53: {hostedZone: Z2FDTNDATAQYW2, profile: shop-dns}",
          "cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: shop-dns, revertToken: b}");

  @Test
  void shouldReadAZoneOfCloudflare() {
    assertThat(accepted(CLOUDFLARE).trafficSwitch().orElseThrow().provider())
        .isEqualTo(
            new SwitchProvider.Cloudflare(
                "023e105f4ecef8ad9ca31a8372d0c353", "shop-dns", Optional.of("b")));
    assertThat(
            accepted(CLOUDFLARE.replace(", revertToken: b", ", proxied: false"))
                .trafficSwitch()
                .orElseThrow()
                .provider())
        .isEqualTo(
            new SwitchProvider.Cloudflare(
                "023e105f4ecef8ad9ca31a8372d0c353", "shop-dns", Optional.empty()));
  }

  @Test
  void shouldSayWhatIsWrongWithAZoneOfCloudflare() {
    assertThat(faults(CLOUDFLARE.replace("023e105f4ecef8ad9ca31a8372d0c353", "023E105F")))
        .containsExactly(
            "line 9, column 22: Expected the id of a zone, 32 hexadecimal digits, for"
                + " traffic.cloudflare.zone, but found '023E105F'");
    assertThat(faults(CLOUDFLARE.replace(", revertToken: b", ", edge: {path: /}")))
        .contains(
            "line 9, column 79: Expected an edge only in front of what Cloudflare proxies, but"
                + " proxied is not true");
    assertThat(faults(CLOUDFLARE.replace(", revertToken: b", ", account: b")))
        .containsExactly(
            "line 9, column 82: Expected account beside loadBalancers alone, but there are none in"
                + " traffic.cloudflare");
    assertThat(
            faults(
                CLOUDFLARE.replace(
                    "  zone: example.com.\n", "  zone: example.com.\n  loweredTtl: 29s\n")))
        .containsExactly(
            "line 9, column 15: Expected a loweredTtl of 60s or more, or from 30s in a zone of"
                + " Enterprise, which is what Cloudflare takes, but found 29s");
    assertThat(
            faults(
                CLOUDFLARE.replace(
                    "  authorities: [ns-1.awsdns-00.com, ns-2.awsdns-00.net]\n", "")))
        .containsExactly(
            "line 8, column 3: Expected the name servers of the zone in traffic.authorities, but"
                + " they are missing");
    assertThat(
            faults(
                CLOUDFLARE.replace(
                    "  zone: example.com.\n",
                    "  zone: example.com.\n  route53: {hostedZone: Z2}\n")))
        .contains(
            "line 10, column 15: Expected either route53 or cloudflare in traffic, but found both");
  }

  private static final String PROXIED =
      CLOUDFLARE.replace(
          ", revertToken: b",
          ", proxied: true, edge: {path: /version, header: x-side, source: blue, target: green}");

  @Test
  void shouldReadRecordsThatCloudflareProxiesWithoutATtl() {
    // when
    Plan plan = accepted(PROXIED);
    SwitchSpec spec = plan.trafficSwitch().orElseThrow();
    // then
    assertThat(spec.provider())
        .isEqualTo(
            new SwitchProvider.Cloudflare(
                "023e105f4ecef8ad9ca31a8372d0c353",
                "shop-dns",
                Optional.empty(),
                Optional.of(
                    new EdgeProbe(true, 443, "/version", Optional.of("x-side"), "blue", "green"))));
    assertThat(spec.loweredTtlSeconds()).isZero();
    assertThat(spec.plain(Side.SOURCE)).allMatch(set -> set.ttlSeconds() == 0);
    assertThat(PlanRules.notes(plan))
        .anySatisfy(note -> assertThat(note.sentence()).contains("probe through the edge"));
    assertThat(
            accepted(PROXIED.replace("header: x-side, ", "scheme: http, port: 8080, "))
                .trafficSwitch()
                .orElseThrow()
                .provider()
                .probe())
        .hasValue(new EdgeProbe(false, 8080, "/version", Optional.empty(), "blue", "green"));
  }

  @Test
  void shouldSayWhatIsWrongWithProxiedRecords() {
    assertThat(
            faults(
                PROXIED.replace(
                    "  zone: example.com.\n",
                    "  zone: example.com.\n  loweredTtl: 60s\n  resolvers: [192.0.2.1]\n")))
        .containsExactly(
            "line 9, column 15: Expected no loweredTtl for records that Cloudflare proxies, whose"
                + " TTL is automatic: clients keep the edge's addresses, which stay, but found one",
            "line 10, column 14: Expected no resolvers for records that Cloudflare proxies, since"
                + " they have the edge's addresses whichever side serves, but found some");
    assertThat(faults(PROXIED.replaceFirst(", edge: [^}]*}", "")))
        .containsExactly(
            "line 9, column 15: Expected keys and values for traffic.cloudflare.edge, but it is"
                + " missing");
    assertThat(faults(PROXIED.replace("path: /version, ", "")))
        .singleElement()
        .asString()
        .contains("Expected a path such as /version for traffic.cloudflare.edge.path");
    assertThat(faults(PROXIED.replace("path: /version", "path: version")))
        .singleElement()
        .asString()
        .contains("Expected a path such as /version, but got 'version'");
    assertThat(faults(PROXIED.replace("target: green}", "target: blue}")))
        .singleElement()
        .asString()
        .contains("Expected words that tell the sides apart, but got 'blue' and 'blue'");
    assertThat(
            faults(
                PROXIED
                    .replace("type: A, values: [192.0.2.10]", "type: TXT, values: [a]")
                    .replace("type: A, values: [198.51.100.10]", "type: HTTPS, values: [1 .]")))
        .containsExactly(
            "line 13, column 23: Expected a type that Cloudflare proxies, one of [A, AAAA, CNAME],"
                + " but found TXT",
            "line 14, column 23: Expected a type that Cloudflare proxies, one of [A, AAAA, CNAME],"
                + " but found HTTPS");
  }

  private static final String POOLS =
      """
      cutover: web
      approvers: [ana, bo]
      dataLayer: shared
      traffic:
        zone: example.com.
        cloudflare:
          zone: 023e105f4ecef8ad9ca31a8372d0c353
          account: 01a7362d577a6c3019a474fd6f485823
          token: shop-lb
          loadBalancers: [www.example.com]
          source: [17b5962d775c646f3f9725cbc7a53df4]
          target: [9290f38c5d07c2e2f4df57b1f61d4196]
          edge: {path: /version, source: blue, target: green}
        authorities: [ada.ns.cloudflare.com]
      """;

  @Test
  void shouldReadLoadBalancersOfCloudflare() {
    // when
    Plan plan = accepted(POOLS);
    // then
    assertThat(plan.trafficSwitch())
        .hasValue(
            SwitchSpec.ofPools(
                "example.com.",
                new SwitchProvider.CloudflarePools(
                    "023e105f4ecef8ad9ca31a8372d0c353",
                    "01a7362d577a6c3019a474fd6f485823",
                    "shop-lb",
                    Optional.empty(),
                    new EdgeProbe(true, 443, "/version", Optional.empty(), "blue", "green")),
                List.of("www.example.com."),
                List.of(new ServerAddress("ada.ns.cloudflare.com", 53)),
                List.of("17b5962d775c646f3f9725cbc7a53df4"),
                List.of("9290f38c5d07c2e2f4df57b1f61d4196")));
    assertThat(Claims.of(plan)).containsExactly("name www.example.com.");
    assertThat(PlanRules.notes(plan))
        .anySatisfy(note -> assertThat(note.sentence()).contains("a person's mark too"));
  }

  @Test
  void shouldSayWhatIsWrongWithLoadBalancersOfCloudflare() {
    assertThat(
            faults(
                POOLS
                    .replace("    account: 01a7362d577a6c3019a474fd6f485823\n", "")
                    .replace("www.example.com]", "www.example.net]")
                    .replace("target: [9290f38c5d07c2e2f4df57b1f61d4196]", "target: [green]")
                    .replace(
                        "  authorities:",
                        "  loweredTtl: 60s\n  names: [{name: a}]\n  authorities:")))
        .contains(
            "line 7, column 5: Expected the id of the account that has the pools for"
                + " traffic.cloudflare.account, but it is missing",
            "line 7, column 5: Expected load balancers in the zone example.com., but found"
                + " 'www.example.net.'",
            "line 11, column 14: Expected the id of a pool, but found 'green'")
        .anyMatch(fault -> fault.startsWith("line 13, column 15: Expected no loweredTtl for load"))
        .anyMatch(fault -> fault.startsWith("line 14, column 10: Expected loadBalancers alone"));
    assertThat(faults(POOLS.replace("4]\n    target", "4, " + "a".repeat(32) + "]\n    target")))
        .singleElement()
        .asString()
        .contains("Expected as many pools on the target as on the source");
    assertThat(
            faults(
                POOLS.replace(
                    "target: [9290f38c5d07c2e2f4df57b1f61d4196]",
                    "target: [17b5962d775c646f3f9725cbc7a53df4]")))
        .singleElement()
        .asString()
        .contains("is on both sides");
  }

  private static Optional<WarmUp> warmUp(String yaml) {
    return accepted(yaml).watch().orElseThrow().objectives().warmUp();
  }

  private static Optional<WarmUp> warmUp(String loweredTtl, String observation) {
    return warmUp(
        WATCHED
            .replace("loweredTtl: 60s", "loweredTtl: " + loweredTtl)
            .replace("observation: 1h", "observation: " + observation));
  }

  @Test
  void shouldWarmUpForTwiceTheLoweredTtlWithinBoundsWhenThePlanDoesNotSay() {
    assertThat(warmUp(WATCHED)).contains(new WarmUp(Duration.ofMinutes(2), 6, 0.1));
    assertThat(warmUp("2s", "1h")).contains(new WarmUp(Duration.ofSeconds(30), 6, 0.1));
    assertThat(warmUp("2s", "12s")).contains(new WarmUp(Duration.ofSeconds(3), 6, 0.1));
    assertThat(warmUp("1h", "1h")).contains(new WarmUp(Duration.ofMinutes(15), 6, 0.1));
  }

  @Test
  void shouldWarmUpAsThePlanSays() {
    String objectives = WATCHED + "  objectives: {latencyFactorMax: 1.5, errorRateMax: 30%";
    assertThat(warmUp(objectives + "}\n")).contains(new WarmUp(Duration.ofMinutes(2), 4.5, 0.5));
    assertThat(warmUp(objectives + ", warmUp: {}}\n"))
        .contains(new WarmUp(Duration.ofMinutes(2), 4.5, 0.5));
    assertThat(
            warmUp(objectives + ", warmUp: {for: 30s, latencyFactorMax: 5, errorRateMax: 40%}}\n"))
        .contains(new WarmUp(Duration.ofSeconds(30), 5, 0.4));
    assertThat(warmUp(objectives + ", warmUp: {for: 0s}}\n")).isEmpty();
    assertThat(warmUp(WATCHED + "  objectives: {errorRateMax: 60%}\n"))
        .contains(new WarmUp(Duration.ofMinutes(2), 6, 0.6));
  }

  @Test
  void shouldRefuseAWarmUpThatIsStricterOrNeverEnds() {
    assertThat(
            faults(
                WATCHED.replace("1h", "10m")
                    + "  objectives:\n"
                    + "    warmUp: {for: 11m, latencyFactorMax: 1.5, errorRateMax: 1%, until:"
                    + " 3}\n"))
        .containsExactly(
            "line 21, column 19: Expected a warm-up no longer than bounds.observation (10m), but it"
                + " is 11m",
            "line 21, column 42: Expected a limit no stricter than the usual latencyFactorMax"
                + " (2.0), but it is 1.5",
            "line 21, column 61: Expected a limit no stricter than the usual errorRateMax (0.05),"
                + " but it is 0.01",
            "line 21, column 65: Expected one of [errorRateMax, for, latencyFactorMax] in"
                + " watch.objectives.warmUp, but found 'until'");
    assertThat(faults(WATCHED + "  objectives: {warmUp: {for: soon, errorRateMax: 100%}}\n"))
        .containsExactly(
            "line 20, column 30: Expected a duration of 0s to 1h, such as 500ms, 120s or 1h30m for"
                + " watch.objectives.warmUp.for, but found 'soon'",
            "line 20, column 50: Expected a share such as 20% or 0.2 for"
                + " watch.objectives.warmUp.errorRateMax, but found '100%'");
  }

  @Test
  void shouldAcceptTheExampleThatShowsEveryKey() throws IOException {
    // given
    String yaml;
    try (InputStream file =
        Objects.requireNonNull(PlanYaml.class.getResourceAsStream("/plan-example.yaml"))) {
      yaml = new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
    // when
    Plan plan = accepted(yaml);
    // then
    assertThat(plan.governance().approvers()).containsExactly("ana", "bo", "cy");
    assertThat(plan.window().opensAt()).contains(Instant.parse("2036-12-01T01:00:00Z"));
    assertThat(plan.trafficSwitch().orElseThrow().provider().writtenAt())
        .isEqualTo(new ServerAddress("192.0.2.53", 53));
    assertThat(plan.trafficSwitch().orElseThrow().names().getFirst().target().getFirst().type())
        .isEqualTo(RecordType.A);
    assertThat(plan.trafficSwitch().orElseThrow().loweredTtlSeconds()).isEqualTo(60);
    assertThat(plan.watch().orElseThrow().objectives().errorRateMax()).isEqualTo(0.05);
    assertThat(plan.watch().orElseThrow().objectives().warmUp())
        .contains(new WarmUp(Duration.ofMinutes(2), 6, 0.1));
    assertThat(plan.watch().orElseThrow().journeys().getFirst().steps()).hasSize(3);
    assertThat(plan.dataChecks()).hasSize(3);
    assertThat(plan.readingChecks().getLast())
        .isInstanceOfSatisfying(
            SideQuery.class,
            query -> {
              assertThat(query.database()).isEqualTo(plan.data().orElseThrow().target());
              assertThat(query.expected()).isEqualTo("0");
            });
    assertThat(plan.writingChecks().getFirst().writes()).isTrue();
    assertThat(plan.sourceChecks().getFirst().writes()).isFalse();
  }
}
