package dev.cutover.deploy.bench;

import java.util.stream.Collectors;

/** A way to copy a database, by programs that are installed; from an empty target to one in use. */
enum CopyWay {
  /**
   * The least that there is to do: a raw COPY from one psql to another, table by table, and the
   * indexes; no statistics, no constraint, no look at anything.
   */
  FLOOR("floor: COPY binary by two psql, indexes", "") {
    @Override
    String script(CopyLoad load) {
      return load.tables().stream()
              .map(
                  table ->
                      "\"$BIN/psql\" -qX \"$SOURCE\" -c \"COPY %1$s TO STDOUT (FORMAT binary)\" | \"$BIN/psql\" -qX \"$TARGET\" -c \"COPY %1$s FROM STDIN (FORMAT binary)\"\n"
                          .formatted(table))
              .collect(Collectors.joining())
          + "\"$BIN/psql\" -qX -v ON_ERROR_STOP=1 \"$TARGET\" < \"$DIR/indexes.sql\"\n";
    }

    @Override
    String preparation() {
      return """
      "$BIN/pg_dump" --section=pre-data "$SOURCE" | "$BIN/psql" -qX -v ON_ERROR_STOP=1 "$TARGET" > /dev/null
      "$BIN/pg_dump" --section=post-data -Fc -f "$DIR/post.dump" "$SOURCE"
      "$BIN/pg_restore" -l "$DIR/post.dump" | grep -v 'FK CONSTRAINT' > "$DIR/post.list"
      "$BIN/pg_restore" -L "$DIR/post.list" -f "$DIR/indexes.sql" "$DIR/post.dump"
      """;
    }
  },

  /** In parallel, by way of files. */
  DIRECTORY("pg_dump -Fd -j2, pg_restore -j2", "") {
    @Override
    String script(CopyLoad load) {
      return """
      "$BIN/pg_dump" -Fd -j2 -f "$DIR/dump" "$SOURCE"
      "$BIN/pg_restore" -j2 -d "$TARGET" "$DIR/dump"
      """
          + ANALYZE;
    }
  },

  /** One stream of text. */
  STREAM("pg_dump | psql", "") {
    @Override
    String script(CopyLoad load) {
      return """
      "$BIN/pg_dump" "$SOURCE" | "$BIN/psql" -qX -v ON_ERROR_STOP=1 "$TARGET" > /dev/null
      """
          + ANALYZE;
    }
  },

  /** Made for this. */
  PGCOPYDB("pgcopydb clone", "pgcopydb") {
    @Override
    String script(CopyLoad load) {
      return """
      PATH="$BIN:$PATH" pgcopydb clone --source "$SOURCE" --target "$TARGET" --dir "$DIR/pgcopydb" --table-jobs 2 --index-jobs 2 --split-tables-larger-than 200MB
      """;
    }
  };

  private static final String ANALYZE = "\"$BIN/vacuumdb\" -q -j2 --analyze-only -d \"$TARGET\"\n";

  private final String title;
  private final String program;

  CopyWay(String title, String program) {
    this.title = title;
    this.program = program;
  }

  String title() {
    return title;
  }

  /** Whether its program is installed, beside PostgreSQL's own. */
  boolean isInstalled() {
    return program.isEmpty() || ServerProcess.find(program).isPresent();
  }

  String installation() {
    return "apt-get install " + program;
  }

  /** What is done before the clock runs; for the floor alone. */
  String preparation() {
    return "";
  }

  /** Shell, with BIN, SOURCE, TARGET and an empty folder DIR. */
  abstract String script(CopyLoad load);
}
