package dev.cutover.orchestrator.outbound;

/** The beginning of a foreign text, fit for a journal. */
final class Excerpt {
  private static final int CHARACTERS_MAX = 300;

  private Excerpt() {}

  /** One line, bounded, printable, without the secrets that were used. Pure. */
  static String of(String text, Vault vault) {
    String line = vault.masked(text).replaceAll("[\\p{Cntrl}\\p{Cf}\\s]+", " ").strip();
    return line.length() <= CHARACTERS_MAX ? line : line.substring(0, CHARACTERS_MAX) + "...";
  }
}
