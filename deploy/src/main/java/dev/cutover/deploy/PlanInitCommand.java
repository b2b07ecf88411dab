package dev.cutover.deploy;

import dev.cutover.orchestrator.adapter.PlanDraft;
import dev.cutover.orchestrator.adapter.PlanYaml;
import dev.cutover.orchestrator.domain.PlanRules;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a plan of answers. */
@Command(
    name = "init",
    description = {
      "Asks what a cutover needs, advises strategy, way back and DNS, and writes a plan.",
      "With --answers nothing is asked: a file of 'key: answer' lines. Keys:",
      "  cutover, approvers, zone, opens; services, downtimeAllowed,",
      "  performanceKnown, coupling, data, weights; schemaCompatible,",
      "  writesDuringWindow; provider, proxied, ttl.",
      "To choose otherwise than advised: strategy, rollback, rollbackWindow, dns,",
      "and for all but the window why: strategyReason, rollbackReason, dnsReason."
    },
    mixinStandardHelpOptions = true)
final class PlanInitCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--answers", paramLabel = "FILE", description = "Answers; nothing is asked then.")
  private @Nullable Path answersFile;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the plan is written. Default: ${DEFAULT-VALUE}")
  private Path file = Path.of("plan.yaml");

  @Option(names = "--force", description = "Replaces a file that is there.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    Path programme = file.resolveSibling("programme.yaml");
    if (!force && Files.exists(file)) {
      return refused(file);
    }
    Answers answers;
    try {
      answers = answers();
    } catch (IOException e) {
      err().println("Expected readable answers, but %s gave %s".formatted(answersFile, e));
      return 1;
    }
    Optional<PlanDraft> draft;
    try {
      draft = new PlanInterview(answers, ZonedDateTime.now(ZoneId.systemDefault())).draft();
    } catch (EOFException e) {
      err().println(e.getMessage());
      return 1;
    }
    if (draft.isEmpty()) {
      answers.faults().forEach(fault -> err().println(answersFile + ": " + fault));
      return 1;
    }
    String name = Objects.requireNonNull(file.getFileName()).toString();
    Optional<String> members = draft.get().programme(name);
    if (members.isPresent() && !force && Files.exists(programme)) {
      return refused(programme);
    }
    Files.writeString(file, draft.get().text());
    said(draft.get());
    if (members.isPresent()) {
      Files.writeString(programme, members.get());
      out()
          .println(
              programme + ": the programme that starts it; a plan for each service goes there");
    }
    return 0;
  }

  private Answers answers() throws IOException {
    if (answersFile == null) {
      Reader in = new InputStreamReader(System.in, Charset.defaultCharset());
      return new Answers.Typed(new BufferedReader(in), out());
    }
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(answersFile)) {
      properties.load(in);
    }
    return new Answers.Filed(properties, PlanInterview.KEYS);
  }

  private int refused(Path there) {
    err().println("Expected no file at %s, but there is one: --force replaces it".formatted(there));
    return 1;
  }

  private void said(PlanDraft draft) {
    String text = draft.text();
    draft
        .chosen()
        .decisions()
        .forEach(
            decision ->
                out()
                    .println(
                        "%s: %s, since %s"
                            .formatted(decision.question(), decision.choice(), decision.reason())));
    out()
        .println(
            "%s: a plan; %d lines marked '%s' wait for your own values"
                .formatted(
                    file,
                    text.lines().filter(line -> line.contains("  " + PlanDraft.MARK)).count(),
                    PlanDraft.MARK));
    switch (PlanYaml.read(text, Instant.now())) {
      case PlanYaml.Reading.Accepted(var plan) ->
          PlanRules.notes(plan).forEach(note -> out().println("  note: " + note.sentence()));
      case PlanYaml.Reading.Faulty(var faults) -> // it says so instead of hiding it
          faults.forEach(fault -> out().println("  fault: " + fault));
    }
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  private PrintWriter err() {
    return Objects.requireNonNull(spec).commandLine().getErr();
  }
}
