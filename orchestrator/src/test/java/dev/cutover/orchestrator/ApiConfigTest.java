package dev.cutover.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ApiConfigTest {
  @TempDir private Path directory;
  private final Map<String, String> keys = new HashMap<>();

  @BeforeEach
  void people() throws IOException {
    keys.put("API_TOKENS", file("people.properties"));
  }

  private String file(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, "");
    return file.toString();
  }

  private ApiConfig read() {
    ConfigReader reader = ConfigReader.of(keys);
    ApiConfig config = ApiConfig.read(reader);
    return reader.build(() -> config);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.9", "localhost", "::1"})
  void shouldListenOnThisMachineWithoutTls(String host) {
    keys.put("API_HOST", host);
    assertThat(read().address().host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "api.example.com"})
  void shouldRefuseAnotherAddressWithoutTls(String host) throws IOException {
    // given
    keys.put("API_HOST", host);
    // when, then
    assertThatThrownBy(this::read)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("API_HOST: expected TLS")
        .hasMessageContaining(host);
    // when, then
    keys.put("API_PLAINTEXT", "true");
    assertThat(read().address().tls()).isEmpty();
    // when, then
    keys.remove("API_PLAINTEXT");
    keys.put("API_TLS_CERTIFICATE", file("certificate.pem"));
    assertThatThrownBy(this::read).hasMessageContaining("expected both or neither");
    keys.put("API_TLS_KEY", file("key.pem"));
    assertThat(read().address().tls()).isPresent();
  }

  @Test
  void shouldNeedPeopleFromSomewhere() throws IOException {
    // given
    keys.remove("API_TOKENS");
    assertThatThrownBy(this::read).hasMessageContaining("both are missing");
    // when
    keys.put("API_OIDC_ISSUER", "https://issuer.example.com");
    // then
    assertThatThrownBy(this::read)
        .hasMessageContaining("API_OIDC_AUDIENCE")
        .hasMessageContaining("API_OIDC_JWKS");
    keys.put("API_OIDC_AUDIENCE", "cutover");
    keys.put("API_OIDC_JWKS", "https://issuer.example.com/keys");
    assertThat(read().oidc().orElseThrow().keys())
        .isEqualTo(URI.create("https://issuer.example.com/keys"));
    keys.put("API_OIDC_JWKS", file("keys.json"));
    assertThat(read().oidc().orElseThrow().keys().getScheme()).isEqualTo("file");
  }

  @Test
  void shouldRefuseKeysThatSomebodyCouldChangeOnTheirWay() {
    // given
    keys.put("API_OIDC_ISSUER", "https://issuer.example.com");
    keys.put("API_OIDC_AUDIENCE", "cutover");
    keys.put("API_OIDC_JWKS", "http://issuer.example.com/keys");
    // when, then
    assertThatThrownBy(this::read).hasMessageContaining("API_OIDC_JWKS: expected https");
    keys.put("API_OIDC_JWKS", "http://127.0.0.1:8080/keys");
    assertThat(read().oidc()).isPresent();
  }
}
