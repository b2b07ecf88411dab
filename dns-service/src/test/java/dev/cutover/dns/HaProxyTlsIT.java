package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.adapter.HaProxyQueries;
import dev.cutover.dns.adapter.HaProxySockets;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import dev.cutover.dns.haproxy.HaProxyProcess;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runtime API behind HAProxy's own TLS, which lets nobody in without a certificate. */
class HaProxyTlsIT {
  private static final String PASSWORD = "changeit";

  @TempDir Path directory;

  @Test
  void shouldReachARuntimeApiByItsCertificateAlone() throws Exception {
    // given
    Path server = keyStore("server");
    Path client = keyStore("client");
    trust(server, "client");
    trust(client, "server");
    ServerAddress secured = new ServerAddress("127.0.0.1", FreePort.next());
    try (HaProxyProcess haproxy = new HaProxyProcess(directory, behind(secured, server))) {
      Credentials credentials = Credentials.of(Map.of("haproxy.keystore.password", PASSWORD));
      // when
      DnsQueries.Answer known = ask(HaProxySockets.of(Optional.of(client), credentials), secured);
      DnsQueries.Answer unknown = ask(HaProxySockets.of(Optional.of(server), credentials), secured);
      DnsQueries.Answer plain = ask(HaProxySockets.plain(), secured);
      DnsQueries.Answer tlsOnPlain =
          ask(HaProxySockets.of(Optional.of(client), credentials), haproxy.api());
      // then
      assertThat(known)
          .isInstanceOfSatisfying(
              Answered.class, a -> assertThat(a.set().values()).containsExactly("blue1 weight=1"));
      assertThat(unknown)
          .as("a server's certificate that it does not trust")
          .isInstanceOf(Unanswered.class);
      assertThat(plain).isInstanceOf(Unanswered.class);
      assertThat(tlsOnPlain).isInstanceOf(Unanswered.class);
    }
  }

  @Test
  void shouldSayThatAKeyStoreCanNotBeOpened() throws Exception {
    // given
    Path store = keyStore("client");
    Credentials wrong = Credentials.of(Map.of("haproxy.keystore.password", "another"));
    // when, then
    assertThatThrownBy(() -> HaProxySockets.of(Optional.of(store), wrong))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("CUTOVER_DNS_HAPROXY_KEY_STORE")
        .hasMessageNotContaining("another");
  }

  private static DnsQueries.Answer ask(HaProxySockets sockets, ServerAddress instance) {
    return new HaProxyQueries(sockets)
        .ask(instance, false, "web.", RecordType.SERVER, Duration.ofSeconds(5));
  }

  /**
   * As docs/haproxy.md has it: the socket is on the machine alone, a frontend asks for
   * certificates.
   */
  private String behind(ServerAddress secured, Path server) throws Exception {
    Path pem = directory.resolve("server.pem");
    KeyStore store = KeyStore.getInstance(server.toFile(), PASSWORD.toCharArray());
    Files.writeString(
        pem,
        pem("PRIVATE KEY", store.getKey("server", PASSWORD.toCharArray()).getEncoded())
            + pem("CERTIFICATE", store.getCertificate("server").getEncoded()));
    Path trusted = directory.resolve("clients.pem");
    Files.writeString(trusted, pem("CERTIFICATE", store.getCertificate("client").getEncoded()));
    return """
    frontend runtime
      mode tcp
      bind %s ssl crt %s ca-file %s verify required
      default_backend runtime
    backend runtime
      mode tcp
      server api unix@%s
    backend web
      server blue1 127.0.0.1:1
      server green1 127.0.0.1:1 weight 0
    """
        .formatted(secured, pem, trusted, HaProxyProcess.SOCKET);
  }

  private static String pem(String kind, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes), kind);
  }

  private Path keyStore(String name) throws Exception {
    Path store = directory.resolve(name + ".p12");
    keytool(
        store,
        List.of(
            "-genkeypair",
            "-alias",
            name,
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-ext",
            "san=ip:127.0.0.1"));
    keytool(store, List.of("-exportcert", "-alias", name, "-file", certificate(name).toString()));
    return store;
  }

  private void trust(Path store, String name) throws Exception {
    keytool(
        store,
        List.of("-importcert", "-noprompt", "-alias", name, "-file", certificate(name).toString()));
  }

  private Path certificate(String name) {
    return directory.resolve(name + ".crt");
  }

  private void keytool(Path store, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    command.addAll(
        List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
    Daemon.run(directory, command);
  }
}
