package dev.cutover.sync.domain;

/**
 * One thing that a catalogue says.
 *
 * @param subject such as {@code table public.orders}
 * @param part such as {@code column note}; empty for the subject itself
 * @param definition what it is; may be empty
 */
public record SchemaFact(String subject, String part, String definition) {}
