package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Commit;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeltaFilesTest {
  private static final TableName ORDERS = TableName.parse("orders");
  private static final TableShape SHAPE =
      new TableShape(
          ORDERS,
          List.of(
              new TableShape.Column("id", "bigint", "int8", true, false, false),
              new TableShape.Column("note", "text", "text", false, true, false)));
  private static final Commit COMMIT =
      new Commit(new Lsn(26), Instant.parse("2026-11-25T12:00:00Z"));

  @TempDir Path directory;

  private static Row row(String id, String note) {
    return new Row(List.of("id", "note"), List.of(new Value.Text(id), new Value.Text(note)));
  }

  private static String write(Optional<Path> folder) throws IOException {
    Row key = new Row(List.of("id"), List.of(new Value.Text("7")));
    try (DeltaFiles files = new DeltaFiles(folder)) {
      files.begin(COMMIT);
      files.add(
          COMMIT,
          new Change.Update(ORDERS, key, row("7", "it's new")),
          SHAPE,
          Optional.of(key),
          Optional.of(row("7", "old")));
      files.add(COMMIT, new Change.Delete(ORDERS, key), SHAPE, Optional.of(key), Optional.empty());
      files.end();
      return files.finish();
    }
  }

  @Test
  void shouldWriteRowsBeforeAndAfterForItsOwnUserOnly() throws Exception {
    // when
    Path folder = directory.resolve("deltas").resolve("shop-1-50");
    String sha256 = write(Optional.of(folder));

    // then
    Path orders = folder.resolve("public.orders.jsonl");
    assertThat(Files.readString(orders))
        .isEqualTo(
            """
            {"n":1,"transaction":"0/1A","committedAt":"2026-11-25T12:00:00Z","operation":"update","key":{"id":"7"},"before":{"id":"7","note":"old"},"after":{"id":"7","note":"it's new"}}
            {"n":2,"transaction":"0/1A","committedAt":"2026-11-25T12:00:00Z","operation":"delete","key":{"id":"7"},"before":null,"after":null}
            """);
    assertThat(Files.readString(folder.resolve("apply.sql")))
        .contains(
            """
            BEGIN; SET CONSTRAINTS ALL DEFERRED; -- transaction 0/1A of 2026-11-25T12:00:00Z
            UPDATE "public"."orders" SET "note" = 'it''s new' WHERE "id" = '7';
            DELETE FROM "public"."orders" WHERE "id" = '7';
            COMMIT;
            """);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(orders)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    assertThat(Files.readString(folder.resolve("SHA256SUMS")))
        .contains("  apply.sql")
        .contains("  public.orders.jsonl");
    assertThat(sha256).isEqualTo(write(Optional.empty()));
  }

  @Test
  void shouldLeaveNothingOfAnEarlierAttemptWhenWrittenAgain() throws Exception {
    // given
    Files.writeString(directory.resolve("public.gone.jsonl"), "old");

    // when
    write(Optional.of(directory));

    // then
    assertThat(directory.resolve("public.gone.jsonl")).doesNotExist();
  }
}
