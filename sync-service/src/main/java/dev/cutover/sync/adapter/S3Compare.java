package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ObjectEntry;
import dev.cutover.sync.domain.ObjectPair.OnBoth;
import dev.cutover.sync.domain.ObjectPair.OnSource;
import dev.cutover.sync.domain.ObjectPair.OnTarget;
import dev.cutover.sync.domain.ObjectParts;
import dev.cutover.sync.domain.ObjectParts.Part;
import dev.cutover.sync.domain.ObjectTerms;
import dev.cutover.sync.domain.ObjectsCopied;
import dev.cutover.sync.domain.ObjectsProgress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Says whether two buckets hold the same: the same keys, the same attributes, and the same content,
 * byte for byte, read from both. Trusts no tag (trap E12), and changes nothing.
 */
public final class S3Compare {
  private final S3Bucket source;
  private final S3Bucket target;
  private final ObjectTerms terms;
  private final ObjectTally tally = new ObjectTally();
  private final S3Transfer transfer;

  /** For one pass; of the terms deletes and overwriting mean nothing here. */
  public S3Compare(S3Bucket source, S3Bucket target, ObjectTerms terms) {
    this.source = source;
    this.target = target;
    this.terms = terms;
    this.transfer = new S3Transfer(source, target, terms, tally);
  }

  /**
   * Does it; what differs is a fault.
   *
   * @param progress is told once a second
   * @throws S3Failure when a listing can't be read, or what it says can't be followed
   */
  public ObjectsCopied run(Consumer<ObjectsProgress> progress)
      throws S3Failure, InterruptedException {
    try (S3Pass pass = new S3Pass(source, target, terms, tally)) {
      return pass.run(
          progress,
          pair -> {
            switch (pair) {
              case OnSource(var entry) ->
                  tally.fault(entry.key(), "Expected it on the target too, but it is not there");
              case OnTarget(var entry) ->
                  tally.fault(entry.key(), "Expected it on the source too, but it is not there");
              case OnBoth both -> pass.begin(pair, () -> compare(both));
            }
          });
    }
  }

  private void compare(OnBoth both) throws S3Failure, InterruptedException {
    String key = both.key();
    Optional<String> difference =
        both.source().bytes() != both.target().bytes()
            ? Optional.of(
                "%d bytes on the source, %d on the target"
                    .formatted(both.source().bytes(), both.target().bytes()))
            : transfer
                .within(() -> source.attributes(key, true))
                .difference(transfer.within(() -> target.attributes(key, true)));
    if (difference.isEmpty()) {
      difference = content(both.source(), both.target());
    }
    if (difference.isPresent()) {
      tally.fault(key, "Expected the same on both sides, but: " + difference.get());
    } else {
      tally.same.increment();
    }
  }

  private Optional<String> content(ObjectEntry from, ObjectEntry to)
      throws S3Failure, InterruptedException {
    List<Part> parts =
        from.bytes() == 0 ? List.of(new Part(1, 0, 0)) : ObjectParts.of(from.bytes(), 0);
    for (Part part : parts) {
      byte[] here = transfer.read(source, from, part);
      byte[] there = transfer.read(target, to, part);
      int at = Arrays.mismatch(here, there);
      if (at >= 0) {
        return Optional.of("the content differs from byte %d on".formatted(part.from() + at));
      }
    }
    return Optional.empty();
  }
}
