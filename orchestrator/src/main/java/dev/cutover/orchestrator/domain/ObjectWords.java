package dev.cutover.orchestrator.domain;

import dev.cutover.contract.ObjectsFenced;
import dev.cutover.contract.ObjectsLost;
import dev.cutover.contract.ObjectsMoved;
import java.util.Optional;

/** Says of objects, behind what is said of rows, what an answer proved. Pure. */
final class ObjectWords {
  /** So many keys are named; the answer in the journal has more. */
  private static final int KEYS_MAX = 5;

  private ObjectWords() {}

  static String fenced(Optional<ObjectsFenced> objects) {
    return objects.map(ObjectWords::fenced).orElse("");
  }

  private static String fenced(ObjectsFenced objects) {
    String how =
        objects.probes() > 0
            ? "%d tries of applications were refused".formatted(objects.probes())
            : objects.buckets().isEmpty() ? "no fence of ours" : "policies read back, no try";
    return "; objects of %d buckets fenced in %d ms (%s)%s%s"
        .formatted(
            objects.buckets().size(),
            objects.fenceMs(),
            how,
            moved(objects.moved()),
            objects.provenAt().map(at -> ", the same on both sides at " + at).orElse(""));
  }

  static String moved(Optional<ObjectsMoved> objects) {
    return objects
        .map(
            moved ->
                "; %d objects looked at, %d copied, %d bytes, %d deleted in %d ms%s%s"
                    .formatted(
                        moved.objects(),
                        moved.copied(),
                        moved.bytes(),
                        moved.deleted(),
                        moved.tookMs(),
                        some(moved.late(), "left alone, as others wrote them"),
                        some(moved.unproven(), "not proven by a hash")))
        .orElse("");
  }

  static String lost(Optional<ObjectsLost> objects) {
    return objects.map(ObjectWords::lost).orElse("");
  }

  private static String lost(ObjectsLost lost) {
    if (!lost.complete()) {
      return "; what was written to the target's buckets since %s is not on the source: compare them when they answer"
          .formatted(
              lost.lastPassAt().map(at -> "the pass at " + at).orElse("the target took writes"));
    }
    return lost.objects() == 0
        ? "; no object is missing on the source"
        : "; %d objects of the target are not on the source, such as %s"
            .formatted(
                lost.objects(), String.join(", ", lost.keys().stream().limit(KEYS_MAX).toList()));
  }

  private static String some(long count, String what) {
    return count == 0 ? "" : ", %d %s".formatted(count, what);
  }
}
