package dev.cutover.orchestrator;

import dev.cutover.orchestrator.adapter.OidcTokens;
import dev.cutover.orchestrator.adapter.OperatorApi;
import dev.cutover.runtime.ConfigReader;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the API listens, and whom it believes.
 *
 * @param address {@code API_HOST}, 127.0.0.1 by default, {@code API_PORT}, 8090 by default, 0
 *     chooses a free one; {@code API_TLS_CERTIFICATE} and {@code API_TLS_KEY}, PEM files, needed
 *     for any address but this machine's own unless {@code API_PLAINTEXT=true}
 * @param tokens file with people and roles; key {@code API_TOKENS}
 * @param oidc issuer of JSON Web Tokens; keys {@code API_OIDC_...}
 */
public record ApiConfig(
    OperatorApi.Address address, Optional<Path> tokens, Optional<OidcTokens.Settings> oidc) {

  /** Reads it; faults stay with the reader. */
  static ApiConfig read(ConfigReader reader) {
    Optional<Path> tokens = file(reader, "API_TOKENS");
    Optional<OidcTokens.Settings> oidc = oidc(reader);
    if (reader.optional("API_TOKENS").isEmpty() && reader.optional("API_OIDC_ISSUER").isEmpty()) {
      reader.fault(
          "API_TOKENS: expected the path of a file with people, or an issuer of tokens as"
              + " API_OIDC_ISSUER, but both are missing");
    }
    return new ApiConfig(address(reader), tokens, oidc);
  }

  private static OperatorApi.Address address(ConfigReader reader) {
    String host = reader.string("API_HOST", "127.0.0.1");
    int port = reader.integer("API_PORT", 0, 65_535, 8090);
    boolean plaintext = reader.flag("API_PLAINTEXT", false);
    Optional<Path> certificate = file(reader, "API_TLS_CERTIFICATE");
    Optional<Path> key = file(reader, "API_TLS_KEY");
    if (certificate.isPresent() != key.isPresent()) {
      reader.fault(
          "API_TLS_CERTIFICATE, API_TLS_KEY: expected both or neither, but found one of them");
    }
    if (certificate.isEmpty() && !plaintext && !loopback(host)) {
      reader.fault(
          "API_HOST: expected TLS on any address but this machine's own, since tokens would travel in the clear, but %s has none: set API_TLS_CERTIFICATE and API_TLS_KEY, or API_PLAINTEXT=true if something in front of it does TLS"
              .formatted(host));
    }
    return new OperatorApi.Address(
        host,
        port,
        certificate.flatMap(chain -> key.map(secret -> new OperatorApi.Tls(chain, secret))));
  }

  private static Optional<OidcTokens.Settings> oidc(ConfigReader reader) {
    if (reader.optional("API_OIDC_ISSUER").isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new OidcTokens.Settings(
            reader.string("API_OIDC_ISSUER"),
            reader.string("API_OIDC_AUDIENCE"),
            keys(reader),
            reader.string("API_OIDC_NAME_CLAIM", "sub"),
            reader.string("API_OIDC_ROLES_CLAIM", "roles"),
            reader.string("API_OIDC_ROLES_PREFIX", "")));
  }

  /** A file, or an address: whoever can change what it answers can sign as anybody. */
  private static URI keys(ConfigReader reader) {
    String text = reader.string("API_OIDC_JWKS");
    if (text.startsWith("http://") || text.startsWith("https://")) {
      URI uri = reader.uri("API_OIDC_JWKS");
      if (text.startsWith("http://") && !loopback(String.valueOf(uri.getHost()))) {
        reader.fault(
            "API_OIDC_JWKS: expected https, since whoever changes the keys on their way can be"
                + " anybody, but found "
                + text);
      }
      return uri;
    }
    return text.isEmpty() ? URI.create("file:///") : reader.file("API_OIDC_JWKS").toUri();
  }

  private static Optional<Path> file(ConfigReader reader, String key) {
    return reader.optional(key).map(_ -> reader.file(key));
  }

  private static boolean loopback(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name: it may be anywhere
    }
  }
}
