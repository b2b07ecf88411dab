package dev.cutover.dns.adapter;

import dev.cutover.contract.ServerAddress;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * How runtime APIs are spoken to: plainly, or through TLS with a certificate of one's own. The API
 * knows no passwords.
 *
 * @param tls empty for plain connections
 */
public record HaProxySockets(Optional<SSLContext> tls) {
  /** Key of the configuration that names the key store. */
  public static final String KEY_STORE = "CUTOVER_DNS_HAPROXY_KEY_STORE";

  /**
   * Through TLS, where there is a key store.
   *
   * @param keyStore PKCS #12: the certificate and key that it shows, and the certificates that it
   *     trusts, no others
   * @param credentials with {@code haproxy.keystore.password}, the key store's
   * @throws ConfigException if it can't be read
   */
  public static HaProxySockets of(Optional<Path> keyStore, Credentials credentials) {
    return keyStore
        .map(path -> new HaProxySockets(Optional.of(context(path, credentials))))
        .orElseGet(HaProxySockets::plain);
  }

  private static SSLContext context(Path path, Credentials credentials) {
    char[] password = credentials.secret("haproxy", "keystore").value().toCharArray();
    try {
      KeyStore store = KeyStore.getInstance(path.toFile(), password);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigException(
          List.of(
              "Expected %s to name a key store that haproxy.keystore.password opens, but %s: %s"
                  .formatted(KEY_STORE, path, e.getMessage())));
    }
  }

  /** Plain connections. */
  public static HaProxySockets plain() {
    return new HaProxySockets(Optional.empty());
  }

  /** The connection as it is spoken through; the instance's certificate must bear its host. */
  Socket secured(Socket connected, ServerAddress instance) throws IOException {
    if (tls.isEmpty()) {
      return connected;
    }
    SSLSocket socket =
        (SSLSocket)
            tls.get()
                .getSocketFactory()
                .createSocket(connected, instance.host(), instance.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 2818: the name has to match
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }
}
