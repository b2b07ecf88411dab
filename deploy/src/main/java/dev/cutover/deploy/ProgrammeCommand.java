package dev.cutover.deploy;

import dev.cutover.orchestrator.adapter.ProgrammeYaml;
import dev.cutover.orchestrator.adapter.ProgrammeYaml.Reading.Accepted;
import dev.cutover.orchestrator.adapter.ProgrammeYaml.Reading.Faulty;
import dev.cutover.orchestrator.domain.ProgrammePlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Programmes of cutovers, service by service. */
@Command(
    name = "programme",
    description = "Checks a programme of cutovers, or prints it with its members' plans in it.",
    mixinStandardHelpOptions = true)
final class ProgrammeCommand {
  @Spec private @Nullable CommandSpec spec;

  @Command(
      name = "check",
      description =
          "Says every fault of a programme and of its members' plans. Exit code 1 if any.",
      mixinStandardHelpOptions = true)
  int check(@Parameters(paramLabel = "FILE", description = "A programme in YAML.") Path file) {
    Optional<String> text = read(file);
    return text.isPresent() ? check(file, text.get()) : 1;
  }

  @Command(
      name = "inline",
      description = "Prints the programme with its members' plans in it, as the API takes it.",
      mixinStandardHelpOptions = true)
  int inline(@Parameters(paramLabel = "FILE", description = "A programme in YAML.") Path file) {
    Optional<String> text = read(file);
    text.ifPresent(out()::print);
    out().flush();
    return text.isPresent() ? 0 : 1;
  }

  private int check(Path file, String text) {
    return switch (ProgrammeYaml.read(text, Instant.now())) {
      case Faulty(List<String> faults) -> {
        faults.forEach(fault -> err().println(file + ": " + fault));
        yield 1;
      }
      case Accepted(ProgrammePlan programme) -> {
        out().println(file + ": a programme that can be carried out");
        programme
            .members()
            .forEach(
                member ->
                    out()
                        .println(
                            member.after().isEmpty()
                                ? "  " + member.id()
                                : "  %s after %s".formatted(member.id(), member.after())));
        yield 0;
      }
    };
  }

  private Optional<String> read(Path file) {
    try {
      return Optional.of(ProgrammeFile.read(file));
    } catch (IOException e) {
      err().println("Expected a readable programme and plans, but " + file + " gave " + e);
      return Optional.empty();
    }
  }

  private PrintWriter out() {
    return line().getOut();
  }

  private PrintWriter err() {
    return line().getErr();
  }

  private CommandLine line() {
    return Objects.requireNonNull(spec).commandLine();
  }
}
