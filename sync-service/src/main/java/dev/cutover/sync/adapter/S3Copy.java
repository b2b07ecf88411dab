package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ObjectAttributes;
import dev.cutover.sync.domain.ObjectEntry;
import dev.cutover.sync.domain.ObjectPair.OnBoth;
import dev.cutover.sync.domain.ObjectPair.OnSource;
import dev.cutover.sync.domain.ObjectPair.OnTarget;
import dev.cutover.sync.domain.ObjectTerms;
import dev.cutover.sync.domain.ObjectsCopied;
import dev.cutover.sync.domain.ObjectsProgress;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Makes one bucket as another is: both are listed side by side, and what differs is brought over.
 * The first pass copies all, each later one what has changed since; a pass that was cut off is gone
 * on with by the next. The source is only read.
 */
public final class S3Copy {
  private static final int CHANGED_TRIES = 3;

  private final S3Bucket source;
  private final S3Bucket target;
  private final ObjectTerms terms;
  private final ObjectTally tally = new ObjectTally();
  private final S3Transfer transfer;

  /** For one pass. */
  public S3Copy(S3Bucket source, S3Bucket target, ObjectTerms terms) {
    this.source = source;
    this.target = target;
    this.terms = terms;
    this.transfer = new S3Transfer(source, target, terms, tally);
  }

  /**
   * Does it.
   *
   * @param progress is told once a second
   * @throws S3Failure when a listing can't be read, or what it says can't be followed; what can't
   *     be done with single objects is in the result
   */
  public ObjectsCopied run(Consumer<ObjectsProgress> progress)
      throws S3Failure, InterruptedException {
    if (terms.mirrorsDeletes()) {
      refuseAnEmptySource();
    }
    try (S3Pass pass = new S3Pass(source, target, terms, tally)) {
      return pass.run(
          progress,
          pair -> {
            switch (pair) {
              case OnSource(var entry) ->
                  pass.begin(pair, () -> copy(entry, replacing(Optional.empty())));
              case OnBoth both when both.isSame() || terms.isKnown(both) -> tally.same.increment();
              case OnBoth both -> pass.begin(pair, () -> examine(both));
              case OnTarget(var entry) when terms.isLate(entry) -> tally.late.increment();
              case OnTarget(var entry) when terms.mirrorsDeletes() ->
                  pass.begin(pair, () -> delete(entry));
              case OnTarget _ -> tally.kept.increment();
            }
          });
    }
  }

  /** A wrong prefix or another account's empty bucket must not empty the target. */
  private void refuseAnEmptySource() throws S3Failure {
    try {
      if (!source.list().hasNext()) {
        throw new S3Failure(
            S3Failure.Kind.REFUSED,
            "Expected objects in %s before those of %s are deleted, but it has none"
                .formatted(source.place(), target.place()),
            null);
      }
    } catch (SdkException e) {
      throw S3Failure.of("to list " + source.place(), e);
    }
  }

  /** Objects that were left alone, as others wrote them. */
  long late() {
    return tally.late.sum();
  }

  /** Objects that changed each time they were read or written. */
  long changing() {
    return tally.changing.sum();
  }

  private S3Replacing replacing(Optional<ObjectEntry> there) {
    return terms.guarded() ? S3Replacing.of(there) : S3Replacing.ANYTHING;
  }

  /** Copies it as it is now, also when that is not what was listed any more. */
  private void copy(ObjectEntry listed, S3Replacing there) throws S3Failure, InterruptedException {
    Optional<ObjectEntry> entry = Optional.of(listed);
    for (int tries = 1; entry.isPresent(); tries++) {
      try {
        transfer.copy(entry.get(), there);
        return;
      } catch (S3Failure e) {
        boolean isOther = e.kind() == S3Failure.Kind.CHANGED || e.kind() == S3Failure.Kind.GONE;
        if (isOther && tries >= CHANGED_TRIES && terms.guarded()) {
          tally.changing.increment(); // the next pass has it; behind a fence that finds the writer
          return;
        }
        if (!isOther || tries >= CHANGED_TRIES) {
          throw e;
        }
        entry = transfer.within(() -> source.entry(listed.key()));
      }
    }
  }

  private void examine(OnBoth both) throws S3Failure, InterruptedException {
    ObjectEntry from = both.source();
    ObjectEntry to = both.target();
    boolean isLong = from.bytes() == to.bytes();
    ObjectAttributes there = transfer.within(() -> target.attributes(to.key(), true));
    if (isLong && there.mark().equals(Optional.of(ObjectAttributes.markOf(from)))) {
      tally.same.increment();
      return;
    }
    if (both.hasSameContent()) {
      ObjectAttributes here = transfer.within(() -> source.attributes(from.key(), true));
      if (here.difference(there).isEmpty()) {
        tally.same.increment();
        return;
      }
    } else if (terms.guarded() && !terms.overwrites() && isNewer(to, from)) {
      tally.late.increment();
      return;
    } else if (!terms.overwrites() && isNewer(to, from)) {
      tally.fault(
          from.key(),
          "Expected an older object on the target, but it was written at %s and the source's at %s: not overwritten"
              .formatted(to.modifiedAt(), from.modifiedAt()));
      return;
    }
    copy(from, replacing(Optional.of(to)));
  }

  private static boolean isNewer(ObjectEntry one, ObjectEntry other) {
    return one.modifiedAt().isAfter(other.modifiedAt());
  }

  private void delete(ObjectEntry entry) throws S3Failure, InterruptedException {
    transfer.within(
        () -> {
          target.delete(entry.key(), replacing(Optional.of(entry)));
          return true;
        });
    tally.deleted.increment();
  }
}
