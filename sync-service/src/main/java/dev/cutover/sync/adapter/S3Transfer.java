package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ByteBudget;
import dev.cutover.sync.domain.ObjectAttributes;
import dev.cutover.sync.domain.ObjectEntry;
import dev.cutover.sync.domain.ObjectParts;
import dev.cutover.sync.domain.ObjectParts.Part;
import dev.cutover.sync.domain.ObjectTerms;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Brings single objects from one bucket to another, within bounds of requests, memory and bytes a
 * second that hold for all of them together. Safe for several threads.
 */
final class S3Transfer {
  private static final Logger LOGGER = LoggerFactory.getLogger(S3Transfer.class);
  private static final int MIB = 1 << 20;

  /** What all parts under way may occupy. */
  private static final int MEMORY_MIB = 256;

  private final S3Bucket source;
  private final S3Bucket target;
  private final ObjectTally tally;
  private final Semaphore requests;
  private final Semaphore memory = new Semaphore(MEMORY_MIB, true);
  private final Optional<ByteBudget> budget;

  /** Found out by the first object: the target's tags are others than the source's. */
  private volatile boolean isMarking;

  private record Arrived(CompletedPart part, String hash) {}

  S3Transfer(S3Bucket source, S3Bucket target, ObjectTerms terms, ObjectTally tally) {
    this.source = source;
    this.target = target;
    this.tally = tally;
    this.requests = new Semaphore(terms.workers());
    this.budget = terms.maxBytesPerSecond().map(ByteBudget::new);
  }

  /**
   * Copies what was listed.
   *
   * @param there what it may replace on the other side
   * @throws S3Failure {@link S3Failure.Kind#CHANGED} when it is something else by now
   */
  void copy(ObjectEntry entry, S3Replacing there) throws S3Failure, InterruptedException {
    boolean isWhole =
        entry.bytes() == 0
            || (entry.bytes() <= ObjectParts.BYTES_MAX && !entry.tag().contains("-"));
    tally.copied(isWhole ? whole(entry, there) : inParts(entry, there));
  }

  /** Returns whether the source's tag proves what was read. */
  private boolean whole(ObjectEntry entry, S3Replacing there)
      throws S3Failure, InterruptedException {
    int mib = reserve(entry.bytes());
    try {
      Part all = new Part(1, 0, (int) entry.bytes());
      S3Content content = within(() -> source.read(entry, all));
      boolean isProven = entry.bytes() == 0 || Md5.tag(content.bytes()).equals(entry.tag());
      ObjectAttributes attributes =
          content.isTagged()
              ? within(() -> source.tagged(entry.key(), content.attributes()))
              : content.attributes();
      boolean marks = isMarking || !isProven;
      String tag = put(entry, attributes, content.bytes(), marks, there);
      if (!marks && entry.bytes() > 0 && !tag.equals(entry.tag())) {
        isMarking = true;
        put(entry, attributes, content.bytes(), true, there.by(tag));
      }
      tally.arrived(entry.bytes());
      return isProven;
    } finally {
      memory.release(mib);
    }
  }

  private String put(
      ObjectEntry entry,
      ObjectAttributes attributes,
      byte[] bytes,
      boolean marks,
      S3Replacing there)
      throws S3Failure, InterruptedException {
    ObjectAttributes with = marks ? attributes.marked(entry) : attributes.unmarked();
    return within(() -> target.put(entry.key(), with, bytes, there));
  }

  private boolean inParts(ObjectEntry entry, S3Replacing there)
      throws S3Failure, InterruptedException {
    long wanted = entry.tag().contains("-") ? within(() -> source.partBytes(entry)) : 0;
    List<Part> parts = ObjectParts.of(entry.bytes(), wanted);
    boolean isKept = entry.tag().endsWith("-" + parts.size());
    ObjectAttributes attributes = within(() -> source.attributes(entry.key(), true));
    boolean marks = isMarking || !isKept;
    Uploaded tag =
        upload(entry, parts, marks ? attributes.marked(entry) : attributes.unmarked(), there);
    if (!marks && !tag.isKept(entry)) {
      isMarking = true;
      tag = upload(entry, parts, attributes.marked(entry), there.by(tag.tag()));
    }
    return tag.isKept(entry);
  }

