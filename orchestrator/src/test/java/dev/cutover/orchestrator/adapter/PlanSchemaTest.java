package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The schema by which editors check plans says the same as the reader. */
final class PlanSchemaTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

  private static final String PLAN =
      """
      cutover: shop
      approvers: [ana, bo]
      data:
        source: {host: a, database: shop, credential: shop-source}
        target: {host: b, database: shop, credential: shop-target}
        tables: [public.orders]
      bounds: {maxWriteOutage: 60s, switchStep: 20s}
      """;

  private final JsonSchema schema = schema();

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../examples"))) {
      return Stream.concat(
          Stream.of(Path.of("src/main/resources/plan-example.yaml")),
          files.filter(file -> file.toString().endsWith(".yaml")).toList().stream());
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldAcceptEachExampleAsTheReaderDoes(Path file) throws IOException {
    // given
    String plan = Files.readString(file);
    // when, then
    assertThat(PlanYaml.read(plan, NOW)).isInstanceOf(PlanYaml.Reading.Accepted.class);
    assertThat(faults(plan)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cutover: shop -> cutover: Shop",
        "approvers: [ana, bo] -> approvers: [ana]",
        "approvers: [ana, bo] -> approvers: [ana, ana]",
        "approvers: [ana, bo] -> people: {}",
        "approvers: [ana, bo] -> people: {approvers: [ana]}",
        "approvers: [ana, bo] -> people: {approvers: [ana, bo], approvalsNeeded: 1}",
        "approvers: [ana, bo] -> people: {approvers: [ana, bo], decision: ask}",
        "approvers: [ana, bo] -> people: {approvers: [ana, bo], default: stay}",
        "approvers: [ana, bo] -> people: {approvers: [ana, bo], decision: vote}",
        "approvers: [ana, bo] -> approvers: [ana, bo]\npeople: {approvers: [ana, bo]}",
        "cutover: shop -> strategie: blueGreen",
        "cutover: shop -> cutover: shop\nstrategy: rolling",
        "cutover: shop -> cutover: shop\ndataLayer: both",
        "cutover: shop -> cutover: shop\nstrategy: canary\ncanary: {weights: []}",
        "cutover: shop -> cutover: shop\nstrategy: canary\ncanary: {weights: [{percent: 101}]}",
        "cutover: shop -> cutover: shop\n"
            + "strategy: canary\n"
            + "canary: {weights: [{percent: 100}], abort: never}",
        "bounds: -> rollback: {policy: reopenTarget}\nbounds:",
        "bounds: -> rollback: {window: 3 days}\nbounds:",
        "host: a -> hosts: a",
        "credential: shop-source -> password: secret",
        "host: b, -> host: b, port: 70000,",
        "[public.orders] -> []",
        "[public.orders] -> [a.b.c]",
        "maxWriteOutage: 60s -> maxWriteOutage: 60",
        "maxWriteOutage: 60s -> maxWriteOutage: a minute",
        "switchStep: 20s -> switchSteps: 20s",
        "bounds: -> limits:",
        "bounds: -> checks: {writing: [{name: a, url: 'http://a', steps: []}]}\nbounds:",
        "bounds: -> checks: {data: [{name: a, kind: httpFlow}]}\nbounds:",
        "bounds: -> checks: {data: [{name: a, kind: query, sql: select 1, expected: 1}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: query, sql: select 1}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: tls}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: tls, server: a, validFor: long}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: tcp, servers: []}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: tcp, servers: [a]}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: json, url: 'http://a', require: []}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: json, url: 'http://a', require: [{at: /a}]}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: json, url: 'http://a', require: [{at: a, is: b}]}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: prometheus, url: 'http://a', query: up}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: prometheus, url: 'http://a', query: up, atMost: much}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: prometheus, url: 'http://a', query: up, against: {query: up}}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: prometheus, url: 'http://a', query: up, against: {query: up, ratioAtMost: 2, samplesMin: 9}}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: loki, url: 'http://a'}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: testAlert, url: 'http://a', labels: {alertname: b}}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: instances, from: {}}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: instances, from: {list: ['a:1'], srv: b}}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: instances, from: {list: ['a:1']}, same: [/v]}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: instances, from: {list: ['a:1']}, health: {url: 'http://a/health'}}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: instances, from: {list: ['a:1']}, others: {list: ['b:1']}}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: haproxy, backends: [a]}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: databaseClients}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: kafkaLag, brokers: ['a:9092'], group: g}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: kafkaLag, brokers: ['a:9092'], group: g, lagMax: 1, protocol: TLS}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: dns}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: tls, server: a, severity: low}]}\nbounds:",
        "bounds: -> checks: {reading: [{name: a, kind: tls, server: a, needs: b}]}\nbounds:",
        "bounds: -> watch: {source: {metric: 'http://a'}, target: {}}\nbounds:",
        "bounds: -> watch: {source: {metrics: 'http://a', match: 'a=\"b\"'}, target: {metrics:"
            + " 'http://b'}}\nbounds:",
        "bounds: -> watch: {source: {prometheus: 'http://a', match: 'a=b'}, target: {prometheus:"
            + " 'http://b'}}\nbounds:",
        "bounds: -> watch: {source: {prometheus: 'http://a', metrics: 'http://a'}, target:"
            + " {prometheus: 'http://b'}}\nbounds:",
        "bounds: -> watch: {source: {metrics: 'http://a'}, target: {metrics: 'http://b'},"
            + " objectives: {warmUp: {until: 3s}}}\n"
            + "bounds:",
        "bounds: -> watch: {source: {metrics: 'http://a'}, target: {metrics: 'http://b'},"
            + " objectives: {warmUp: {for: 3}}}\n"
            + "bounds:",
        "bounds: -> watch: {source: {metrics: 'http://a'}, target: {metrics: 'http://b'},"
            + " objectives: {warmUp: {errorRateMax: 1.2}}}\n"
            + "bounds:",
        "bounds: -> readiness: {reviewEvery: 5}\nbounds:",
        "bounds: -> readiness: {signed: [{line: rollback, by: ana, reason: a, until:"
            + " 2036-12-01T02:00}]}\n"
            + "bounds:",
        "bounds: -> readiness: {signed: [{line: war-room, by: ana, until: 2036-12-01T02:00}]}\n"
            + "bounds:",
        "bounds: -> readiness: {backup: {url: 'http://a'}}\nbounds:",
        "bounds: -> readiness: {changeTicket: {url: 'http://a', json: {state: 1}}}\nbounds:",
        "bounds: -> decisions: [{question: strategy, choice: canary}]\nbounds:",
        "bounds: -> decisions: [{question: a, choice: b, reason: c, by: ana}]\nbounds:",
        "bounds: -> freeze: {until: 2036-12-01T02:00}\nbounds:",
        "bounds: -> milestones: [a day]\nbounds:",
        "bounds: -> rollback: {overrun: thawTarget}\nbounds:",
        "bounds: -> notices: {channels: [{name: a, kind: mail, credential: c}]}\nbounds:",
        "bounds: -> notices: {channels: [{name: a, kind: email, to: []}]}\nbounds:",
        "bounds: -> notices: {channels: [{name: a, kind: email, to: [ana]}]}\nbounds:",
        "bounds: -> notices: {channels: [{name: a, kind: slack}]}\nbounds:",
        "bounds: -> notices: {channels: [{name: a, kind: slack, credential: c, tells: [begun]}]}\n"
            + "bounds:",
        "bounds: -> notices: {texts: {begun: {text: a}}}\nbounds:",
        "bounds: -> notices: {timeline: {week: 7}}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', names: [{name: b.a.example,"
            + " source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values:"
            + " [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, route53: {hostedZone: Z1}, names: [{name:"
            + " b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values:"
            + " [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, route53: {hostedZone: /hostedzone/Z1}, authorities:"
            + " [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target:"
            + " [{type: A, values: [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, route53: {hostedZone: Z1, key: a}, authorities:"
            + " [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target:"
            + " [{type: A, values: [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, route53: {hostedZone: Z1}, authorities: [ns],"
            + " tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}],"
            + " target: [{type: A, values: [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, route53: {hostedZone: Z1}, authorities: [ns],"
            + " primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A,"
            + " values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, designate: {cloud: paris, zone:"
            + " 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}, names: [{name: b.a.example, source: [{type:"
            + " A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, designate: {cloud: paris, zone: Z1}, authorities:"
            + " [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target:"
            + " [{type: A, values: [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, designate: {cloud: Paris, zone:"
            + " 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}, authorities: [ns], names: [{name:"
            + " b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values:"
            + " [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, designate: {cloud: paris, zone:"
            + " 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0, url: 'https://k'}, authorities: [ns], names:"
            + " [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A,"
            + " values: [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, designate: {cloud: paris, zone:"
            + " 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}, route53: {hostedZone: Z1}, authorities:"
            + " [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target:"
            + " [{type: A, values: [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, designate: {cloud: paris, zone:"
            + " 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}, authorities: [ns], tsigKey: key, names:"
            + " [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A,"
            + " values: [192.0.2.2]}]}]}\n"
            + "bounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}], proof: {resolvers: [{class: corporate}]}}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}], proof: {resolvers: [{class: Public}]}}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}], proof: {resolvers: [{class: public, quorum: 101%}]}}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}], proof: {parent: asked}}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}], proof: {classes: []}}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}], managedBy: {tool: puppet, pausedBy: a}}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}], managedBy: {tool: terraform}}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}], managedBy: {tool: none}}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}], managedBy: {tool: none, signedBy: ana}}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}], managedBy: {tool: none, pausedBy: a}}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}], managedBy: {tool: octodns, pausedBy: a, reason: b}}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, primary: 'ns:53', tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}], managedBy: {pausedBy: a}}]}\nbounds:",
        "bounds: -> traffic: {haproxy: {instances: ['a:1'], backend: web, source: [b], target: [g]}, loweredTtl: 60s}\nbounds:",
        "bounds: -> traffic: {haproxy: {instances: [], backend: web, source: [b], target: [g]}}\nbounds:",
        "bounds: -> traffic: {haproxy: {instances: [a], backend: web, source: [b], target: [g]}}\nbounds:",
        "bounds: -> traffic: {haproxy: {instances: ['a:1'], backend: 'web; quit', source: [b], target: [g]}}\nbounds:",
        "bounds: -> traffic: {haproxy: {instances: ['a:1'], backend: web, source: [b, b], target: [g]}}\nbounds:",
        "bounds: -> traffic: {haproxy: {instances: ['a:1'], backend: web, source: [b]}}\nbounds:",
        "bounds: -> traffic: {haproxy: {instances: ['a:1'], backend: web, source: [b], target: [g], socket: a}}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a},  names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353}, authorities: [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 23, token: a}, authorities: [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, proxied: true}, authorities: [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a}, authorities: [ns], route53: {hostedZone: Z1}, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a}, authorities: [ns], tsigKey: key, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, edge: {path: /v, source: blue, target: green}}, authorities: [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, proxied: true, edge: {path: v, source: blue, target: green}}, authorities: [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, proxied: true, edge: {path: /v, source: blue}}, authorities: [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, proxied: true, edge: {path: /v, source: blue, target: green}}, authorities: [ns], loweredTtl: 60s, names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, proxied: true, edge: {path: /v, source: blue, target: green}}, authorities: [ns], resolvers: [r], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, proxied: true, edge: {path: /v, source: blue, target: green}, source: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]}, authorities: [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, account: 023e105f4ecef8ad9ca31a8372d0c353, loadBalancers: [b.a.example], source: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa], target: [bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb]}, authorities: [ns]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, account: 023e105f4ecef8ad9ca31a8372d0c353, loadBalancers: [b.a.example], source: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa], target: [bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb], edge: {path: /v, source: blue, target: green}}, authorities: [ns], names: [{name: b.a.example, source: [{type: A, values: [192.0.2.1]}], target: [{type: A, values: [192.0.2.2]}]}]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, account: 023e105f4ecef8ad9ca31a8372d0c353, loadBalancers: [b.a.example], source: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa], target: [bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb], edge: {path: /v, source: blue, target: green}}, authorities: [ns], loweredTtl: 60s}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, account: 023e105f4ecef8ad9ca31a8372d0c353, loadBalancers: [b.a.example], source: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa], target: [bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb], proxied: true, edge: {path: /v, source: blue, target: green}}, authorities: [ns]}\nbounds:",
        "bounds: -> traffic: {zone: a.example, cloudflare: {zone: 023e105f4ecef8ad9ca31a8372d0c353, token: a, account: 023e105f4ecef8ad9ca31a8372d0c353, loadBalancers: [b.a.example], source: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa], target: [green], edge: {path: /v, source: blue, target: green}}, authorities: [ns]}\nbounds:",
        "bounds: -> traffic: {targetGroups: {listeners: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2'], source: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/73e2d6bc24d8a067'], target: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/09966783158cda59']}, loweredTtl: 60s}\nbounds:",
        "bounds: -> traffic: {targetGroups: {listeners: [], source: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/73e2d6bc24d8a067'], target: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/09966783158cda59']}}\nbounds:",
        "bounds: -> traffic: {targetGroups: {listeners: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2'], source: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/73e2d6bc24d8a067']}}\nbounds:",
        "bounds: -> traffic: {targetGroups: {listeners: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188'], source: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/73e2d6bc24d8a067'], target: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/09966783158cda59']}}\nbounds:",
        "bounds: -> traffic: {targetGroups: {listeners: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2'], source: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/73e2d6bc24d8a067'], target: [green]}}\nbounds:",
        "bounds: -> traffic: {targetGroups: {listeners: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2'], source: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/73e2d6bc24d8a067', 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/73e2d6bc24d8a067'], target: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/09966783158cda59']}}\nbounds:",
        "bounds: -> traffic: {targetGroups: {listeners: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2'], source: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/73e2d6bc24d8a067'], target: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/09966783158cda59'], region: eu-west-1}}\nbounds:"
      })
  void shouldRefuseWhatTheReaderRefuses(String change) throws IOException {
    // given
    String[] parts = change.split(" -> ", 2);
    String plan = PLAN.replaceFirst(java.util.regex.Pattern.quote(parts[0]), parts[1]);
    assertThat(plan).isNotEqualTo(PLAN);
    // when, then
    assertThat(PlanYaml.read(plan, NOW)).isInstanceOf(PlanYaml.Reading.Faulty.class);
    assertThat(faults(plan)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{for: 0s}", "{for: 30s, latencyFactorMax: 5, errorRateMax: 20%}"})
  void shouldAcceptAWarmUpAsTheReaderDoes(String warmUp) {
    // given
    String plan =
        PLAN
            + """
            watch:
              source: {metrics: 'http://a'}
              target: {metrics: 'http://b'}
              objectives: {warmUp: %s}
            """
                .formatted(warmUp);
    // when, then
    assertThat(PlanYaml.read(plan, NOW)).isInstanceOf(PlanYaml.Reading.Accepted.class);
    assertThat(faults(plan)).isEmpty();
  }

  private List<String> faults(String plan) {
    Object read = new Yaml(new SafeConstructor(new LoaderOptions())).load(plan);
    JsonNode tree = new ObjectMapper().valueToTree(read);
    return schema.validate(tree).stream().map(Object::toString).toList();
  }

  private static JsonSchema schema() {
    try (InputStream in = PlanSchemaTest.class.getResourceAsStream("/plan.schema.json")) {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
          .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
