package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Events of the API, read over breaks: it goes on after the last one that it saw. Gives up when
 * nothing could be read for a while.
 */
final class EventFeed {
  /** The API sends something every ten seconds. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(35);

  private static final Duration BREAK_MAX = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Is shown each event, and says whether to go on. */
  interface Reader {
    boolean seen(String event, JsonNode data);
  }

  private final ApiClient client;
  private final String path;
  private OptionalLong last = OptionalLong.empty();

  EventFeed(ApiClient client, String path) {
    this.client = client;
    this.path = path;
  }

  /** Reads until the reader has enough. Throws {@link ApiFailure} when the API is out of reach. */
  void read(Reader reader) throws InterruptedException {
    AtomicLong heardNanos = new AtomicLong(System.nanoTime());
    try (ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor()) {
      try {
        while (true) {
          try (InputStream in = client.events(path, last)) {
            ScheduledFuture<?> watching = watch(watchdog, in, heardNanos);
            try {
              if (!each(in, reader, heardNanos)) {
                return;
              }
            } finally {
              watching.cancel(true);
            }
          } catch (IOException e) {
            if (ageOf(heardNanos).compareTo(BREAK_MAX) > 0) {
              throw client.unreached(e);
            }
          }
          Thread.sleep(PAUSE);
        }
      } finally {
        watchdog.shutdownNow();
      }
    }
  }

  /** A connection that died without a word would be waited for for ever. */
  private static ScheduledFuture<?> watch(
      ScheduledExecutorService watchdog, InputStream in, AtomicLong heardNanos) {
    heardNanos.set(System.nanoTime());
    return watchdog.scheduleAtFixedRate(
        () -> {
          if (ageOf(heardNanos).compareTo(SILENCE_MAX) > 0) {
            try {
              in.close();
            } catch (IOException e) {
              // the reader sees it
            }
          }
        },
        1,
        1,
        TimeUnit.SECONDS);
  }

  private static Duration ageOf(AtomicLong nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos.get());
  }

  /** False when the reader has enough; true when the stream ended. */
  private boolean each(InputStream in, Reader reader, AtomicLong heardNanos) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    String event = "";
    OptionalLong id = OptionalLong.empty();
    String data = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      heardNanos.set(System.nanoTime());
      if (line.startsWith("event: ")) {
        event = line.substring("event: ".length());
      } else if (line.startsWith("id: ")) {
        id = OptionalLong.of(Long.parseLong(line.substring("id: ".length())));
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      } else if (line.isEmpty() && !data.isEmpty()) {
        if (id.isPresent()) {
          last = id;
        }
        if (!reader.seen(event, ApiClient.json(data))) {
          return false;
        }
        event = "";
        data = "";
        id = OptionalLong.empty();
      }
    }
    return true;
  }
}
