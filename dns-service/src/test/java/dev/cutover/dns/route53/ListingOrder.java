package dev.cutover.dns.route53;

import dev.cutover.dns.route53.StoredSet.StoredKey;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** API ListResourceRecordSets: by name with the labels reversed, then type, then identifier. */
final class ListingOrder implements Comparator<StoredKey> {
  @Override
  public int compare(StoredKey left, StoredKey right) {
    return Comparator.comparing((StoredKey key) -> reversed(key.name()))
        .thenComparing(StoredKey::type)
        .thenComparing(StoredKey::identifier)
        .compare(left, right);
  }

  /** With the final dot, which changes the order of names with a hyphen. */
  private static String reversed(String name) {
    List<String> labels = Arrays.asList(name.split("\\."));
    Collections.reverse(labels);
    return String.join(".", labels) + ".";
  }
}
