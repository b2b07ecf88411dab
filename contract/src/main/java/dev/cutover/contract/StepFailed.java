package dev.cutover.contract;

/** The one failure answer of all services. */
public record StepFailed(StepRef step, Failure failure) implements Reply {}
