package dev.cutover.deploy.sync;

import dev.cutover.runtime.ConfigException;
import dev.cutover.sync.adapter.PostgresConnections;
import dev.cutover.sync.adapter.PostgresSyncReader;
import dev.cutover.sync.domain.GateRefused;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The end of a sync. */
@Command(
    name = "drop",
    description = {
      "Removes what 'sync follow' made, and what a copy that was cut off left: slots, publications,"
          + " positions, fences and the schema 'cutover' on both sides. Rows stay, and the target"
          + " takes writes of everybody again.",
      "Whoever follows meanwhile stops. What belongs to a cutover is refused: abandon that. Exit code"
          + " 0 when nothing is left, 1 when not, 2 for what can't be understood."
    },
    mixinStandardHelpOptions = true)
final class DropCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private PlanOptions options = new PlanOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    try {
      Optional<PlanOptions.Named> named = options.named(line.getErr());
      if (named.isEmpty()) {
        return 2;
      }
      PostgresConnections connections = options.connections();
      SyncHere.logToFile();
      Optional<String> fault =
          SyncHere.taken(new PostgresSyncReader(connections).read(named.get().spec()));
      if (fault.isEmpty()) {
        fault = drop(named.get(), connections);
      }
      if (fault.isPresent()) {
        line.getErr().println(fault.get());
        return 1;
      }
      line.getOut()
          .printf(
              "Nothing of the sync is left on %s and %s; rows stay.%n",
              named.get().spec().source().address(), named.get().spec().target().address());
      line.getOut().flush();
      return 0;
    } catch (IllegalArgumentException | ConfigException e) {
      line.getErr().println(e.getMessage());
      return 2;
    } catch (GateRefused e) {
      line.getErr().println(e.getMessage());
      return 1;
    }
  }

  private Optional<String> drop(PlanOptions.Named plan, PostgresConnections connections)
      throws IOException, InterruptedException {
    try (KafkaOptions.Place place = kafka.open();
        SyncHere sync = new SyncHere(plan, connections, place, 1, _ -> {})) {
      return sync.drop();
    }
  }
}
