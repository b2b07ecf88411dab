package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.Request;
import dev.cutover.contract.UndecodableMessage;
import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Evolution;
import dev.cutover.orchestrator.domain.SagaState;
import dev.cutover.runtime.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Journals as they were written once: their bytes must always be read, and lead to the state that
 * was recorded beside them. {@code -Dgolden.write=true} records those that are missing; one that is
 * there is never written again.
 */
final class GoldenJournalsTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/golden/journals");

  private final JournalCodec codec = new JournalCodec();

  @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
  private interface Kinded {}

  private final ObjectWriter state =
      JournalCodec.mapper()
          .rebuild()
          .addMixIn(SagaState.class, Kinded.class)
          .build()
          .writer(SerializationFeature.INDENT_OUTPUT);

  /** Runs that are recorded. */
  enum Run {
    COMPLETED_V1 {
      @Override
      ScriptedRun play() {
        return new ScriptedRun().toGo().go().observed();
      }
    },
    ROLLED_BACK_AND_COMPLETED_V1 {
      @Override
      ScriptedRun play() {
        return new ScriptedRun()
            .toGo()
            .go()
            .breached()
            .ask(new Request.Resume(ScriptedRun.ID, "again", "bo", "mended"))
            .go()
            .observed();
      }
    },
    HELD_AND_ABANDONED_V1 {
      @Override
      ScriptedRun play() {
        return new ScriptedRun()
            .toGo()
            .ask(new Request.Approve(ScriptedRun.ID, "one", "mallory", "go", "", "unseen"))
            .ask(new Request.Hold(ScriptedRun.ID, "two", "ana", "look first"))
            .tell(new UndecodableMessage(ScriptedRun.ID, "cutover.events", 3, 9, "not JSON"))
            .ask(new Request.Abandon(ScriptedRun.ID, "three", "ana", "not this year"));
      }
    };

    abstract ScriptedRun play();

    String file() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  @ParameterizedTest
  @EnumSource(Run.class)
  void shouldFoldToTheRecordedStateWhenTheJournalIsOld(Run run) throws IOException {
    // given
    Path journal = DIRECTORY.resolve(run.file() + ".jsonl");
    Path recorded = DIRECTORY.resolve(run.file() + ".state.json");
    if (Boolean.getBoolean("golden.write") && !Files.exists(journal)) {
      record(run.play(), journal, recorded);
    }
    // when
    Cutover folded = Cutover.named(ScriptedRun.ID);
    JournalHead head = JournalHead.of(ScriptedRun.ID);
    for (String line : Files.readAllLines(journal)) {
      JournalEntry entry = codec.entry(line.getBytes(StandardCharsets.UTF_8));
      assertThat(head.refuses(entry)).isEmpty();
      head = head.then(Payload.of(line));
      folded = Evolution.evolve(folded, entry.event());
    }
    if (Boolean.getBoolean("golden.write") && !Files.exists(recorded)) {
      Files.writeString(recorded, state.writeValueAsString(folded) + "\n");
    }
    // then
    assertThat(state.writeValueAsString(folded))
        .isEqualTo(Files.readString(recorded).stripTrailing());
  }

  @ParameterizedTest
  @EnumSource(Run.class)
  void shouldFoldToTheLiveStateWhenTheJournalIsNew(Run run) {
    // given
    ScriptedRun played = run.play();
    // when
    Cutover folded = Cutover.named(ScriptedRun.ID);
    for (JournalEntry entry : played.journal) {
      folded = Evolution.evolve(folded, codec.entry(codec.bytes(entry)).event());
    }
    // then
    assertThat(folded).isEqualTo(played.cutover);
  }

  private void record(ScriptedRun played, Path journal, Path recorded) throws IOException {
    Files.createDirectories(DIRECTORY);
    List<String> lines = new ArrayList<>();
    played.journal.forEach(
        entry -> lines.add(new String(codec.bytes(entry), StandardCharsets.UTF_8)));
    Files.write(journal, lines);
    Files.writeString(recorded, state.writeValueAsString(played.cutover) + "\n");
  }
}
