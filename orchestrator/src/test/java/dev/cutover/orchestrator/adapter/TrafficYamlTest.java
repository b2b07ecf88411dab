package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.SwitchSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficYamlTest {
  private static final String TRAFFIC =
      """
      traffic:
        zone: shop.example
        primary: 127.0.0.1
        tsigKey: mig
        names:
          - name: www.shop.example
            source: [{type: A, values: [10.0.0.1]}]
            target: [{type: A, values: [10.1.0.1]}]
      """;

  @Test
  void shouldReadTheSectionAlone() {
    // when
    TrafficYaml.Reading reading = TrafficYaml.read(TRAFFIC);
    // then
    assertThat(reading.faults()).isEmpty();
    assertThat(reading.traffic())
        .hasValueSatisfying(spec -> assertThat(spec.zone()).isEqualTo("shop.example."));
  }

  @Test
  void shouldMindNothingElseInTheFile() {
    // when
    TrafficYaml.Reading reading =
        TrafficYaml.read("window: {closes: 1999-01-01T00:00}\nnobody: knows\n" + TRAFFIC);
    // then
    assertThat(reading.faults()).isEmpty();
    assertThat(reading.traffic()).isPresent();
  }

  @Test
  void shouldReadWhatThePlanReads() throws IOException {
    // given
    String example = Files.readString(Path.of("..", "examples", "route53.yaml"));
    // when
    SwitchSpec traffic = TrafficYaml.read(example).traffic().orElseThrow();
    // then
    assertThat(PlanYaml.read(example, Instant.EPOCH))
        .isInstanceOfSatisfying(
            PlanYaml.Reading.Accepted.class,
            accepted ->
                assertThat(accepted.plan().trafficSwitch().map(SwitchSpec::names))
                    .hasValue(traffic.names()));
  }

  @Test
  void shouldSayEveryFaultWithItsPlace() {
    assertThat(faults(TRAFFIC.replace("zone:", "zon:").replace("10.1.0.1", "10.1.0")))
        .anySatisfy(fault -> assertThat(fault).startsWith("line 2, column 3: Expected a zone"))
        .anySatisfy(fault -> assertThat(fault).contains("did you mean 'zone'?"))
        .anySatisfy(fault -> assertThat(fault).contains("line 8", "'10.1.0'"));
    assertThat(faults("cutover: a\n"))
        .containsExactly(
            "line 1, column 1: Expected a section 'traffic' as in a cutover's plan, but it is missing");
    assertThat(faults("")).singleElement().asString().contains("Expected a plan with a traffic");
    assertThat(faults("- a\n")).singleElement().asString().contains("Expected keys and values");
  }

  private static List<String> faults(String yaml) {
    TrafficYaml.Reading reading = TrafficYaml.read(yaml);
    assertThat(reading.traffic()).isEmpty();
    return reading.faults();
  }
}
