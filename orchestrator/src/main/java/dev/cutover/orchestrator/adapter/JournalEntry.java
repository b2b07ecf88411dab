package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.SagaEvent;
import java.time.Instant;
import java.util.Optional;

/**
 * One record of the journal.
 *
 * @param sequence of the event in its cutover, from 1, without gaps
 * @param previous hash of the entry before, as {@link JournalHead} says
 * @param at when it was decided, by the orchestrator's clock
 * @param input what led to it; empty for a timer
 */
public record JournalEntry(
    CutoverId cutover,
    long sequence,
    String previous,
    Instant at,
    Optional<Input> input,
    SagaEvent event) {

  /** Where the input stands in the log. */
  public record Input(String topic, int partition, long offset) {}
}
