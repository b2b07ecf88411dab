package dev.cutover.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.MessageCodec;
import dev.cutover.deploy.cli.JournalPages;
import dev.cutover.orchestrator.adapter.JournalAudit;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.LogException;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows journals, proves that they are as they were written, and hands them out. */
@Command(
    name = "journal",
    description = {
      "Shows the journal of a cutover over the API: every decision and every human act, an entry a"
          + " line.",
      "verify and export read Kafka itself, configured as for the services:"
          + " KAFKA_BOOTSTRAP_SERVERS and TOPICS_... in the environment, or in the file that"
          + " CUTOVER_CONFIG names."
    },
    mixinStandardHelpOptions = true)
final class JournalCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private JournalPages pages = new JournalPages();

  @Parameters(arity = "0..1", paramLabel = "ID", description = "The cutover whose journal it is.")
  private @Nullable String cutover;

  @Override
  public Integer call() throws InterruptedException {
    if (cutover == null) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "Expected the ID of a cutover, or verify or export");
    }
    pages.print(cutover, out());
    return 0;
  }

  @Command(
      name = "verify",
      description = {
        "Says of each cutover how many events hold, from when to when, and the hash of the last; or"
            + " the exact place of the first break. Exit code 1 if there is one.",
        "A journal is also held against the status that was published with it: so its last entry"
            + " can't be changed or cut off unseen either."
      },
      mixinStandardHelpOptions = true)
  int verify(
      @Parameters(arity = "0..1", paramLabel = "ID", description = "Only that cutover.")
          @Nullable String id,
      @Option(names = "--file", description = "An exported journal instead of Kafka.")
          @Nullable Path file,
      @Option(names = "--json", description = "As JSON.") boolean json)
      throws InterruptedException, JsonProcessingException {
    try {
      if (file != null) {
        return report(
            new JournalReading.Audited(List.of(JournalExport.audit(file)), List.of()), json);
      }
      Optional<CutoverId> only = Optional.ofNullable(id).map(CutoverId::new);
      JournalReading.Audited audited = reading().audit(only);
      if (only.isPresent() && audited.audits().isEmpty()) {
        throw new IllegalArgumentException(
            "Expected a journal of %s, but there is none".formatted(id));
      }
      return report(audited, json);
    } catch (ConfigException | LogException | IllegalArgumentException | IOException e) {
      return refuse(e);
    }
  }

  @Command(
      name = "export",
      description = {
        "Writes a whole journal to the standard output: one entry a line as it is stored, then a"
            + " trailer with the hash of the last.",
        "./cutover journal verify --file checks it anywhere, without Kafka."
      },
      mixinStandardHelpOptions = true)
  int export(@Parameters(paramLabel = "ID", description = "Whose journal.") String id)
      throws InterruptedException {
    try {
      CutoverId cutover = new CutoverId(id);
      List<Payload> entries = reading().entries(cutover);
      if (entries.isEmpty()) {
        throw new IllegalArgumentException(
            "Expected a journal of %s, but there is none".formatted(id));
      }
      JournalAudit audit = new JournalAudit(cutover);
      for (int n = 0; n < entries.size(); n++) {
        audit.add(entries.get(n), "line " + (n + 1));
      }
      JournalExport.lines(cutover, entries, audit.result().head()).forEach(out()::println);
      out().flush();
      audit.result().broken().ifPresent(err()::println);
      return audit.result().broken().isPresent() ? 1 : 0;
    } catch (ConfigException | LogException | IllegalArgumentException e) {
      return refuse(e);
    }
  }

  private int report(JournalReading.Audited audited, boolean json) throws JsonProcessingException {
    if (json) {
      out()
          .println(
              MessageCodec.mapper()
                  .writer(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(audited));
    } else {
      audited.audits().forEach(this::print);
      audited.strays().forEach(stray -> out().println("NO CUTOVER'S  " + stray));
      if (audited.audits().isEmpty()) {
        out().println("There is no journal.");
      }
    }
    out().flush();
    boolean broken =
        !audited.strays().isEmpty()
            || audited.audits().stream().anyMatch(result -> result.broken().isPresent());
    return broken ? 1 : 0;
  }

  private void print(JournalAudit.Result result) {
    out()
        .printf(
            "%-6s  %s: %d events%s, head %s%n",
            result.broken().isPresent() ? "BROKEN" : "intact",
            result.cutover(),
            result.events(),
            result
                .firstAt()
                .map(
                    first ->
                        ", %s to %s"
                            .formatted(first, result.lastAt().map(Instant::toString).orElse("")))
                .orElse(""),
            result.head());
    result.broken().ifPresent(broken -> out().println("        " + broken));
  }

  private static JournalReading reading() {
    ConfigReader reader = ConfigReader.ofEnvironment(System.getenv());
    KafkaSettings kafka = KafkaSettings.read(reader);
    Topics topics = Topics.read(reader);
    return reader.build(() -> new JournalReading(kafka, topics));
  }

  private int refuse(Exception e) {
    err().println(e.getMessage());
    return 1;
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  private PrintWriter err() {
    return Objects.requireNonNull(spec).commandLine().getErr();
  }
}
