package dev.cutover.orchestrator;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.adapter.JournalCodec;
import dev.cutover.orchestrator.adapter.JournalEntry;
import dev.cutover.orchestrator.domain.Evolution;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Received;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folds a journal as it is stored, and holds its chain against what is there. */
final class Replay {
  private static final Logger LOGGER = LoggerFactory.getLogger(Replay.class);

  private final JournalCodec codec;

  Replay(JournalCodec codec) {
    this.codec = codec;
  }

  /** An entry as it was read: {@code fault} says why it could not be. */
  private record Read(Received stored, String hash, @Nullable JournalEntry entry, String fault) {}

  /** Sorts records by cutover, in order. One that is of none is told and left out. */
  void restore(Cutovers cutovers, List<Received> journal) {
    for (Received record : journal) {
      CutoverId id;
      try {
        id = new CutoverId(record.key().orElse(""));
      } catch (IllegalArgumentException e) {
        LOGGER
            .atError()
            .addKeyValue("place", place(record))
            .addKeyValue(LogKeys.CAUSE, e.getMessage())
            .log("journal record is of no cutover: left out");
        continue;
      }
      cutovers.restore(id, record);
    }
  }

  private static String place(Received record) {
    return "%s/%d/%d".formatted(record.topic(), record.partition(), record.offset());
  }

  /**
   * Applies entries, in order. Reading one takes ten times as long as applying it, and needs no
   * order.
   */
  void fold(Cutovers cutovers, List<Received> journal) {
    journal.parallelStream().map(this::read).toList().forEach(read -> fold(cutovers, read));
  }

  private Read read(Received stored) {
    String hash = stored.value().sha256();
    try {
      return new Read(stored, hash, codec.entry(stored.value().bytes()), "");
    } catch (IllegalStateException e) {
      return new Read(stored, hash, null, String.valueOf(e.getMessage()));
    }
  }

  /**
   * A journal that is damaged tells of its own cutover alone: that one is decided upon no more, all
   * others go on. Its inputs go to the dead letters until people have looked.
   */
  private static void fold(Cutovers cutovers, Read read) {
    Received stored = read.stored();
    CutoverId id = new CutoverId(stored.key().orElse(""));
    if (cutovers.damage(id).isPresent()) {
      return;
    }
    Cutovers.Tracked before = cutovers.get(id);
    JournalEntry entry = read.entry();
    String fault = entry == null ? read.fault() : before.head().refuses(entry).orElse("");
    if (entry != null && fault.isEmpty()) {
      try {
        cutovers.fold(
            new Cutovers.Tracked(
                Evolution.evolve(before.cutover(), entry.event()),
                before.head().then(read.hash())));
        cutovers.decided(entry.at());
        return;
      } catch (IllegalStateException e) {
        fault = String.valueOf(e.getMessage());
      }
    }
    String damage = "the journal is damaged at %s: %s".formatted(place(stored), fault);
    cutovers.damage(id, damage);
    LOGGER
        .atError()
        .addKeyValue(LogKeys.CUTOVER_ID, id)
        .addKeyValue(LogKeys.REASON, damage)
        .log("cutover not decided upon any more: look at it with ./cutover journal verify");
  }
}