  /**
   * An upload that was completed.
   *
   * @param tag by the target
   * @param hash that the parts' hashes give
   */
  private record Uploaded(String tag, String hash) {
    /** Whether both are the source's tag, as of an object that was cut alike. */
    boolean isKept(ObjectEntry entry) {
      return hash.equals(entry.tag()) && tag.equals(entry.tag());
    }
  }

  private Uploaded upload(
      ObjectEntry entry, List<Part> parts, ObjectAttributes with, S3Replacing there)
      throws S3Failure, InterruptedException {
    S3Uploads.Upload upload = within(() -> target.uploads().begin(entry.key(), with));
    boolean isComplete = false;
    try {
      List<Arrived> arrived = all(entry, upload, parts);
      String tag =
          within(
              () ->
                  target
                      .uploads()
                      .complete(upload, arrived.stream().map(Arrived::part).toList(), there));
      isComplete = true;
      return new Uploaded(tag, Md5.tag(arrived.stream().map(Arrived::hash).toList()));
    } finally {
      if (!isComplete) {
        giveUp(upload);
      }
    }
  }

  private void giveUp(S3Uploads.Upload upload) {
    try {
      target.uploads().abort(upload);
    } catch (S3Failure e) {
      LOGGER.atWarn().setCause(e).log("upload not given up: its parts stay, and are paid for");
    }
  }

  private List<Arrived> all(ObjectEntry entry, S3Uploads.Upload upload, List<Part> parts)
      throws S3Failure, InterruptedException {
    List<Future<Arrived>> started = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      parts.forEach(part -> started.add(threads.submit(() -> one(entry, upload, part))));
      try {
        List<Arrived> arrived = new ArrayList<>();
        for (Future<Arrived> part : started) {
          arrived.add(part.get());
        }
        return arrived;
      } catch (ExecutionException e) {
        threads.shutdownNow();
        throw e.getCause() instanceof S3Failure failure
            ? failure
            : new S3Failure(S3Failure.Kind.FAILED, String.valueOf(e.getCause()), e);
      } catch (InterruptedException e) {
        threads.shutdownNow();
        throw e;
      }
    }
  }

  private Arrived one(ObjectEntry entry, S3Uploads.Upload upload, Part part)
      throws S3Failure, InterruptedException {
    int mib = reserve(part.bytes());
    try {
      byte[] bytes = within(() -> source.read(entry, part)).bytes();
      CompletedPart written = within(() -> target.uploads().put(upload, part, bytes));
      tally.arrived(part.bytes());
      return new Arrived(written, Md5.tag(bytes));
    } finally {
      memory.release(mib);
    }
  }

  /** Reads a part of an object of either side, within the same bounds. */
  byte[] read(S3Bucket bucket, ObjectEntry entry, Part part)
      throws S3Failure, InterruptedException {
    int mib = reserve(part.bytes());
    try {
      byte[] bytes = within(() -> bucket.read(entry, part)).bytes();
      tally.arrived(part.bytes());
      return bytes;
    } finally {
      memory.release(mib);
    }
  }

  /** Waits for memory and for the bytes' turn; what it returns is to be released. */
  private int reserve(long bytes) throws InterruptedException {
    int mib = (int) Math.max(1, (bytes + MIB - 1) / MIB);
    memory.acquire(mib);
    long waitNanos = budget.map(found -> take(found, bytes)).orElse(0L);
    if (waitNanos > 0) {
      TimeUnit.NANOSECONDS.sleep(waitNanos);
    }
    return mib;
  }

  private static long take(ByteBudget budget, long bytes) {
    synchronized (budget) {
      return budget.take(bytes, System.nanoTime());
    }
  }

  @FunctionalInterface
  interface Request<T> {
    T ask() throws S3Failure;
  }

  /** Asks as soon as fewer requests are under way than may be. */
  <T> T within(Request<T> request) throws S3Failure, InterruptedException {
    requests.acquire();
    try {
      return request.ask();
    } finally {
      requests.release();
    }
  }
}
