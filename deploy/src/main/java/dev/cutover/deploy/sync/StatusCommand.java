package dev.cutover.deploy.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.deploy.cli.Table;
import dev.cutover.runtime.ConfigException;
import dev.cutover.sync.adapter.PostgresSyncReader;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.SyncStatus;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What of a sync is on both databases. */
@Command(
    name = "status",
    description = {
      "Says what of a sync is on a plan's databases, whoever began it: fences, slots and the log that"
          + " they keep, publications, how far changes are applied, copies that were cut off.",
      "Changes nothing, and may be asked while a cutover runs. Exit code 0 when nothing needs a look,"
          + " 1 with warnings, 2 for what can't be understood."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private PlanOptions options = new PlanOptions();

  @Option(
      names = "--max-retained",
      paramLabel = "BYTES",
      defaultValue = "10000000000",
      description = "Log that a slot may keep before it is warned of (default: ${DEFAULT-VALUE}).")
  private long retainedMaxBytes;

  /** What was found. */
  record Report(String source, String target, SyncStatus found, List<String> warnings) {}

  @Override
  public Integer call() throws JsonProcessingException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = line.getOut();
    try {
      Optional<ReplicationSpec> databases = options.spec(line.getErr());
      if (databases.isEmpty()) {
        return 2;
      }
      ReplicationSpec both = databases.get();
      SyncStatus found = new PostgresSyncReader(options.connections()).read(both);
      Report report =
          new Report(
              both.source().address(),
              both.target().address(),
              found,
              found.warnings(both, retainedMaxBytes));
      if (options.json()) {
        out.println(
            MessageCodec.mapper()
                .writer(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report));
      } else {
        lines(report, both, out);
      }
      out.flush();
      return report.warnings().isEmpty() ? 0 : 1;
    } catch (IllegalArgumentException | ConfigException e) {
      line.getErr().println(e.getMessage());
      return 2;
    } catch (GateRefused e) {
      line.getErr().println(e.getMessage());
      return 1;
    }
  }

  private static void lines(Report report, ReplicationSpec both, PrintWriter out) {
    Table sides = new Table("side", "database", "writes", "by", "epoch");
    side(sides, "source", report.source(), report.found().source());
    side(sides, "target", report.target(), report.found().target());
    sides.lines().forEach(out::println);
    out.println();
    List<SyncStatus.Stream> streams =
        List.of(report.found().forward(), report.found().reverse()).stream()
            .filter(stream -> !stream.isAbsent())
            .toList();
    if (streams.isEmpty()) {
      out.println("No stream is there.");
    } else {
      Table table =
          new Table(
              "stream",
              "slot",
              "log kept",
              "behind",
              "applied up to",
              "moved",
              "copied",
              "published");
      streams.forEach(stream -> stream(table, stream, both.tables().size()));
      table.lines().forEach(out::println);
    }
    report.warnings().forEach(warning -> out.println("Warning: " + Table.shown(warning)));
  }

  private static void side(Table table, String side, String address, DatabaseState state) {
    if (state.unreachable().isPresent()) {
      table.row(side, address, "unknown", "", "");
      return;
    }
    table.row(
        side,
        address,
        state.standby()
            ? "standby"
            : state.fence().map(fence -> fence.fenced() ? "fenced" : "open").orElse("not prepared"),
        state.fence().flatMap(DatabaseState.Fence::step).orElse(""),
        state.fence().map(fence -> Long.toString(fence.epoch())).orElse(""));
  }

  private static void stream(Table table, SyncStatus.Stream stream, int tables) {
    table.row(
        stream.name(),
        stream
            .slot()
            .map(slot -> slot.walStatus().equals("lost") ? "lost" : slot.active() ? "read" : "idle")
            .orElse("none"),
        stream.slot().map(slot -> ShownCopy.bytes(slot.retainedBytes())).orElse(""),
        stream.lagBytes() < 0 ? "" : ShownCopy.bytes(stream.lagBytes()),
        stream.position().map(DatabaseState.AppliedStream::lsn).orElse(""),
        stream
            .position()
            .map(at -> at.held() ? "held" : ShownCopy.span(at.ageMs()) + " ago")
            .orElse(""),
        stream.begun() ? "%d of %d".formatted(stream.complete().size(), tables) : "",
        Integer.toString(stream.published().size()));
  }
}
