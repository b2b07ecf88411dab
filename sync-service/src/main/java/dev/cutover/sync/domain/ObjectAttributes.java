package dev.cutover.sync.domain;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an object has beside its content, as far as a copy carries it.
 *
 * @param headers {@code content-type}, {@code cache-control} and the like, by their names
 * @param metadata of users, by their names without {@code x-amz-meta-}
 * @param tags by their names
 */
public record ObjectAttributes(
    SortedMap<String, String> headers,
    SortedMap<String, String> metadata,
    SortedMap<String, String> tags) {
  /**
   * Name of the user's metadata that says of which state of the source an object is a copy; only
   * where the target's tag can't say it.
   */
  public static final String MARK = "cutover-source";

  /** Nothing. */
  public static final ObjectAttributes NONE =
      new ObjectAttributes(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

  public ObjectAttributes {
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
  }

  /** What the mark says of the copy of that state. */
  public static String markOf(ObjectEntry source) {
    return "%s %d %s".formatted(source.tag(), source.bytes(), source.modifiedAt());
  }

  /** Its mark, if it is a copy that has one. */
  public Optional<String> mark() {
    return Optional.ofNullable(metadata.get(MARK));
  }

  /** The same as a copy of that state. */
  public ObjectAttributes marked(ObjectEntry source) {
    SortedMap<String, String> with = new TreeMap<>(metadata);
    with.put(MARK, markOf(source));
    return new ObjectAttributes(headers, with, tags);
  }

  /** The same without a mark: what a copy has to have. */
  public ObjectAttributes unmarked() {
    SortedMap<String, String> without = new TreeMap<>(metadata);
    without.remove(MARK);
    return new ObjectAttributes(headers, without, tags);
  }

  /** What differs, in words; empty when nothing does. */
  public Optional<String> difference(ObjectAttributes other) {
    return difference("header", headers, other.headers)
        .or(() -> difference("metadata", unmarked().metadata, other.unmarked().metadata))
        .or(() -> difference("tag", tags, other.tags));
  }

  private static Optional<String> difference(
      String kind, Map<String, String> one, Map<String, String> other) {
    SortedMap<String, String> all = new TreeMap<>(other);
    all.putAll(one);
    return all.keySet().stream()
        .filter(name -> !Objects.equals(one.get(name), other.get(name)))
        .findFirst()
        .map(name -> "%s '%s' differs".formatted(kind, name));
  }
}
