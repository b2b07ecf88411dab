package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.MessageCodec;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each act as a person would run it: all services, all parts real. */
class DemoIT {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = Act.class,
      names = {"HEALTHY", "ERRORS"})
  void shouldEndAsTheActPromisesAndLoseNoWrite(Act act) throws Exception {
    // given
    Path file = directory.resolve("report.json");
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Demo demo =
        new Demo(
            new Demo.Settings(100, 1, false, directory.resolve("log")),
            new PrintStream(shown, true, StandardCharsets.UTF_8));

    // when
    boolean passed = demo.run(act, file);

    // then
    JsonNode report = MessageCodec.mapper().readTree(file.toFile());
    assertThat(report.path("outcome").asText())
        .as(shown.toString(StandardCharsets.UTF_8))
        .isEqualTo(act.expectedOutcome());
    assertThat(report.path("writesMissing").asLong(-1)).as("%s", report.path("examples")).isZero();
    assertThat(report.path("writesOnBothSidesWhileFenced").asLong(-1)).isZero();
    assertThat(report.path("writesAcknowledged").asLong()).isGreaterThan(1000);
    assertThat(report.path("triggers").size()).isEqualTo(act == Act.HEALTHY ? 0 : 1);
    assertThat(passed).isTrue();
  }
}
