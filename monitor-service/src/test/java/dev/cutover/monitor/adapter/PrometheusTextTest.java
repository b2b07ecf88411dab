package dev.cutover.monitor.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.monitor.adapter.PrometheusText.MalformedText;
import dev.cutover.monitor.adapter.PrometheusText.Point;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "requests",
        "requests{",
        "requests{a=\"b\"",
        "requests{a=\"b\"}",
        "requests{a=\"b\" c=\"d\"} 1",
        "requests{a=\"b\",a=\"c\"} 1",
        "requests{a=b} 1",
        "requests one",
        "requests 1 2 3",
        "9requests 1",
        "<html>",
      })
  void shouldRefuseThePageWhenALineIsNone(String line) {
    assertThatThrownBy(() -> PrometheusText.parse("good 1\n" + line + "\n"))
        .isInstanceOf(MalformedText.class)
        .hasMessageContaining("line 2");
  }

  @Test
  void shouldRefuseThePageWhenItWasCutOff() {
    assertThatThrownBy(() -> PrometheusText.parse("requests 12"))
        .isInstanceOf(MalformedText.class)
        .hasMessageContaining("cut off");
  }

  @Test
  void shouldReadWhatTheFormatAllows() throws Exception {
    List<Point> points =
        PrometheusText.parse(
            """
            # HELP requests All of them.
            # TYPE requests counter

            requests_total{path="/a \\"b\\" \\\\ c",status="200",} 1.027e3 1395066363000
            up 1
              le{le="+Inf"} +Inf
            nan NaN
            with_exemplar{a="b"} 17 # {trace_id="x"} 0.67
            # EOF
            """);
    assertThat(points)
        .extracting(Point::name)
        .containsExactly("requests_total", "up", "le", "nan", "with_exemplar");
    assertThat(points.getFirst().labels())
        .isEqualTo(Map.of("path", "/a \"b\" \\ c", "status", "200"));
    assertThat(points.getFirst().value()).isEqualTo(1027);
    assertThat(points.getFirst().atMs()).hasValue(1395066363000L);
    assertThat(points.get(2).value()).isInfinite();
    assertThat(points.get(3).value()).isNaN();
  }

  @Test
  void shouldSelectByNameAndLabels() throws Exception {
    Point point = PrometheusText.parse("r{route=\"/health\",status=\"503\"} 1\n").getFirst();
    assertThat(selects("r", point)).isTrue();
    assertThat(selects("r{route!=\"/health\"}", point)).isFalse();
    assertThat(selects("r{status=~\"5..\", route=\"/health\"}", point)).isTrue();
    assertThat(selects("r{status=~\"5\"}", point)).isFalse();
    assertThat(selects("r{status!~\"5..\"}", point)).isFalse();
    assertThat(selects("r{absent=\"\"}", point)).isTrue();
    assertThat(selects("other", point)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "r{", "r{a}", "r{a=b}", "r{a=\"b\" c=\"d\"}", "r{a=~\"(\"}", "sum(r)"})
  void shouldRefuseWhatIsNoSelector(String text) {
    assertThatThrownBy(() -> SeriesSelector.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Expected a metric's name");
  }

  private static boolean selects(String selector, Point point) {
    return SeriesSelector.parse(selector).selects(point);
  }
}
