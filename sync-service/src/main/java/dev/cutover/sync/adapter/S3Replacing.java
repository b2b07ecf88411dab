package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ObjectEntry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a write may replace (Amazon S3 user guide, "How to prevent object overwrites with
 * conditional writes").
 *
 * @param isFree whether there may be anything
 * @param tag of the object that has to be there; empty when none may be
 */
record S3Replacing(boolean isFree, String tag) {
  /** Whatever there is. */
  static final S3Replacing ANYTHING = new S3Replacing(true, "");

  static S3Replacing of(Optional<ObjectEntry> there) {
    return new S3Replacing(false, there.map(ObjectEntry::tag).orElse(""));
  }

  /** The same after a write of one's own. */
  S3Replacing by(String newTag) {
    return new S3Replacing(isFree, newTag);
  }

  @Nullable String ifMatch() {
    return isFree ? null : quoted(tag);
  }

  @Nullable String ifNoneMatch() {
    return isFree || !tag.isEmpty() ? null : "*";
  }

  /** The tag as HTTP writes it; null where a store has none. */
  static @Nullable String quoted(String tag) {
    return tag.isEmpty() ? null : "\"" + tag + "\"";
  }

  /** Empty where a store has none, as some have for what stands for a folder. */
  static String unquoted(@Nullable String tag) {
    return tag == null ? "" : tag.replace("\"", "");
  }
}
