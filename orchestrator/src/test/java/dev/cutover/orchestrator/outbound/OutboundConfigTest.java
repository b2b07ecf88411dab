package dev.cutover.orchestrator.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.orchestrator.outbound.OutboundConfig.Encryption;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboundConfigTest {
  @Test
  void shouldAllowNothingUnlessItIsNamed() {
    OutboundConfig config = read(Map.of());

    assertThat(config.hosts().permits("https://hooks.slack.com/x")).isFalse();
    assertThat(config.topics()).isEmpty();
    assertThat(config.mail()).isEmpty();
  }

  @Test
  void shouldReadAllOfItAndShowNoSecret(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("outbound.properties");
    Files.writeString(file, "team.slack.password=hidden\n");

    OutboundConfig config =
        read(
            Map.of(
                "OUTBOUND_HOSTS", "hooks.slack.com, *.example.com:8443",
                "OUTBOUND_TOPICS", "team.workers,team.cache",
                "OUTBOUND_CREDENTIALS", file.toString(),
                "OUTBOUND_MAIL_SERVER", "smtp.example.com:587",
                "OUTBOUND_MAIL_FROM", "cutover@example.com",
                "OUTBOUND_MAIL_RECIPIENTS", "example.com,Bo@Partner.example"));

    assertThat(config.hosts().permits("https://a.example.com:8443/x")).isTrue();
    assertThat(config.topics()).containsExactlyInAnyOrder("team.workers", "team.cache");
    OutboundConfig.Mail mail = config.mail().orElseThrow();
    assertThat(mail.encryption()).isEqualTo(Encryption.STARTTLS);
    assertThat(mail.permits("ANA@example.com")).isTrue();
    assertThat(mail.permits("bo@partner.example")).isTrue();
    assertThat(mail.permits("eve@partner.example")).isFalse();
    assertThat(mail.permits("eve@not-example.com")).isFalse();
    assertThat(config.toString()).doesNotContain("hidden");
  }

  @Test
  void shouldNameEachFault() {
    assertThatThrownBy(
            () ->
                read(
                    Map.of(
                        "OUTBOUND_MAIL_SERVER", "smtp.example.com",
                        "OUTBOUND_MAIL_FROM", "Cutover <cutover@example.com>",
                        "OUTBOUND_CREDENTIALS", "/nowhere")))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.faults())
                    .anyMatch(fault -> fault.startsWith("OUTBOUND_MAIL_SERVER"))
                    .anyMatch(fault -> fault.startsWith("OUTBOUND_MAIL_RECIPIENTS"))
                    .anyMatch(fault -> fault.startsWith("OUTBOUND_CREDENTIALS")));
  }

  private static OutboundConfig read(Map<String, String> environment) {
    ConfigReader reader = ConfigReader.of(environment);
    OutboundConfig config = OutboundConfig.read(reader);
    return reader.build(() -> config);
  }
}
