package dev.cutover.deploy.dns;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.dns.SingleChanges;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SingleChangePlanner.Wish;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.orchestrator.adapter.TrafficYaml;
import dev.cutover.runtime.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a change would be, pinned to what is served now. */
@Command(
    name = "plan",
    description = {
      "Reads what is served, and says what a change would do: each record before and after, what"
          + " the provider promises, when it reaches everybody, and the way back. Changes nothing.",
      "The plan's file needs a traffic section alone; that of a cutover will do. Exit code 0 when"
          + " it can be done, also when there is nothing to change, 1 when not, 2 for what can't be"
          + " understood."
    },
    mixinStandardHelpOptions = true)
final class PlanChangeCommand implements Callable<Integer> {
  private static final int CHANGES = 3;
  private static final int TTL_MAX_SECONDS = 604_800;

  /** No view can be called so. */
  private static final String ITSELF = "-";

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ProviderOptions options = new ProviderOptions();

  @Parameters(paramLabel = "FILE", description = "A plan in YAML with a traffic section.")
  private Path file = Path.of("");

  @Option(
      names = "--to",
      paramLabel = "SIDE",
      description = "All of the traffic to target or source; target unless given.")
  private @Nullable Side to;

  @Option(
      names = "--weight",
      paramLabel = "PERCENT",
      description = "That part of it to the target, 0 to 100, where the provider has weights.")
  private @Nullable Integer weight;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description =
          "The TTL of all records afterwards, such as 30s; each keeps its own unless given.",
      converter = Spans.class)
  private @Nullable Duration ttl;

  @Option(
      names = "--view",
      paramLabel = "NAME",
      description =
          "Of a plan with views the zone of that one alone, or - for the switch's own zone.")
  private @Nullable String view;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Writes the change there, for 'dns apply' and 'dns revert'.")
  private @Nullable Path out;

  @Option(
      names = "--as",
      paramLabel = "TOOL",
      description =
          "Prints the records afterwards as that tool's own source has them, and nothing else:"
              + " external-dns, octodns or terraform.")
  private @Nullable String as;

  @Option(
      names = "--detailed-exitcode",
      description = "Exit code 3 instead of 0 when there is something to change.")
  private boolean detailed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter err = line.getErr();
    try {
      Wish wish = wish();
      Optional<SwitchSpec> traffic = traffic(err);
      if (traffic.isEmpty()) {
        return 2;
      }
      try (SingleChanges changes = options.open()) {
        SingleChange change = changes.plan(id(), traffic.get(), wish);
        Instant now = InstantSource.system().instant().truncatedTo(ChronoUnit.MILLIS);
        ChangeFile planned = ChangeFile.of(change, now);
        if (out != null) {
          write(planned, out);
        }
        if (as == null) {
          show(line.getOut(), changes, change, planned);
        } else {
          line.getOut().print(Kept.of(changes, change).as(as));
          line.getOut().flush();
        }
        return detailed && !change.isEmpty() ? CHANGES : 0;
      }
    } catch (IllegalArgumentException | ConfigException e) {
      err.println(e.getMessage());
      return 2;
    } catch (SwitchFailure e) {
      return ChangeRun.refused(e, err);
    }
  }

  private static CutoverId id() {
    return new CutoverId("dns-" + UUID.randomUUID().toString().replace("-", "").substring(0, 12));
  }

  private Wish wish() {
    Optional<Integer> ttlSeconds = Optional.ofNullable(ttl).map(span -> (int) span.toSeconds());
    if (ttlSeconds.filter(seconds -> seconds < 1 || seconds > TTL_MAX_SECONDS).isPresent()) {
      throw new IllegalArgumentException("Expected --ttl of 1s to 168h, but got " + ttl);
    }
    if (weight == null) {
      return Wish.side(to == null ? Side.TARGET : to, ttlSeconds);
    }
    if (to != null) {
      throw new IllegalArgumentException(
          "Expected either --to or --weight, but got both: a weight is the target's part");
    }
    if (weight < 0 || weight > 100) {
      throw new IllegalArgumentException("Expected --weight of 0 to 100, but got " + weight);
    }
    return new Wish(weight, true, ttlSeconds);
  }

  private Optional<SwitchSpec> traffic(PrintWriter err) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected a readable plan, but %s gave %s".formatted(file, e), e);
    }
    TrafficYaml.Reading reading = TrafficYaml.read(text);
    reading.faults().forEach(fault -> err.println(file + ": " + fault));
    return reading.traffic().map(this::zone);
  }

  private SwitchSpec zone(SwitchSpec traffic) {
    if (view == null) {
      return traffic;
    }
    SwitchSpec chosen = traffic.parts().get(view.equals(ITSELF) ? "" : view);
    if (chosen == null || view.isEmpty()) {
      throw new IllegalArgumentException(
          "Expected --view of the plan, which has %s, or %s for the switch's own zone, but got '%s'"
              .formatted(
                  traffic.everyView().stream().map(SwitchView::name).toList(), ITSELF, view));
    }
    return chosen;
  }

  /** Another change in its place may be the only way back of what it has made. */
  private static void write(ChangeFile planned, Path place) throws IOException {
    try {
      Files.writeString(place, planned.json(), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new IllegalArgumentException(
          "Expected a new file for --out, but %s exists, and a change in it may still be wanted for going back: name another one"
              .formatted(place),
          e);
    }
  }

  /** The plan as it has to be named to mean the same zone. */
  private String named() {
    return view == null ? file.toString() : "%s --view %s".formatted(file, view);
  }

  private void show(PrintWriter to, SingleChanges changes, SingleChange change, ChangeFile planned)
      throws InterruptedException {
    if (options.json()) {
      to.print(planned.json());
      to.flush();
      return;
    }
    ShownChange.table(change, false).forEach(to::println);
    to.println();
    if (change.isEmpty()) {
      to.println("Nothing to change: what is served is what is wanted.");
    } else {
      ShownChange.notes(change, changes.capabilities(change.spec()), planned.plannedAt(), named())
          .forEach(to::println);
      Kept.of(changes, change).lines().forEach(to::println);
    }
    to.println(
        out == null
            ? "Nothing was written: name a file with --out to apply it."
            : "Written to %s, hash %s. Next: ./cutover dns apply %s"
                .formatted(out, planned.hash(), out));
    to.flush();
  }
}
