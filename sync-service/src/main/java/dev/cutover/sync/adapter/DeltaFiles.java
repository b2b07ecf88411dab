package dev.cutover.sync.adapter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Commit;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Value;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes a delta for people: a file of JSON lines for each table, {@code apply.sql} over all of
 * them in commit order, and {@code SHA256SUMS}. Values are PostgreSQL's text. Without a folder only
 * the checksums are made, of the same bytes.
 */
final class DeltaFiles implements AutoCloseable {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String SQL = "apply.sql";
  private static final String SUMS = "SHA256SUMS";

  private final Optional<Path> folder;
  private final Map<String, DigestOutputStream> files = new TreeMap<>();
  private long number;

  /** Empties the folder, or makes it, for the service's own user only. */
  DeltaFiles(Optional<Path> folder) throws IOException {
    this.folder = folder;
    if (folder.isPresent()) {
      Path parent = folder.get().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (Files.notExists(folder.get())) {
        Files.createDirectory(
            folder.get(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      try (DirectoryStream<Path> old = Files.newDirectoryStream(folder.get())) {
        for (Path file : old) {
          Files.delete(file);
        }
      }
    }
    write(
        SQL,
        """
        -- What the target took and the source has not got, in commit order.
        -- psql -v ON_ERROR_STOP=1, as the applier while the source is fenced.
        SET standard_conforming_strings = on;
        -- Where the applier may not do this, foreign keys are checked at each COMMIT.
        DO $$ BEGIN PERFORM set_config('session_replication_role', 'replica', false);
        EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;
        """);
  }

  /** Begins a transaction. */
  void begin(Commit commit) throws IOException {
    write(
        SQL,
        "BEGIN; SET CONSTRAINTS ALL DEFERRED; -- transaction %s of %s\n"
            .formatted(commit.lsn(), commit.at()));
  }

  /** Ends a transaction. */
  void end() throws IOException {
    write(SQL, "COMMIT;\n");
  }

  /**
   * Adds a change.
   *
   * @param key empty for a truncation
   * @param before the row as the source has it; empty where it has none
   */
  void add(
      Commit commit,
      Change.OfTable change,
      TableShape shape,
      Optional<Row> key,
      Optional<Row> before)
      throws IOException {
    number++;
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeNumberField("n", number);
      json.writeStringField("transaction", commit.lsn().toString());
      json.writeStringField("committedAt", commit.at().toString());
      json.writeStringField("operation", operation(change));
      write(json, "key", key);
      write(json, "before", before);
      write(json, "after", after(change));
      json.writeEndObject();
    }
    write(name(change.table()), line.append('\n').toString());
    write(SQL, DeltaSql.of(change, shape));
  }

  private static String operation(Change.OfTable change) {
    return switch (change) {
      case Change.Insert _ -> "insert";
      case Change.Update _ -> "update";
      case Change.Delete _ -> "delete";
      case Change.Truncate _ -> "truncate";
    };
  }

  private static Optional<Row> after(Change.OfTable change) {
    return switch (change) {
      case Change.Insert insert -> Optional.of(insert.after());
      case Change.Update update -> Optional.of(update.after());
      case Change.Delete _, Change.Truncate _ -> Optional.empty();
    };
  }

  private static void write(JsonGenerator json, String field, Optional<Row> row)
      throws IOException {
    if (row.isEmpty()) {
      json.writeNullField(field);
      return;
    }
    json.writeObjectFieldStart(field);
    for (int i = 0; i < row.get().columns().size(); i++) {
      String column = row.get().columns().get(i);
      switch (row.get().values().get(i)) {
        case Value.Text(String text) -> json.writeStringField(column, text);
        case Value.Special.NULL -> json.writeNullField(column);
        case Value.Special.UNCHANGED, Value.Special.REFETCH -> {} // as before
      }
    }
    json.writeEndObject();
  }

  private static String name(TableName table) {
    return table.toString().replaceAll("[^A-Za-z0-9._-]", "_") + ".jsonl";
  }

  private void write(String name, String text) throws IOException {
    file(name).write(text.getBytes(StandardCharsets.UTF_8));
  }

  private OutputStream file(String name) throws IOException {
    DigestOutputStream file = files.get(name);
    if (file == null) {
      file = new DigestOutputStream(open(name), sha256());
      files.put(name, file);
    }
    return file;
  }

  private OutputStream open(String name) throws IOException {
    if (folder.isEmpty()) {
      return OutputStream.nullOutputStream();
    }
    Path path =
        Files.createFile(
            folder.get().resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return new BufferedOutputStream(Files.newOutputStream(path));
  }

  /** Writes the list of checksums; returns its own. */
  String finish() throws IOException {
    StringBuilder sums = new StringBuilder();
    for (Map.Entry<String, DigestOutputStream> file : files.entrySet()) {
      file.getValue().close();
      sums.append(HexFormat.of().formatHex(file.getValue().getMessageDigest().digest()))
          .append("  ")
          .append(file.getKey())
          .append('\n');
    }
    byte[] list = sums.toString().getBytes(StandardCharsets.UTF_8);
    try (OutputStream file = open(SUMS)) {
      file.write(list);
    }
    return HexFormat.of().formatHex(sha256().digest(list));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (DigestOutputStream file : files.values()) {
      file.close();
    }
  }
}
