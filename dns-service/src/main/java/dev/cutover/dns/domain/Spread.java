package dev.cutover.dns.domain;

/**
 * What a provider says of how far its last change has come. Authorities that one asks stand for
 * themselves alone; a provider with thousands of servers behind few addresses knows of all.
 */
public sealed interface Spread {
  /**
   * Every server has it.
   *
   * @param evidence for people
   */
  record Everywhere(String evidence) implements Spread {}

  /**
   * Not every server has it. It may stay so for hours, and is no failure (trap 8).
   *
   * @param evidence for people
   */
  record UnderWay(String evidence) implements Spread {}

  /** The provider has no such word, or the change is not one that passed through this process. */
  record Untold() implements Spread {}
}
