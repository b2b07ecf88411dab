package dev.cutover.orchestrator.domain;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * What people say go to, and who wrote it.
 *
 * @param file the plan as it was handed in, whole
 * @param hash SHA-256 of the file, as {@code sha256sum} gives it
 * @param authors who started the cutover or amended its plan
 */
public record Authorship(String file, String hash, SequencedSet<String> authors) {
  /** Nothing was written. */
  public static final Authorship NONE = new Authorship("", "", new LinkedHashSet<>());

  public Authorship {
    authors = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(authors));
  }

  /** Another version of the file, by that person. */
  Authorship by(String author, String next) {
    SequencedSet<String> all = new LinkedHashSet<>(authors);
    all.add(author);
    return new Authorship(next, Sha256.of(next), all);
  }
}
