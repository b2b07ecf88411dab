package dev.cutover.deploy.dns;

import dev.cutover.contract.FailureKind;
import dev.cutover.dns.ByHand;
import dev.cutover.dns.SingleChanges;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SingleChange.Standing;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.orchestrator.domain.BreakGlass;
import dev.cutover.runtime.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Takes a change back that was applied. */
@Command(
    name = "revert",
    description = {
      "Puts back what was served before a change, by one conditional change, if what 'dns apply'"
          + " has made is still there; proves it at every authority.",
      "There is no force: --by-hand writes the unconditional way back as files for the provider's"
          + " own tool. Exit codes as those of 'dns apply'."
    },
    mixinStandardHelpOptions = true)
final class RevertChangeCommand implements Callable<Integer> {
  private static final String BY_HAND = "dns-by-hand";

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ProviderOptions options = new ProviderOptions();
  @Mixin private ProofOptions proof = new ProofOptions();

  @Parameters(paramLabel = "CHANGE", description = "The file that was applied.")
  private Path file = Path.of("");

  @Option(
      names = "--by-hand",
      paramLabel = "DIR",
      description =
          "Changes nothing: writes the way back without conditions to a new directory, and says how"
              + " to go it.")
  private @Nullable Path byHand;

  @Override
  public Integer call() throws InterruptedException, IOException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter err = line.getErr();
    PrintWriter out = line.getOut();
    try {
      ChangeFile planned = ChangeFile.read(file);
      SingleChange change = planned.change();
      if (byHand != null) {
        return write(change, byHand, out);
      }
      try (SingleChanges changes = options.open()) {
        return reverted(changes, change, out, err);
      }
    } catch (IllegalArgumentException | ConfigException e) {
      err.println(e.getMessage());
      return 2;
    } catch (SwitchFailure e) {
      return ChangeRun.refused(e, err);
    }
  }

  private int reverted(SingleChanges changes, SingleChange change, PrintWriter out, PrintWriter err)
      throws SwitchFailure, InterruptedException {
    try {
      Standing standing = changes.standing(change);
      if (standing instanceof Standing.Made || standing instanceof Standing.Begun) {
        if (!options.json()) {
          ShownChange.table(change, true).forEach(out::println);
          out.println();
        }
        Optional<Integer> no =
            ChangeRun.unconfirmed(
                proof.yes(), options.json(), "Take this change back?", out, err::println);
        if (no.isPresent()) {
          return no.get();
        }
      }
      return new ChangeRun(changes, change, true, options.json(), out)
          .run(() -> changes.takeBack(change), proof.within(), proof.waitForResolvers());
    } catch (SwitchFailure e) {
      boolean astray =
          e.failure().kind() == FailureKind.CONFLICT
              || e.failure().kind() == FailureKind.SUPERSEDED
              || e.failure().kind() == FailureKind.MANUAL;
      int exit = ChangeRun.refused(e, err);
      if (astray) {
        hint(change, err);
      }
      return exit;
    }
  }

  /** What is left when somebody else has been there. */
  private void hint(SingleChange change, PrintWriter err) {
    Optional<ByHand> texts = ByHand.of(change);
    if (texts.isEmpty()) {
      err.println(
          "What is served by weight has no way back by hand: look at it with 'dns plan', and plan a change from there.");
      return;
    }
    err.println(
        "To put back what was there all the same, over whatever is there now and without conditions:");
    err.println(
        "  ./cutover dns revert %s --by-hand %s && cd %s".formatted(file, BY_HAND, BY_HAND));
    BreakGlass.revertByHand(texts.get().spec()).forEach(text -> err.println("  " + text));
  }

  private static int write(SingleChange change, Path place, PrintWriter out) throws IOException {
    ByHand texts =
        ByHand.of(change)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Expected a change of whole sides, but by weight there is no way back by hand: plan a change from what is there"));
    if (Files.exists(place)) {
      throw new IllegalArgumentException(
          "Expected a new directory, but %s exists: name another one".formatted(place));
    }
    Files.createDirectories(place);
    Files.writeString(place.resolve(BreakGlass.revertFile(texts.spec())), texts.revert());
    Files.writeString(place.resolve(BreakGlass.liftMarkFile(texts.spec())), texts.liftMark());
    out.println("Written to %s. In there, go back by:".formatted(place));
    BreakGlass.revertByHand(texts.spec()).forEach(text -> out.println("  " + text));
    out.println(
        "It leaves the mark \"manual\", by which every change is refused until %s has taken it away."
            .formatted(BreakGlass.liftMarkFile(texts.spec())));
    out.flush();
    return 0;
  }
}
