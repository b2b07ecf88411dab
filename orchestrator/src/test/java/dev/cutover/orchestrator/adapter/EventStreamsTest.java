package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Topics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events over a real connection; what they are about is written to the board by hand. */
final class EventStreamsTest {
  private static final Duration HEARTBEAT = Duration.ofMillis(100);

  private final Topics topics = new Topics("events", 1, (short) 1, 1);
  private final StatusBoard board = new StatusBoard(topics);
  private final List<Socket> sockets = new ArrayList<>();
  private volatile Identity identity = new Identity.Known(new Person("eve", Set.of(Role.VIEWER)));
  private Vertx vertx;
  private OperatorApi api;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    Identities identities = _ -> Future.succeededFuture(identity);
    api =
        new OperatorApi(
            vertx,
            new OperatorApi.Address("127.0.0.1", 0, Optional.empty()),
            identities,
            board,
            new EventStreams(board, identities, HEARTBEAT).routes());
    board.caughtUp();
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    api.close();
    var _ = vertx.close();
  }

  @Test
  void shouldSendTheLatestStatusesThenEveryChange() throws IOException {
    // given
    status("one", "running");
    status("two", "waiting");
    BufferedReader events = open("/events");
    assertThat(data(events)).contains("\"one\"", "running");
    assertThat(data(events)).contains("\"two\"", "waiting");
    // when
    status("one", "observing");
    // then
    assertThat(data(events)).contains("\"one\"", "observing");
  }

  @Test
  void shouldSendOnlyOneCutoversStatusWhenItIsAskedFor() throws IOException {
    // given
    status("one", "running");
    BufferedReader events = open("/cutovers/one/events");
    assertThat(data(events)).contains("running");
    // when
    status("two", "running");
    status("one", "finished");
    // then
    assertThat(data(events)).contains("\"one\"", "finished");
  }

  @Test
  void shouldEndWhenTheTokenIsWithdrawn() throws IOException {
    // given
    status("one", "running");
    BufferedReader events = open("/events");
    assertThat(data(events)).contains("running");
    // when
    identity = new Identity.Unknown("Expected a known bearer token, but this one is unknown");
    // then
    assertThat(events.lines().takeWhile(line -> !line.equals("0")).toList())
        .contains(": Expected a known bearer token, but this one is unknown");
  }

  @Test
  void shouldGoOnWhenTheTokenCannotBeCheckedForAMoment() throws IOException {
    // given
    status("one", "running");
    BufferedReader events = open("/events");
    assertThat(data(events)).contains("running");
    // when
    identity = new Identity.Undecided("the issuer does not answer");
    for (int beats = 0; beats < 3; ) {
      beats += String.valueOf(events.readLine()).equals(":") ? 1 : 0;
    }
    status("one", "observing");
    // then
    assertThat(data(events)).contains("observing");
  }

  @Test
  void shouldDropAReaderThatTakesNothing() throws IOException {
    // given
    status("one", "running");
    Socket slow = connect("/events");
    // when: more than any buffer on the way holds
    String filler = "x".repeat(200_000);
    Awaitility.await("dropped")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              status("one", filler);
              return board.listeners() == 0;
            });
    // then: what was on the way arrives, and then nothing
    slow.setSoTimeout(20_000);
    assertThat(drained(slow.getInputStream())).isTrue();
  }

  @Test
  void shouldForgetAReaderWhoGoes() throws IOException {
    // given
    Socket socket = connect("/events");
    Awaitility.await().until(() -> board.listeners() == 1);
    // when
    socket.close();
    // then
    Awaitility.await().until(() -> board.listeners() == 0);
  }

  @Test
  void shouldAnswer404WhenThereIsNoSuchCutover() throws IOException {
    // when
    BufferedReader answer = open("/cutovers/missing/events");
    // then
    assertThat(answer.readLine()).contains("404");
  }

  private void status(String cutover, String state) {
    board.seen(
        new Received(
            topics.status(),
            0,
            0,
            Instant.EPOCH,
            Optional.of(cutover),
            Payload.of("{\"cutover\":\"%s\",\"state\":\"%s\"}".formatted(cutover, state)),
            Map.of()));
  }

  private BufferedReader open(String path) throws IOException {
    Socket socket = connect(path);
    socket.setSoTimeout(20_000);
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private Socket connect(String path) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port());
    sockets.add(socket);
    OutputStream out = socket.getOutputStream();
    out.write(
        "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer any\r\n\r\n"
            .formatted(path)
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return socket;
  }

  /** Data of the next event. */
  private static String data(BufferedReader events) throws IOException {
    while (true) {
      String line = events.readLine();
      if (line == null) {
        throw new AssertionError("Expected an event, but the stream ended");
      }
      if (line.startsWith("data: ")) {
        return line;
      }
    }
  }

  /** Whether it ends. */
  private static boolean drained(InputStream in) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // cut off
    }
  }
}
