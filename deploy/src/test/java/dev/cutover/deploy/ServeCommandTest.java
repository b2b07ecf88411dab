package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.runtime.ConfigException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ServeCommandTest {
  @Test
  void shouldRefuseWhenAServiceIsNone() {
    // given
    StringWriter err = new StringWriter();

    // when
    int code = Main.commandLine().setErr(new PrintWriter(err)).execute("serve", "dns", "web");

    // then
    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .contains("Expected services among dns, sync, validator, monitor, orchestrator")
        .contains("got 'web'");
  }

  @Test
  void shouldSayTheFaultsOfThoseNamedAlone() {
    assertThatThrownBy(() -> AllServices.check(List.of("dns", "monitor"), _ -> Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("dns: CUTOVER_DNS_CREDENTIALS")
        .hasMessageContaining("monitor: CUTOVER_MONITOR_ALLOWED_HOSTS")
        .hasMessageContaining("KAFKA_BOOTSTRAP_SERVERS")
        .hasMessageNotContaining("sync:");
  }
}
