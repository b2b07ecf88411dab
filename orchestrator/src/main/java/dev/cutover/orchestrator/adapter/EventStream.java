package dev.cutover.orchestrator.adapter;

import dev.cutover.runtime.LogKeys;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reader of server-sent events. It takes the next event from its source when the connection has
 * room for it, and drops a reader that takes nothing for a while. All but {@link #changed} runs on
 * the connection's own thread.
 */
final class EventStream {
  private static final Logger LOGGER = LoggerFactory.getLogger(EventStream.class);

  /** Heartbeats without room for them before a reader is dropped. */
  private static final int STALLS_MAX = 3;

  /** Where events come from. */
  interface Source {
    /** Is told by any thread that something about a cutover is new. */
    void changed(String cutover);

    /** Whether a change of that cutover may give an event. */
    default boolean concerns(@SuppressWarnings("unused") String cutover) {
      return true;
    }

    /** The next event; called by one thread. */
    Next next();
  }

  /** What a source has to send. */
  sealed interface Next {
    Next NOTHING = new Nothing();

    /** Nothing until something changes. */
    record Nothing() implements Next {}

    /** An event as it is written. */
    record Event(String text) implements Next {}

    /** Nothing more, and why. */
    record End(String reason) implements Next {}

    /**
     * Writes an event.
     *
     * @param id where a reader goes on after a break
     * @param json one line
     */
    static Next event(String name, OptionalLong id, String json) {
      return new Event(
          "event: %s\n%sdata: %s\n\n"
              .formatted(name, id.isPresent() ? "id: " + id.getAsLong() + "\n" : "", json));
    }
  }

  private final HttpServerResponse response;
  private final Vertx vertx;
  private final Context context;
  private final Person person;
  private final Identities identities;
  private final String token;
  private final Source source;
  private final Duration heartbeat;
  private final AtomicBoolean woken = new AtomicBoolean();
  private AutoCloseable atEnd = () -> {};
  private int stalls;
  private boolean ended;

  /**
   * Makes it; nothing is sent yet.
   *
   * @param heartbeat how often something is sent at least, and the reader's right is looked at
   */
  EventStream(
      RoutingContext request,
      Person person,
      Identities identities,
      Source source,
      Duration heartbeat) {
    this.response = request.response();
    this.vertx = request.vertx();
    this.context = request.vertx().getOrCreateContext();
    this.person = person;
    this.identities = identities;
    this.token = BearerAuthentication.token(request);
    this.source = source;
    this.heartbeat = heartbeat;
  }

  /** Begins to send; {@code atEnd} is closed when the reader has gone or was sent away. */
  void start(AutoCloseable atEnd) {
    response
        .setChunked(true)
        .putHeader("content-type", "text/event-stream; charset=utf-8")
        .putHeader("cache-control", "no-store")
        .putHeader("x-accel-buffering", "no");
    long timer = vertx.setPeriodic(heartbeat.toMillis(), _ -> beat());
    response.closeHandler(
        _ -> {
          if (!ended) {
            finish("the reader went");
          }
        });
    response.exceptionHandler(_ -> {}); // told to the close handler too
    response.drainHandler(_ -> pump());
    this.atEnd =
        () -> {
          vertx.cancelTimer(timer);
          atEnd.close();
        };
    var _ = response.write(": what happens to cutovers\nretry: 2000\n\n");
    pump();
  }

  /** Something about a cutover is new; called by any thread. */
  void changed(String cutover) {
    if (!source.concerns(cutover)) {
      return;
    }
    source.changed(cutover);
    if (woken.compareAndSet(false, true)) {
      context.runOnContext(_ -> pump());
    }
  }

  private void pump() {
    woken.set(false);
    while (!ended && !response.writeQueueFull()) {
      switch (source.next()) {
        case Next.Nothing() -> {
          return;
        }
        case Next.Event(String text) -> {
          var _ = response.write(text);
        }
        case Next.End(String reason) -> finish(reason);
      }
    }
  }

  private void beat() {
    if (ended) {
      return;
    }
    if (response.closed()) {
      finish("the reader went");
      return;
    }
    if (response.writeQueueFull()) {
      stalls++;
      if (stalls >= STALLS_MAX) {
        finish("the reader took nothing for %s".formatted(heartbeat.multipliedBy(STALLS_MAX)));
      }
      return;
    }
    stalls = 0;
    var _ = response.write(":\n\n");
    var _ =
        identities
            .of(token)
            .onComplete(
                found -> {
                  if (!ended && found.result() instanceof Identity.Unknown(String sentence)) {
                    finish(sentence);
                  }
                });
  }

  private void finish(String reason) {
    ended = true;
    LOGGER
        .atDebug()
        .addKeyValue("actor", person.name())
        .addKeyValue(LogKeys.REASON, reason)
        .log("events no longer sent");
    try {
      atEnd.close();
    } catch (Exception e) {
      throw new IllegalStateException("Expected to forget a reader of events", e);
    }
    if (!response.closed()) {
      var _ = response.writeQueueFull() ? response.reset() : response.end(": " + reason + "\n\n");
    }
  }
}
