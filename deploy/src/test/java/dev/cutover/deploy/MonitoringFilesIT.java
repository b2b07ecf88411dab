package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.monitor.adapter.WatchGauges;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dashboard and the alerts ask for what the monitor-service has, and do what they say. */
class MonitoringFilesIT {
  private static final Path FILES = Path.of("monitoring");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
  private static final Pattern METRIC = Pattern.compile("\\bcutover_[a-z_]+");

  @Test
  void shouldAskForMetricsThatThereAre() throws Exception {
    // given
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new WatchGauges(registry)
        .show(
            new HealthReported(
                new CutoverId("shop"),
                1,
                HealthVerdict.HEALTHY,
                "fine",
                SideHealth.UNKNOWN,
                SideHealth.UNKNOWN));
    Set<String> known = names(registry.scrape());

    // then
    JsonNode dashboard =
        new ObjectMapper().readTree(FILES.resolve("grafana-dashboard.json").toFile());
    assertThat(dashboard.path("panels").size()).isEqualTo(5);
    assertThat(names(dashboard.toString())).isEqualTo(known);
    assertThat(names(Files.readString(FILES.resolve("alerts.yaml")))).isSubsetOf(known);
    assertThat(registry.scrape())
        .as("what is not known is no zero")
        .contains("cutover_side_error_ratio{cutover=\"shop\",side=\"target\"} NaN");
  }

  private static Set<String> names(String text) {
    Set<String> names = new TreeSet<>();
    METRIC.matcher(text).results().forEach(found -> names.add(found.group()));
    return names;
  }

  @Test
  void shouldAlertWhenItIsTimeTo() throws Exception {
    boolean installed = Files.isExecutable(PROMTOOL);
    if (!installed && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("Expected /usr/bin/promtool: apt-get install prometheus");
    }
    assumeTrue(installed, "Needs /usr/bin/promtool: apt-get install prometheus");
    Process promtool =
        new ProcessBuilder(PROMTOOL.toString(), "test", "rules", "alerts-test.yaml")
            .directory(FILES.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(promtool.exitValue()).as(said).isZero();
  }
}
