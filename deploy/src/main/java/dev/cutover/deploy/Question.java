package dev.cutover.deploy;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Something that a person is asked.
 *
 * @param key its name in a file of answers
 * @param text the question, without a question mark at its end
 * @param expected what an answer looks like, for people
 * @param fallback what nothing means; empty when there must be an answer
 * @param accepts whether an answer is one; may refuse by an exception too
 */
record Question(
    String key,
    String text,
    String expected,
    Optional<String> fallback,
    Predicate<String> accepts) {
  /** One of some words. */
  static Question oneOf(String key, String text, List<String> words) {
    return new Question(key, text, String.join(", ", words), Optional.empty(), words::contains);
  }

  /** Yes or no. */
  static Question yesOrNo(String key, String text) {
    return oneOf(key, text, List.of("yes", "no"));
  }

  /** The same with an answer for nothing. */
  Question or(String answer) {
    return new Question(key, text, expected, Optional.of(answer), accepts);
  }

  /** What is wrong with an answer; empty when nothing is. */
  Optional<String> fault(String answer) {
    boolean accepted;
    try {
      accepted = accepts.test(answer);
    } catch (RuntimeException e) {
      accepted = false;
    }
    return accepted
        ? Optional.empty()
        : Optional.of("Expected %s, but found '%s'".formatted(expected, answer));
  }
}
