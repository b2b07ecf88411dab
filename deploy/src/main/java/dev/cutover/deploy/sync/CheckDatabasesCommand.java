package dev.cutover.deploy.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.deploy.cli.Table;
import dev.cutover.runtime.ConfigException;
import dev.cutover.sync.adapter.PostgresBulkCopy;
import dev.cutover.sync.adapter.PostgresConnections;
import dev.cutover.sync.adapter.PostgresPreflight;
import dev.cutover.sync.adapter.PostgresSequences;
import dev.cutover.sync.domain.DatabaseRight;
import dev.cutover.sync.domain.FoundRight;
import dev.cutover.sync.domain.FoundRight.Verdict;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.HostingProvider;
import dev.cutover.sync.domain.Preflight;
import dev.cutover.sync.domain.SideRights;
import dev.cutover.sync.domain.VerifiedTypes;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
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

/** Everything that would stop or spoil a sync, before it begins. */
@Command(
    name = "check",
    description = {
      "Says what would stop or spoil a sync of a plan's databases before it begins: versions, rights,"
          + " wal_level, slots, keys, types, schemas, sequences; each with the statement that mends"
          + " it.",
      "What the logins may do is found out by trying, in transactions that are rolled back; what is"
          + " missing comes as a script of grants for whoever runs the server.",
      "Changes nothing. Exit code 0 when nothing would stop it, 1 when something would, 2 for what"
          + " can't be understood."
    },
    mixinStandardHelpOptions = true)
final class CheckDatabasesCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private PlanOptions options = new PlanOptions();

  @Option(
      names = "--provider",
      paramLabel = "WHO",
      description =
          "Whose grants are written: rds, aurora, cloudsql, azure or self. Unless given, each server"
              + " is recognised by its roles.")
  private @Nullable String provider;

  /**
   * What was found.
   *
   * @param ready whether nothing would stop it
   * @param faults what must be mended first
   * @param warnings what somebody should know
   * @param refetchedColumns columns that a stream would read again by key
   * @param rights of the logins, both sides
   */
  record Report(
      String source,
      String target,
      boolean ready,
      List<PostgresBulkCopy.Outlook> tables,
      List<String> faults,
      List<String> warnings,
      List<String> refetchedColumns,
      List<Rights> rights) {}

  /**
   * What the logins may do in one database.
   *
   * @param provider rds, aurora, cloudsql, azure or self
   * @param found in the order of their use
   * @param superusers logins that could take the fence away whatever is granted
   * @param unreached further logins that could
   * @param grants what is missing, as SQL
   */
  record Rights(
      Side side,
      String provider,
      List<Right> found,
      List<String> superusers,
      List<String> unreached,
      List<String> grants) {
    static Rights of(SideRights side) {
      return new Rights(
          side.side(),
          side.provider().word(),
          side.rights().stream().map(Right::of).toList(),
          side.superusers(),
          side.unreached(),
          side.script());
    }
  }

  /**
   * One right.
   *
   * @param to what it is for
   * @param withoutIt what is lost without it
   * @param why what the server said
   */
  record Right(
      DatabaseRight right,
      String login,
      Verdict verdict,
      boolean needed,
      String to,
      String withoutIt,
      String why) {
    static Right of(FoundRight found) {
      return new Right(
          found.right(),
          found.login(),
          found.verdict(),
          found.isNeeded(),
          found.right().use(),
          found.right().loss(),
          found.why());
    }
  }

  @Override
  public Integer call() throws InterruptedException, JsonProcessingException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = line.getOut();
    try {
      Optional<ReplicationSpec> databases = options.spec(line.getErr());
      if (databases.isEmpty()) {
        return 2;
      }
      Optional<HostingProvider> given = given();
      Report report = examine(databases.get(), options.connections(), given);
      if (options.json()) {
        out.println(
            MessageCodec.mapper()
                .writer(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report));
      } else {
        lines(report, out);
      }
      out.flush();
      return report.ready() ? 0 : 1;
    } catch (IllegalArgumentException | ConfigException e) {
      line.getErr().println(e.getMessage());
      return 2;
    } catch (GateRefused e) {
      line.getErr().println(e.getMessage());
      return 1;
    }
  }

  private Optional<HostingProvider> given() {
    Optional<HostingProvider> given = Optional.ofNullable(provider).flatMap(HostingProvider::of);
    if (provider != null && given.isEmpty()) {
      throw new IllegalArgumentException(
          "Expected one of %s for --provider, but got '%s'"
              .formatted(HostingProvider.words(), provider));
    }
    return given;
  }

  private static Report examine(
      ReplicationSpec databases, PostgresConnections connections, Optional<HostingProvider> given)
      throws GateRefused, InterruptedException {
    Preflight.Findings findings =
        new PostgresPreflight(
                connections, new PostgresSequences(connections), VerifiedTypes::isVerified)
            .examine(databases);
    return new Report(
        databases.source().address(),
        databases.target().address(),
        findings.faults().isEmpty(),
        new PostgresBulkCopy(connections, 1).outlook(databases),
        findings.faults(),
        findings.warnings(),
        findings.refetchedColumns(),
        findings.rights().stream()
            .map(side -> Rights.of(given.map(side::at).orElse(side)))
            .toList());
  }

  private static void lines(Report report, PrintWriter out) {
    out.printf("%s -> %s%n%n", report.source(), report.target());
    Table table = new Table("table", "rows, about", "size", "copied as");
    for (PostgresBulkCopy.Outlook outlook : report.tables()) {
      table.row(
          outlook.table().toString(),
          outlook.rowsExpected() < 0 ? "unknown" : "%,d".formatted(outlook.rowsExpected()),
          ShownCopy.bytes(outlook.bytes()),
          outlook.binary() ? "binary" : "text");
    }
    table.lines().forEach(out::println);
    out.println();
    report.rights().forEach(rights -> lines(rights, out));
    if (!report.refetchedColumns().isEmpty()) {
      out.printf(
          "Read again by key while streaming: %s%n",
          Table.shown(String.join(", ", report.refetchedColumns())));
    }
    report.warnings().forEach(warning -> out.println("Note: " + Table.shown(warning)));
    report.faults().forEach(fault -> out.println("Fault: " + Table.shown(fault)));
    out.println(
        report.ready()
            ? "Nothing would stop a sync."
            : "%d faults would stop a sync.".formatted(report.faults().size()));
  }

  private static void lines(Rights rights, PrintWriter out) {
    Table table =
        new Table(
            "on the " + rights.side().name().toLowerCase(Locale.ROOT), "may", "to", "without it");
    for (Right found : rights.found()) {
      table.row(
          found.login(),
          switch (found.verdict()) {
            case HELD -> "yes";
            case MISSING -> found.needed() ? "NO" : "no";
            case UNKNOWN -> "not tried";
          },
          found.to(),
          found.verdict() == Verdict.HELD ? "" : found.withoutIt());
    }
    table.lines().forEach(out::println);
    if (!rights.unreached().isEmpty()) {
      out.printf(
          "Not reached by the fence, since they own tables: %s%n",
          Table.shown(String.join(", ", rights.unreached())));
    }
    rights.grants().forEach(grant -> out.println(Table.shown(grant)));
    out.println();
  }
}
