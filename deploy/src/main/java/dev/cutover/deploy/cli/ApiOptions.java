package dev.cutover.deploy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which API, who asks, and how the answer is shown. */
final class ApiOptions {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  @Option(
      names = "--api",
      paramLabel = "URL",
      defaultValue = "${env:CUTOVER_API:-http://127.0.0.1:8090}",
      description = "Where the API is; or CUTOVER_API. Default: http://127.0.0.1:8090")
  private URI api = URI.create("http://127.0.0.1:8090");

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      defaultValue = "${env:CUTOVER_TOKEN_FILE}",
      description =
          "Holds your token; or CUTOVER_TOKEN_FILE, or the token itself in CUTOVER_TOKEN.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      defaultValue = "${env:CUTOVER_CA}",
      description =
          "Certificates (PEM) to believe for https instead of the public ones; or CUTOVER_CA.")
  private @Nullable Path ca;

  @Option(names = "--json", description = "As JSON, for programs.")
  private boolean json;

  /** Whether programs read the answer. */
  boolean json() {
    return json;
  }

  ApiClient client() {
    return client(token());
  }

  /** As another person, whose token is in that file. */
  ApiClient as(Path file) {
    return client(token(file));
  }

  private ApiClient client(String token) {
    if (api.getHost() == null || !String.valueOf(api.getScheme()).matches("https?")) {
      throw new ApiFailure(
          "Expected an address such as https://cutover.example.com as --api, but found " + api);
    }
    if (api.getScheme().equals("http")
        && !loopback(api.getHost())
        && !"true".equals(System.getenv("CUTOVER_PLAINTEXT"))) {
      throw new ApiFailure(
          "Expected https, since your token would travel in the clear, but found %s: use https, or CUTOVER_PLAINTEXT=true if you trust the network between"
              .formatted(api));
    }
    HttpClient.Builder http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT);
    if (ca != null) {
      http.sslContext(believing(ca));
    }
    return new ApiClient(api, token, http.build());
  }

  private String token() {
    if (tokenFile != null) {
      return token(tokenFile);
    }
    String token = System.getenv("CUTOVER_TOKEN");
    if (token == null || token.isBlank()) {
      throw new ApiFailure(
          "Expected your token, but found none: put it into a file that only you can read and name"
              + " it by --token-file or CUTOVER_TOKEN_FILE (./cutover people add makes tokens)");
    }
    return token.strip();
  }

  private static String token(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new ApiFailure("Expected a readable token file, but %s gave %s".formatted(file, e));
    }
  }

  private static boolean loopback(String host) {
    try {
      return host.equals("localhost")
          || InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static SSLContext believing(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new ApiFailure("Expected certificates as PEM in %s, but %s".formatted(pem, e));
    }
  }

  /** Prints JSON as programs and people read it. */
  static void print(PrintWriter out, JsonNode json) {
    try {
      out.println(ApiClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected what was read to be written", e);
    }
  }
}
