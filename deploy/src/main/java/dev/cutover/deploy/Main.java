package dev.cutover.deploy;

import dev.cutover.deploy.bench.BenchCommand;
import dev.cutover.deploy.cli.ApiFailure;
import dev.cutover.deploy.cli.CreditCommand;
import dev.cutover.deploy.cli.DrillCommand;
import dev.cutover.deploy.cli.FormCommand;
import dev.cutover.deploy.cli.FreezeCommand;
import dev.cutover.deploy.cli.ListCommand;
import dev.cutover.deploy.cli.PredictCommand;
import dev.cutover.deploy.cli.ReadinessCommand;
import dev.cutover.deploy.cli.RehearseCommand;
import dev.cutover.deploy.cli.ReportCommand;
import dev.cutover.deploy.cli.StartCommand;
import dev.cutover.deploy.cli.StatusCommand;
import dev.cutover.deploy.cli.WatchCommand;
import dev.cutover.deploy.dns.DnsCommands;
import dev.cutover.deploy.judge.JudgeCommand;
import dev.cutover.deploy.sync.SyncCommands;
import dev.cutover.deploy.validate.ValidateCommand;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Runs the command line: {@code ./cutover COMMAND}.
 *
 * <p>Exit codes: 0 done as expected, 1 something was expected and did not happen, 2 the command
 * line was not understood.
 */
@Command(
    name = "cutover",
    description =
        "Moves production traffic and data from a source to a target, and brings both back by"
            + " itself.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      StartCommand.class,
      ListCommand.class,
      StatusCommand.class,
      WatchCommand.class,
      ReadinessCommand.class,
      FreezeCommand.class,
      DrillCommand.class,
      PredictCommand.class,
      RehearseCommand.class,
      CreditCommand.class,
      ReportCommand.class,
      TopicsCommand.class,
      KeysCommand.class,
      PeopleCommand.class,
      PlanCommand.class,
      BreakGlassCommand.class,
      ProgrammeCommand.class,
      JournalCommand.class,
      RollbackRequestCommand.class,
      DnsCommands.class,
      SyncCommands.class,
      ValidateCommand.class,
      JudgeCommand.class,
      BenchCommand.class
    })
public final class Main {

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** All commands: those named above, and one for each thing that may be asked of a cutover. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    FormCommand.all().forEach(form -> line.addSubcommand(form.getCommandName(), form));
    line.setExecutionExceptionHandler(Main::failed);
    HelpTopics.arrange(line);
    return line;
  }

  /** A sentence for the person, all of it for the log. */
  private static int failed(Exception fault, CommandLine line, CommandLine.ParseResult parsed) {
    if (fault instanceof ApiFailure) {
      line.getErr().println(fault.getMessage());
      return line.getCommandSpec().exitCodeOnExecutionException();
    }
    LoggerFactory.getLogger(Main.class).atError().setCause(fault).log("command failed");
    line.getErr().println(fault.getMessage() == null ? fault.toString() : fault.getMessage());
    String log = System.getProperty("cutover.log");
    if (log != null) {
      line.getErr().println("More is in " + log);
    }
    return line.getCommandSpec().exitCodeOnExecutionException();
  }

  /** Reads the version from the jar's manifest; a run from class files has none. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "cutover " + (version == null ? "(not packaged)" : version), "Java " + Runtime.version()
      };
    }
  }
}
