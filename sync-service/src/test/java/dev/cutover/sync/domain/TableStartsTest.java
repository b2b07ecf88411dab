package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class TableStartsTest {
  private static final Change EARLY = new Change.Truncate(new TableName("public", "early"));
  private static final Change LATE = new Change.Truncate(new TableName("public", "late"));
  private static final Change OTHER = new Change.Truncate(new TableName("public", "other"));
  private static final Change MARK = new Change.Mark("m", Instant.EPOCH);

  private final TableStarts starts =
      new TableStarts(
          Map.of(
              new TableName("public", "early"), new Lsn(100),
              new TableName("public", "late"), new Lsn(200)));

  private List<Change> due(long end) {
    return starts.due(new Lsn(end), List.of(EARLY, LATE, MARK, OTHER));
  }

  @Test
  @Tag("D8")
  void shouldLeaveOutWhatTheSnapshotOfItsTableHas() {
    assertThat(due(150)).containsExactly(EARLY, MARK, OTHER);
    assertThat(due(200)).containsExactly(EARLY, MARK, OTHER);
    assertThat(due(201)).containsExactly(EARLY, LATE, MARK, OTHER);
    assertThat(due(100)).containsExactly(MARK, OTHER);
  }
}
