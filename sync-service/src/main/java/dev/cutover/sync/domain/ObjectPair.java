package dev.cutover.sync.domain;

/** What two listings say of one key. */
public sealed interface ObjectPair {
  /** Its key. */
  String key();

  /** On the source alone. */
  record OnSource(ObjectEntry source) implements ObjectPair {
    @Override
    public String key() {
      return source.key();
    }
  }

  /** On the target alone. */
  record OnTarget(ObjectEntry target) implements ObjectPair {
    @Override
    public String key() {
      return target.key();
    }
  }

  /** On both, the same or not. */
  record OnBoth(ObjectEntry source, ObjectEntry target) implements ObjectPair {
    /** Whether the listings alone prove that the contents are the same. */
    public boolean hasSameContent() {
      boolean isHash = source.isHashed() && source.tag().equals(target.tag());
      return source.bytes() == target.bytes() && (source.bytes() == 0 || isHash);
    }

    @Override
    public String key() {
      return source.key();
    }

    /**
     * Whether the listings alone prove it to be the same: equal hashes, and the source not changed
     * in the second in which the target was written or later, which may have been its metadata.
     */
    public boolean isSame() {
      return source.bytes() > 0
          && hasSameContent()
          && source.modifiedAt().isBefore(target.modifiedAt());
    }
  }
}
