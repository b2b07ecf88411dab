package dev.cutover.deploy.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.deploy.cli.Table;
import dev.cutover.runtime.ConfigException;
import dev.cutover.sync.adapter.PostgresBulkCopy;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.io.PrintWriter;
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

/** A copy without a cutover. */
@Command(
    name = "copy",
    description = {
      "Copies the tables of a plan from its source to its empty target, from one snapshot: rows,"
          + " then indexes, keys and constraints where 'data.copy.schema' is 'carry', statistics,"
          + " sequences.",
      "The source is only read. What is written there meanwhile does not follow. A copy that was cut"
          + " off begins anew when it is asked for again. Exit code 0 when all of it is there, 1 when"
          + " not, 2 for what can't be understood."
    },
    mixinStandardHelpOptions = true)
final class CopyCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private PlanOptions options = new PlanOptions();

  @Option(
      names = "--workers",
      defaultValue = "4",
      description = "Connections to each side, 1 to 64 (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Override
  public Integer call() throws InterruptedException, JsonProcessingException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = line.getOut();
    ShownProgress shown = new ShownProgress(out, options.json());
    try {
      if (workers < 1 || workers > 64) {
        throw new IllegalArgumentException(
            "Expected --workers from 1 to 64, but got %d".formatted(workers));
      }
      Optional<ReplicationSpec> databases = options.spec(line.getErr());
      if (databases.isEmpty()) {
        return 2;
      }
      CopyResult result =
          new PostgresBulkCopy(options.connections(), workers)
              .copy(databases.get(), progress -> shown.show(progress, ShownCopy.line(progress)));
      shown.clear();
      if (options.json()) {
        out.println(MessageCodec.mapper().writeValueAsString(result));
      } else {
        lines(result, out);
      }
      out.flush();
      return 0;
    } catch (IllegalArgumentException | ConfigException e) {
      line.getErr().println(e.getMessage());
      return 2;
    } catch (GateRefused | ReplicationFailed e) {
      shown.clear();
      line.getErr().println(e.getMessage());
      return 1;
    }
  }

  private static void lines(CopyResult result, PrintWriter out) {
    Table table = new Table("table", "rows");
    result.perTable().entrySet().stream()
        .sorted(java.util.Comparator.comparing(entry -> entry.getKey().toString()))
        .forEach(entry -> table.row(entry.getKey().toString(), "%,d".formatted(entry.getValue())));
    table.lines().forEach(out::println);
    out.printf(
        "%nCopied %,d rows, %s, in %s.%n",
        result.rows(), ShownCopy.bytes(result.bytes()), ShownCopy.span(result.tookMs()));
  }
}
