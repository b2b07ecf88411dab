package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * How requests were answered, and who waits for it. Journal and status are two topics, read in any
 * order: an accepted request is answered once the status is as far as the journal's entry, so that
 * who started a cutover and looks at once is not told that there is none. Safe for several threads.
 */
final class Answers {
  private static final int KEPT_MAX = 10_000;

  private final SequencedMap<String, Answer> known = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<Answer>> waiting = new HashMap<>();

  /** Requests whose answer the status does not show yet. */
  private final Map<CutoverId, Set<String>> early = new HashMap<>();

  /**
   * Takes an answer in; the first one of a request counts.
   *
   * @param shownSequence of that cutover's latest status; 0 when it has none
   */
  synchronized void answered(String requestId, Answer answer, long shownSequence) {
    if (known.putIfAbsent(requestId, answer) != null) {
      return;
    }
    if (known.size() > KEPT_MAX) {
      Map.Entry<String, Answer> oldest = known.pollFirstEntry();
      settle(oldest.getKey(), oldest.getValue());
    }
    if (answer.accepted() && answer.sequence() > shownSequence) {
      early.computeIfAbsent(answer.cutover(), _ -> new HashSet<>()).add(requestId);
    } else {
      settle(requestId, answer);
    }
  }

  /** Is told how far a cutover's status is. */
  synchronized void shown(CutoverId cutover, long sequence) {
    for (String requestId : List.copyOf(early.getOrDefault(cutover, Set.of()))) {
      Answer answer = known.get(requestId);
      if (answer != null && answer.sequence() <= sequence) {
        settle(requestId, answer);
      }
    }
  }

  private void settle(String requestId, Answer answer) {
    early.computeIfPresent(
        answer.cutover(),
        (_, requests) -> {
          requests.remove(requestId);
          return requests.isEmpty() ? null : requests;
        });
    CompletableFuture<Answer> waiter = waiting.remove(requestId);
    if (waiter != null) {
      waiter.completeAsync(() -> answer);
    }
  }

  /** The answer to a request: when it is shown, or as it is after that time; empty without one. */
  CompletableFuture<Optional<Answer>> answer(String requestId, Duration patience) {
    CompletableFuture<Answer> waiter;
    synchronized (this) {
      Answer answer = known.get(requestId);
      if (answer != null && !early.getOrDefault(answer.cutover(), Set.of()).contains(requestId)) {
        return CompletableFuture.completedFuture(Optional.of(answer));
      }
      waiter = waiting.computeIfAbsent(requestId, _ -> new CompletableFuture<>());
    }
    return waiter
        .thenApply(Optional::of)
        .completeOnTimeout(Optional.empty(), patience.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(answer -> answer.or(() -> late(requestId, waiter)));
  }

  private synchronized Optional<Answer> late(String requestId, CompletableFuture<Answer> waiter) {
    waiting.remove(requestId, waiter);
    return Optional.ofNullable(known.get(requestId));
  }
}
