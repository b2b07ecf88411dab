package dev.cutover.contract;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A tool that writes records from a source of its own, and puts back what others change. Each has a
 * word in plans.
 */
public enum Keeper {
  EXTERNAL_DNS("external-dns"),
  OCTODNS("octodns"),
  /** Leaves no mark in DNS: only a plan can say so. */
  TERRAFORM("terraform"),
  /** Nobody, whatever marks say. */
  NONE("none");

  private final String word;

  Keeper(String word) {
    this.word = word;
  }

  /** As plans write it. */
  public String word() {
    return word;
  }

  /** The one of that word. */
  public static Optional<Keeper> of(String word) {
    return Arrays.stream(values()).filter(keeper -> keeper.word.equals(word)).findFirst();
  }

  /** All words, for a sentence. */
  public static String words() {
    return Arrays.stream(values()).map(Keeper::word).collect(Collectors.joining(", "));
  }
}
