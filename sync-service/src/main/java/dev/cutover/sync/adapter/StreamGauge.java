package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.StreamHealth;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How far a stream is, and who waits for it. Any thread may ask; nothing here blocks. */
final class StreamGauge {
  private static final Duration BEAT_LATE_AFTER = Duration.ofSeconds(2);

  private static final Pattern FENCE = Pattern.compile("fence-(\\d{1,18})-.*");

  private final Map<String, CompletableFuture<@Nullable Void>> waiting = new ConcurrentHashMap<>();
  private volatile Lsn applied;
  private volatile Lsn flushed;
  private volatile long flushedOffset;
  private final AtomicLong transactions = new AtomicLong();
  private volatile long conflicts;
  private volatile long lagMs = Long.MAX_VALUE;
  private volatile @Nullable Instant newestBeat;
  private volatile @Nullable String error;
  private volatile Late late = new Late(-1, 0);

  /**
   * What was written behind a fence's back.
   *
   * @param fenceEpoch of the fence whose marker passed last; below 0 when none has
   * @param transactions with rows, since then
   */
  private record Late(long fenceEpoch, long transactions) {}

  StreamGauge(Lsn position) {
    applied = position;
    flushed = position;
  }

  /** Notes a commit; a flushed one has flushed all before it. */
  void applied(Lsn end, boolean isFlushed, long nextOffset) {
    applied = end;
    if (isFlushed) {
      flushed = end;
      flushedOffset = nextOffset;
    }
  }

  /** Notes transactions that were applied; heartbeats are not counted. */
  void counted(long more) {
    transactions.addAndGet(more);
  }

  /** Notes rows that were not as expected. */
  void conflicted(long found) {
    conflicts = found;
  }

  /** Notes a marker that was applied, durably. */
  void passed(Change.Mark mark) {
    if (mark.isHeartbeat()) {
      newestBeat = mark.at();
      lagMs = Math.max(0, Duration.between(mark.at(), Instant.now()).toMillis());
    } else {
      Matcher fence = FENCE.matcher(mark.id());
      if (fence.matches()) {
        late = new Late(Long.parseLong(fence.group(1)), 0);
      }
      CompletableFuture<@Nullable Void> seen = waitFor(mark.id());
      seen.complete(null);
    }
  }

  /** Notes a transaction with rows; told by the one thread that tells of markers. */
  void wrote() {
    late = new Late(late.fenceEpoch(), late.transactions() + 1);
  }

  /** Transactions with rows since the marker of the fence at this epoch or a later one. */
  long lateWrites(long fenceEpoch) {
    Late seen = late;
    return seen.fenceEpoch() < fenceEpoch ? 0 : seen.transactions();
  }

  /** Completes when that marker has passed; exceptionally when the stream fails. */
  CompletableFuture<@Nullable Void> waitFor(String markerId) {
    CompletableFuture<@Nullable Void> future =
        waiting.computeIfAbsent(markerId, _ -> new CompletableFuture<>());
    String failed = error;
    if (failed != null) {
      future.completeExceptionally(new IllegalStateException(failed));
    }
    return future;
  }

  /** The time that a heartbeat to be written now carries. */
  Timestamp beat() {
    return Timestamp.from(Instant.now());
  }

  void fail(String reason) {
    if (error == null) {
      error = reason;
    }
    waiting.values().forEach(one -> one.completeExceptionally(new IllegalStateException(reason)));
  }

  Lsn applied() {
    return applied;
  }

  Lsn flushed() {
    return flushed;
  }

  long flushedOffset() {
    return flushedOffset;
  }

  Optional<String> error() {
    return Optional.ofNullable(error);
  }

  /** Between two heartbeats the lag is what the last one took; a late one counts by its age. */
  StreamHealth health() {
    Instant beat = newestBeat;
    long ageMs =
        beat == null
            ? Long.MAX_VALUE
            : Math.max(0, Duration.between(beat, Instant.now()).toMillis());
    return new StreamHealth(
        error == null,
        ageMs > BEAT_LATE_AFTER.toMillis() ? ageMs : lagMs,
        transactions.get(),
        conflicts,
        newestBeat == null && transactions.get() == 0
            ? Optional.empty()
            : Optional.of(applied.toString()),
        ageMs,
        error());
  }
}
