package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNREACHABLE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cutover.contract.MessageCodec;
import dev.cutover.dns.domain.SwitchFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends requests to the DNS API v2 of one cloud, each once. */
final class DesignateApi {
  /** The API writes to its database and answers; a name server is never waited for. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

  private final String cloud;
  private final HttpClient http;
  private final KeystoneSession session;

  DesignateApi(String cloud, HttpClient http, KeystoneSession session) {
    this.cloud = cloud;
    this.http = http;
    this.session = session;
  }

  /**
   * What was answered.
   *
   * @param status of HTTP
   * @param body missing where there is none, or none that is JSON
   */
  record Answer(int status, JsonNode body) {}

  /** No answer came: the request may have been carried out. */
  static final class NoAnswer extends Exception {
    private static final long serialVersionUID = 1;

    NoAnswer(String reason) {
      super(reason);
    }

    /** For people. */
    String reason() {
      return String.valueOf(getMessage());
    }
  }

  String cloud() {
    return cloud;
  }

  /**
   * Sends a request. A token that is refused is renewed once, and the request sent again: it was
   * not looked at.
   *
   * @param path below {@code /v2}, escaped
   * @param body null for none
   * @throws SwitchFailure if it was not sent
   */
  Answer send(String method, String path, @Nullable JsonNode body, Duration within)
      throws SwitchFailure, NoAnswer {
    Duration most = within.compareTo(ANSWER_MAX) < 0 ? within : ANSWER_MAX;
    KeystoneSession.Token token = session.token(null, most);
    Answer answer = send(token, method, path, body, most);
    return answer.status() == 401
        ? send(session.token(token, most), method, path, body, most)
        : answer;
  }

  private Answer send(
      KeystoneSession.Token token,
      String method,
      String path,
      @Nullable JsonNode body,
      Duration within)
      throws SwitchFailure, NoAnswer {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(token.endpoint() + path))
            .timeout(within)
            .header("X-Auth-Token", token.value())
            .header("Accept", "application/json")
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    try {
      HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), json(response.body()));
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new SwitchFailure(
          UNREACHABLE,
          "Expected a connection to Designate of cloud %s, but: %s".formatted(cloud, words(e)),
          true,
          e);
    } catch (IOException e) {
      throw new NoAnswer(
          "Expected an answer of Designate of cloud %s, but: %s".formatted(cloud, words(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoAnswer(
          "Expected an answer of Designate of cloud %s, but the order was ended".formatted(cloud));
    }
  }

  private static JsonNode json(byte[] body) {
    try {
      return body.length == 0 ? MissingNode.getInstance() : MessageCodec.mapper().readTree(body);
    } catch (IOException e) {
      return MissingNode.getInstance(); // a proxy's page: the status alone tells
    }
  }

  /** The JDK's exceptions often have no words. */
  static String words(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
