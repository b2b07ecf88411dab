package dev.cutover.deploy;

import dev.cutover.deploy.demo.Act;
import dev.cutover.deploy.demo.Demo;
import java.io.Console;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./cutover demo}. */
@Command(
    name = "demo",
    description = {
      "Moves a shop with live customers from one side to the other, on real parts, and back when"
          + " the target breaks.",
      "Without --act: a healthy cutover, then one whose target answers with errors."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--act",
      description = "What the target does once it serves: ${COMPLETION-CANDIDATES}.")
  private @Nullable Act act;

  @Option(
      names = "--writes-per-second",
      defaultValue = "100",
      description = "How many writes customers begin (default: ${DEFAULT-VALUE}).")
  private int writesPerSecond;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of what customers write (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--report",
      description =
          "Where the report goes, as JSON; with two acts the act's name is added. Default:"
              + " reports/demo-ACT.json")
  private @Nullable Path report;

  @Override
  public Integer call() throws InterruptedException {
    if (writesPerSecond < 1 || writesPerSecond > 5000) {
      throw new ParameterException(
          java.util.Objects.requireNonNull(spec).commandLine(),
          "Expected --writes-per-second from 1 to 5000, but got " + writesPerSecond);
    }
    Path home = Path.of(System.getProperty("cutover.home", "."));
    Path log = home.resolve(".cutover").resolve("demo.log");
    System.setProperty("cutover.log", log.toString());
    System.setProperty("logback.configurationFile", "demo/logback.xml");
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    Demo demo = new Demo(new Demo.Settings(writesPerSecond, seed, terminal, log), System.out);
    List<Act> acts = act == null ? List.of(Act.HEALTHY, Act.ERRORS) : List.of(act);
    boolean passed = true;
    for (Act each : acts) {
      passed &= demo.run(each, reportOf(each, home, acts.size() > 1));
    }
    return passed ? 0 : 1;
  }

  private Path reportOf(Act each, Path home, boolean several) {
    String name = each.name().toLowerCase(java.util.Locale.ROOT);
    if (report == null) {
      return home.resolve("reports").resolve("demo-" + name + ".json");
    }
    String file = report.toString();
    int dot = file.lastIndexOf('.');
    String stem = dot < 0 ? file : file.substring(0, dot);
    return several ? Path.of(stem + "-" + name + (dot < 0 ? "" : file.substring(dot))) : report;
  }
}
