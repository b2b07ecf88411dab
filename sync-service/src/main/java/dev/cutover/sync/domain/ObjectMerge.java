package dev.cutover.sync.domain;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Walks two listings side by side, however long they are. Listings come in the order of their keys'
 * UTF-8 bytes (Amazon S3, ListObjectsV2); a store that lists otherwise would have objects taken for
 * missing, so it is refused. Pure but for its place.
 */
public final class ObjectMerge implements Iterator<ObjectPair> {
  private final Ordered source;
  private final Ordered target;

  /**
   * @param source read as far as needed
   * @param target the same
   */
  public ObjectMerge(Iterator<ObjectEntry> source, Iterator<ObjectEntry> target) {
    this.source = new Ordered("source", source);
    this.target = new Ordered("target", target);
  }

  @Override
  public boolean hasNext() {
    return source.peek().isPresent() || target.peek().isPresent();
  }

  /**
   * The next key's pair.
   *
   * @throws IllegalStateException when a listing is out of order
   */
  @Override
  public ObjectPair next() {
    Optional<ObjectEntry> left = source.peek();
    Optional<ObjectEntry> right = target.peek();
    if (left.isEmpty() && right.isEmpty()) {
      throw new NoSuchElementException();
    }
    int order = left.isEmpty() ? 1 : right.isEmpty() ? -1 : order(left.get(), right.get());
    if (order == 0) {
      return new ObjectPair.OnBoth(source.take(), target.take());
    }
    return order < 0
        ? new ObjectPair.OnSource(source.take())
        : new ObjectPair.OnTarget(target.take());
  }

  private static int order(ObjectEntry one, ObjectEntry other) {
    return Arrays.compareUnsigned(
        one.key().getBytes(StandardCharsets.UTF_8), other.key().getBytes(StandardCharsets.UTF_8));
  }

  private static final class Ordered {
    private final String side;
    private final Iterator<ObjectEntry> entries;
    private Optional<ObjectEntry> next = Optional.empty();
    private Optional<ObjectEntry> last = Optional.empty();

    Ordered(String side, Iterator<ObjectEntry> entries) {
      this.side = side;
      this.entries = entries;
    }

    Optional<ObjectEntry> peek() {
      if (next.isEmpty() && entries.hasNext()) {
        ObjectEntry entry = entries.next();
        if (last.isPresent() && order(last.get(), entry) >= 0) {
          throw new IllegalStateException(
              "Expected the %s to list its keys in the order of their bytes, but '%s' came after '%s'"
                  .formatted(side, entry.key(), last.get().key()));
        }
        next = Optional.of(entry);
      }
      return next;
    }

    ObjectEntry take() {
      ObjectEntry entry = peek().orElseThrow();
      last = next;
      next = Optional.empty();
      return entry;
    }
  }
}
