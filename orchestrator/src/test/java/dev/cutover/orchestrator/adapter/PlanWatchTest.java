package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.WatchSpec;
import dev.cutover.orchestrator.adapter.PlanYaml.Reading;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is watched by a Prometheus server. */
final class PlanWatchTest {
  private static final String SCRAPED =
      """
      cutover: shop
      approvers: [ana, bo]
      data:
        source: {host: a, database: shop, credential: shop-source}
        target: {host: b, database: shop, credential: shop-target}
        tables: [public.orders]
      bounds: {observation: 1h}
      watch:
        source: {prometheus: "http://p:9090", match: 'side="a b"'}
        target: {prometheus: "http://p:9090/", match: 'side="b", zone!~"x|y"'}
      """;

  private static Reading read(String yaml) {
    return PlanYaml.read(yaml, Instant.parse("2026-11-01T00:00:00Z"));
  }

  private static String fault(String yaml) {
    return read(yaml) instanceof Reading.Faulty(List<String> faults)
        ? String.join("\n", faults)
        : "none";
  }

  @Test
  void shouldAskAPrometheusServerForEachSidesSeries() {
    // when
    Reading reading = read(SCRAPED);

    // then
    assertThat(fault(SCRAPED)).isEqualTo("none");
    WatchSpec watch = ((Reading.Accepted) reading).plan().watch().orElseThrow();
    assertThat(watch.source().metricsUrl())
        .isEqualTo("http://p:9090/api/v1/query?match=side%3D%22a+b%22");
    assertThat(watch.target().metricsUrl())
        .isEqualTo("http://p:9090/api/v1/query?match=side%3D%22b%22%2C+zone%21%7E%22x%7Cy%22");
    assertThat(watch.objectives().tickMs()).isEqualTo(15_000);
  }

  @Test
  void shouldRefuseWhatCannotTellTheSidesApartOrIsNoMatcher() {
    assertThat(fault(SCRAPED.replace("side=\"b\", zone!~\"x|y\"", "side=\"a b\"")))
        .contains("both sides have the same");
    assertThat(fault(SCRAPED.replace("'side=\"a b\"'", "side"))).contains("matchers of labels");
    assertThat(fault(SCRAPED.replace("match: 'side=\"a b\"'", "metrics: \"http://a:9100\"")))
        .contains("both are there");
    assertThat(
            fault(SCRAPED.replace("prometheus: \"http://p:9090\"", "metrics: \"http://a:9100\"")))
        .contains("beside 'prometheus'");
    assertThat(fault(SCRAPED.replace("prometheus: \"http://p:9090\", match: 'side=\"a b\"'", "")))
        .contains("metrics of both sides");
  }
}
