package dev.cutover.deploy;

import dev.cutover.deploy.bench.BenchCommand;
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
      TopicsCommand.class,
      KeysCommand.class,
      PeopleCommand.class,
      PlanCommand.class,
      JournalCommand.class,
      RollbackRequestCommand.class,
      BenchCommand.class
    })
public final class Main {

  public static void main(String[] args) {
    CommandLine line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(Main::failed);
    System.exit(line.execute(args));
  }

  /** A sentence for the person, all of it for the log. */
  private static int failed(Exception fault, CommandLine line, CommandLine.ParseResult parsed) {
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
