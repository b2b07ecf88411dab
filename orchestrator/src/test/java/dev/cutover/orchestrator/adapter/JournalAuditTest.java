package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.runtime.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JournalAuditTest {
  private static final String STATUS = "the status";

  private final List<Payload> journal =
      new ScriptedRun()
          .toGo().go().journal.stream()
              .map(entry -> Payload.of(new JournalCodec().bytes(entry)))
              .toList();
  private final String head = journal.getLast().sha256();

  private JournalAudit.Result audit(List<Payload> records) {
    JournalAudit audit = new JournalAudit(ScriptedRun.ID);
    for (int n = 0; n < records.size(); n++) {
      audit.add(records.get(n), "line " + (n + 1));
    }
    audit.published(journal.size(), head, STATUS);
    audit.endsAt(journal.size(), STATUS);
    return audit.result();
  }

  private void assertBreak(List<Payload> records, String what, String... places) {
    Optional<String> broken = audit(records).broken();
    assertThat(broken).as(what).isPresent();
    assertThat(broken.get()).as(what).containsAnyOf(places);
  }

  @Test
  void shouldTellEndsAndHeadWhenTheJournalIsAsItWasWritten() {
    // when
    JournalAudit.Result result = audit(journal);
    // then
    assertThat(result.broken()).isEmpty();
    assertThat(result.events()).isEqualTo(journal.size());
    assertThat(result.head()).isEqualTo(head);
    assertThat(result.firstAt().orElseThrow()).isBefore(result.lastAt().orElseThrow());
  }

  @Test
  void shouldFindTheEntryWhenAnyByteOfItIsFlipped() {
    for (int n = 0; n < journal.size(); n++) {
      byte[] bytes = journal.get(n).bytes();
      // In steps of a few bytes, so that each field of each entry is met.
      int step = 1 + bytes.length / 60;
      for (int at = n % step; at < bytes.length; at += step) {
        // given
        byte[] flipped = bytes.clone();
        flipped[at] ^= 1;
        List<Payload> records = new ArrayList<>(journal);
        records.set(n, Payload.of(flipped));
        // when, then
        assertBreak(
            records,
            "byte %d of entry %d".formatted(at, n + 1),
            "line %d: ".formatted(n + 1),
            "line %d: ".formatted(n + 2),
            STATUS + " names");
      }
    }
  }

  @Test
  void shouldFindThePlaceWhenAnEntryIsRemovedRepeatedSwappedOrPutIn() {
    for (int n = 0; n < journal.size(); n++) {
      String at = "line %d: ".formatted(n + 1);
      String after = "line %d: ".formatted(n + 2);
      boolean last = n == journal.size() - 1;

      List<Payload> removed = new ArrayList<>(journal);
      removed.remove(n);
      assertBreak(removed, "removed " + n, last ? STATUS + " names event" : at);

      List<Payload> repeated = new ArrayList<>(journal);
      repeated.add(n, journal.get(n));
      assertBreak(repeated, "repeated " + n, after);

      List<Payload> putIn = new ArrayList<>(journal);
      putIn.add(n + 1, forged(n + 1));
      assertBreak(
          putIn, "put in behind " + n, last ? STATUS + " ends at event" : "line " + (n + 3));

      if (!last) {
        List<Payload> swapped = new ArrayList<>(journal);
        swapped.set(n, journal.get(n + 1));
        swapped.set(n + 1, journal.get(n));
        assertBreak(swapped, "swapped " + n, at);
      }
    }
  }

  /** An entry whose number and hash fit. */
  private Payload forged(int behind) {
    JournalEntry entry = new JournalCodec().entry(journal.get(behind - 1).bytes());
    return Payload.of(
        new JournalCodec()
            .bytes(
                new JournalEntry(
                    entry.cutover(),
                    behind + 1,
                    journal.get(behind - 1).sha256(),
                    entry.at(),
                    entry.input(),
                    entry.event())));
  }

  @Test
  void shouldFindItWhenTheJournalIsAnothersOrEmpty() {
    // given
    JournalAudit other = new JournalAudit(new CutoverId("other"));
    // when
    other.add(journal.getFirst(), "line 1");
    // then
    assertThat(other.result().broken().orElseThrow())
        .isEqualTo("line 1: Expected an entry of other, but it is of golden");
    assertBreak(List.of(), "empty", STATUS + " names event");
    assertBreak(journal.reversed(), "reversed", "line 1: ");
  }
}
