package dev.cutover.sync.domain;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * One line of a bucket's listing.
 *
 * @param key without the prefix that is copied
 * @param tag entity tag without its quotes; a hash of the content only where {@link #isHashed}
 *     (trap E12)
 * @param modifiedAt by the store's clock
 */
public record ObjectEntry(String key, long bytes, String tag, Instant modifiedAt) {
  /** MD5 of the content, or of the parts' MD5s with their number behind it. */
  private static final Pattern HASHED = Pattern.compile("[0-9a-f]{32}(-[1-9][0-9]{0,4})?");

  /**
   * Whether the tag has the form of a content's hash. Stores that encrypt with keys of their own
   * have tags of that form which are none; two of these are never the same by chance.
   */
  public boolean isHashed() {
    return HASHED.matcher(tag).matches();
  }
}
