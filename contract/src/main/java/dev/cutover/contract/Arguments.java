package dev.cutover.contract;

/** Refuses values that no valid message can hold. Programmer errors only: throws, never reports. */
final class Arguments {
  private Arguments() {}

  static void require(boolean condition, String sentence) {
    if (!condition) {
      throw new IllegalArgumentException(sentence);
    }
  }
}
