package dev.cutover.contract;

/** Something that happened, in the past tense. */
public sealed interface Event extends Message permits Reply, Report {}
