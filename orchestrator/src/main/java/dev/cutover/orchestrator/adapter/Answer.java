package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;

/**
 * How a request was answered.
 *
 * @param sequence of the journal's entry that answers
 * @param accepted false when it was refused
 * @param detail what came of it, or why not
 */
public record Answer(CutoverId cutover, long sequence, boolean accepted, String detail) {}
