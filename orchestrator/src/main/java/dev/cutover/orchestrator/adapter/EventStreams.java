package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Live status as server-sent events. Nothing is kept for a reader but its place: whoever reads
 * slowly gets the latest status instead of all, and journal entries at the own speed.
 */
public final class EventStreams {
  /** Connections at once. */
  private static final int STREAMS_MAX = 200;

  private final StatusBoard board;
  private final Identities identities;
  private final Duration heartbeat;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * Makes them.
   *
   * @param identities asked again at each heartbeat, so that a withdrawn token ends a stream
   * @param heartbeat how often something is sent at least
   */
  public EventStreams(StatusBoard board, Identities identities, Duration heartbeat) {
    this.board = board;
    this.identities = identities;
    this.heartbeat = heartbeat;
  }

  /** The statuses of all cutovers; status and journal of one. */
  public List<Route> routes() {
    return List.of(Route.get("/events", this::all), Route.get("/cutovers/{id}/events", this::one));
  }

  private void all(RoutingContext context, Person person) {
    Query.of(context, Set.of());
    start(context, person, new AllStatuses());
  }

  private void one(RoutingContext context, Person person) {
    Query query = Query.of(context, Set.of("after"));
    CutoverId id = new CutoverId(context.pathParam("id"));
    OptionalLong last = board.lastSequence(id);
    if (last.isEmpty() && board.status(id).isEmpty()) {
      HttpAnswer.problem(context, 404, Readings.unknown(id));
      return;
    }
    String seen = context.request().getHeader("last-event-id");
    long after =
        seen == null || seen.isBlank()
            ? query.whole("after", 0, Query.SEQUENCE_MAX, last.orElse(0))
            : Query.whole("Last-Event-ID", seen.strip(), 0, Query.SEQUENCE_MAX);
    start(context, person, new OneCutover(id, after));
  }

  private void start(RoutingContext context, Person person, EventStream.Source source) {
    if (open.incrementAndGet() > STREAMS_MAX) {
      open.decrementAndGet();
      HttpAnswer.problem(
          context,
          503,
          "Expected at most %d readers of events, but there are more: ask again in a moment"
              .formatted(STREAMS_MAX));
      return;
    }
    EventStream stream = new EventStream(context, person, identities, source, heartbeat);
    AutoCloseable listening = board.listen(stream::changed);
    stream.start(
        () -> {
          open.decrementAndGet();
          listening.close();
        });
  }

  /** The latest status of whatever changed, each once however often it changed. */
  private final class AllStatuses implements EventStream.Source {
    private final SequencedSet<String> dirty = new LinkedHashSet<>(board.names());

    @Override
    public synchronized void changed(String cutover) {
      dirty.add(cutover);
    }

    @Override
    public EventStream.Next next() {
      while (true) {
        Optional<String> name = first();
        if (name.isEmpty()) {
          return EventStream.Next.NOTHING;
        }
        Optional<String> status = board.status(new CutoverId(name.get()));
        if (status.isPresent()) {
          return EventStream.Next.event("status", OptionalLong.empty(), status.get());
        }
      }
    }

    private synchronized Optional<String> first() {
      return dirty.isEmpty() ? Optional.empty() : Optional.of(dirty.removeFirst());
    }
  }

  /** Journal entries after a place, in order, and the latest status when there are no more. */
  private final class OneCutover implements EventStream.Source {
    private final CutoverId cutover;
    private long after;
    private Optional<String> shown = Optional.empty();

    OneCutover(CutoverId cutover, long after) {
      this.cutover = cutover;
      this.after = after;
    }

    @Override
    public void changed(String changed) {
      // what there is to send is looked up
    }

    @Override
    public boolean concerns(String changed) {
      return changed.equals(cutover.value());
    }

    @Override
    public EventStream.Next next() {
      Optional<List<String>> entries = board.journal(cutover, after, 1);
      if (entries.isEmpty() && board.lastSequence(cutover).isPresent()) {
        return new EventStream.Next.End("that part of the journal is no longer at hand here");
      }
      if (entries.isPresent() && !entries.get().isEmpty()) {
        after++;
        return EventStream.Next.event("journal", OptionalLong.of(after), entries.get().getFirst());
      }
      Optional<String> status = board.status(cutover);
      if (status.isPresent() && !status.equals(shown)) {
        shown = status;
        return EventStream.Next.event("status", OptionalLong.empty(), status.get());
      }
      return EventStream.Next.NOTHING;
    }
  }
}
