package dev.cutover.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class TemplateTest {
  @Test
  void shouldFillWhatIsKnownAndLeaveTheRest() {
    assertThat(new Template("${a} and ${b}, $5").fill(Map.of("a", "$1\\")))
        .isEqualTo("$1\\ and ${b}, $5");
  }

  @Test
  void shouldWriteValuesAsTheirPlaceNeedsThem() {
    UnaryOperator<String> upper = value -> value.toUpperCase(java.util.Locale.ROOT);
    assertThat(new Template("/x/${a}").fill(Map.of("a", "b"), upper)).isEqualTo("/x/B");
  }

  @Test
  void shouldNameTheFirstVariableWithoutAValue() {
    assertThat(new Template("${a} ${no such} ${c}").unknown(Map.of("a", ""))).contains("no such");
    assertThat(new Template("${a}").unknown(Map.of("a", ""))).isEmpty();
  }
}
