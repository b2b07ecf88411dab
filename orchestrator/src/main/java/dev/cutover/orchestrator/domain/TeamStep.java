package dev.cutover.orchestrator.domain;

/**
 * A step of the team's own.
 *
 * @param name unique in its plan
 */
public record TeamStep(String name) {}
