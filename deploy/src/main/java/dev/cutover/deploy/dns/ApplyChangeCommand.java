package dev.cutover.deploy.dns;

import dev.cutover.dns.SingleChanges;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SingleChange.Standing;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a planned change. */
@Command(
    name = "apply",
    description = {
      "Makes a planned change if what is served is still what was found then, and proves it at"
          + " every authority. Run again it finishes what was cut off, or finds nothing to do.",
      "Exit code 0 when it is made and proven, 1 when it was refused or could not be proven in"
          + " time, 2 for what can't be understood, such as an edited file."
    },
    mixinStandardHelpOptions = true)
final class ApplyChangeCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ProviderOptions options = new ProviderOptions();
  @Mixin private ProofOptions proof = new ProofOptions();

  @Parameters(paramLabel = "CHANGE", description = "What 'dns plan --out' has written.")
  private Path file = Path.of("");

  @Option(
      names = "--max-age",
      paramLabel = "DURATION",
      description = "Refuses a change that was planned longer ago; 24h unless given.",
      converter = Spans.class)
  private Duration maxAge = Duration.ofHours(24);

  @Override
  public Integer call() throws InterruptedException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter err = line.getErr();
    PrintWriter out = line.getOut();
    try {
      ChangeFile planned = ChangeFile.read(file);
      SingleChange change = planned.change();
      try (SingleChanges changes = options.open()) {
        Standing standing = changes.standing(change);
        Duration age = Duration.between(planned.plannedAt(), InstantSource.system().instant());
        // One that was begun, or is made, is never too old to be finished and proven.
        if (standing instanceof Standing.Before && age.compareTo(maxAge) > 0) {
          err.println(
              "%s: Expected a change that was planned within %s, but it was planned at %s: plan again, or give a longer --max-age; nothing was written"
                  .formatted(file, Spans.text(maxAge), planned.plannedAt()));
          return 1;
        }
        if (standing instanceof Standing.Before || standing instanceof Standing.Begun) {
          if (!options.json()) {
            ShownChange.table(change, false).forEach(out::println);
            out.println();
          }
          Optional<Integer> no =
              change.isEmpty()
                  ? Optional.empty()
                  : ChangeRun.unconfirmed(
                      proof.yes(), options.json(), "Apply this change?", out, err::println);
          if (no.isPresent()) {
            return no.get();
          }
        }
        return new ChangeRun(changes, change, false, options.json(), out)
            .run(() -> changes.make(change), proof.within(), proof.waitForResolvers());
      }
    } catch (IllegalArgumentException | ConfigException e) {
      err.println(e.getMessage());
      return 2;
    } catch (SwitchFailure e) {
      return ChangeRun.refused(e, err);
    }
  }
}
