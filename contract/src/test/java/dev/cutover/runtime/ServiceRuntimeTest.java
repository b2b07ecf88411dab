package dev.cutover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ServiceRuntimeTest {
  /** A loop that does as it is told. */
  private static final class Obedient implements MessageLoop {
    volatile boolean assigned;
    volatile boolean failing;
    final List<String> done = new CopyOnWriteArrayList<>();

    @Override
    public void open() {
      done.add("open");
    }

    @Override
    public void round(Duration wait) {
      if (failing) {
        throw new LogException("broken", null);
      }
      Thread.onSpinWait();
    }

    @Override
    public boolean assigned() {
      return assigned;
    }

    @Override
    public void wake() {}

    @Override
    public void close() {
      done.add("close");
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();

  private HttpResponse<String> get(ServiceRuntime runtime, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:%d%s".formatted(runtime.healthServer().port(), path));
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void shouldEndWithOneWhenTheConfigurationIsWrong() {
    // given
    AtomicInteger code = new AtomicInteger(-1);

    // when
    ServiceRuntime.run("dns", 0, _ -> ConfigReader.of(Map.of()).build(() -> fail()), code::set);

    // then
    assertThat(code).hasValue(ServiceRuntime.MISCONFIGURED);
  }

  private static MessageLoop fail() {
    throw new IllegalArgumentException("Expected a zone, but it is missing");
  }

  @Test
  void shouldEndWithTwoWhenTheLoopFails() throws Exception {
    // given
    Obedient loop = new Obedient();
    List<String> closed = new CopyOnWriteArrayList<>();

    // when
    try (ServiceRuntime runtime =
        ServiceRuntime.start(
            "dns",
            0,
            starting -> {
              starting.closing(() -> closed.add("first"));
              starting.closing(() -> closed.add("second"));
              return loop;
            })) {
      loop.failing = true;

      // then
      assertThat(runtime.exitCode().get(10, TimeUnit.SECONDS)).isEqualTo(ServiceRuntime.FAILED);
      assertThat(loop.done).containsExactly("open", "close");
      assertThat(closed).containsExactly("second", "first");
    }
  }

  @Test
  void shouldStartWhatCanWaitWhenItServes() throws Exception {
    // given
    Obedient loop = new Obedient();
    List<String> seen = new CopyOnWriteArrayList<>();
    ServiceRuntime runtime =
        ServiceRuntime.start(
            "dns",
            0,
            starting -> {
              starting.afterwards(
                  () -> {
                    seen.add(loop.assigned ? "started late" : "started early");
                    starting.closing(() -> seen.add("closed"));
                  });
              return loop;
            });

    // when
    loop.assigned = true;
    await().until(() -> seen.contains("started late"));
    runtime.close();
    runtime.closing(() -> seen.add("too late, closed at once"));

    // then
    assertThat(seen).containsExactly("started late", "closed", "too late, closed at once");
  }

  @Test
  void shouldEndWithTwoWhenWhatCouldWaitDoesNotStart() throws Exception {
    // given
    Obedient loop = new Obedient();

    // when
    try (ServiceRuntime runtime =
        ServiceRuntime.start(
            "dns",
            0,
            starting -> {
              starting.afterwards(
                  () -> {
                    throw new LogException("topic is missing", null);
                  });
              return loop;
            })) {
      assertThat(runtime.exitCode()).isNotDone();
      loop.assigned = true;

      // then
      assertThat(runtime.exitCode().get(10, TimeUnit.SECONDS)).isEqualTo(ServiceRuntime.FAILED);
    }
  }

  @Test
  void shouldTellTheTruthAboutItself() throws Exception {
    // given
    Obedient loop = new Obedient();
    AtomicBoolean read = new AtomicBoolean();
    ServiceRuntime runtime =
        ServiceRuntime.start(
            "dns",
            0,
            starting -> {
              starting.readyWhen(read::get, "still reads");
              return loop;
            });

    // when // then
    assertThat(get(runtime, "/live").statusCode()).isEqualTo(200);
    assertThat(get(runtime, "/ready").statusCode()).isEqualTo(503);
    assertThat(get(runtime, "/ready").body()).contains("waiting for an assignment");
    loop.assigned = true;
    assertThat(get(runtime, "/ready").statusCode()).isEqualTo(503);
    assertThat(get(runtime, "/ready").body()).contains("still reads");
    read.set(true);
    await().untilAsserted(() -> assertThat(get(runtime, "/ready").statusCode()).isEqualTo(200));
    assertThat(get(runtime, "/metrics").body()).contains("jvm_memory_used_bytes");
    assertThat(get(runtime, "/else").statusCode()).isEqualTo(404);
    runtime.close();
    assertThat(runtime.exitCode().get(10, TimeUnit.SECONDS)).isEqualTo(ServiceRuntime.STOPPED);
  }

  @Test
  void shouldSayThatThePortIsTaken() {
    try (ServiceRuntime runtime = ServiceRuntime.start("dns", 0, _ -> new Obedient())) {
      // given
      int port = runtime.healthServer().port();

      // when // then
      assertThatThrownBy(() -> ServiceRuntime.start("sync", port, _ -> new Obedient()))
          .hasMessageContaining("Expected to listen on port %d for health".formatted(port));
    }
  }
}
