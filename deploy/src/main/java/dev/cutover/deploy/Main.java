package dev.cutover.deploy;

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
    subcommands = {DemoCommand.class, ServeCommand.class, TopicsCommand.class})
public final class Main {

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
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
