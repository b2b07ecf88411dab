package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ObjectAttributes;

/** What a read of an object, or of a part of it, brought. */
final class S3Content {
  private final byte[] bytes;
  private final ObjectAttributes attributes;
  private final boolean isTagged;

  S3Content(byte[] bytes, ObjectAttributes attributes, boolean isTagged) {
    this.bytes = bytes;
    this.attributes = attributes;
    this.isTagged = isTagged;
  }

  byte[] bytes() {
    return bytes;
  }

  ObjectAttributes attributes() {
    return attributes;
  }

  /**
   * Whether there are tags, or the store is one that may not say so: Amazon's counts them in each
   * answer (GetObject, x-amz-tagging-count).
   */
  boolean isTagged() {
    return isTagged;
  }
}
