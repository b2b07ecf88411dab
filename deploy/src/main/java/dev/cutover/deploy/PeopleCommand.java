package dev.cutover.deploy;

import dev.cutover.orchestrator.adapter.Role;
import dev.cutover.orchestrator.adapter.Tokens;
import dev.cutover.runtime.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says who may use the API. */
@Command(
    name = "people",
    description = "Says who may use the API: the file that API_TOKENS names.",
    mixinStandardHelpOptions = true)
final class PeopleCommand {

  @Command(
      name = "add",
      description = {
        "Adds a person to the file, or gives them a new token, and prints the token.",
        "It is shown this once: the file keeps only its hash. The orchestrator reads the file again"
            + " when it changes."
      },
      mixinStandardHelpOptions = true)
  int add(
      @Parameters(paramLabel = "NAME", description = "As in a plan's approvers.") String name,
      @Option(
              names = "--roles",
              split = ",",
              required = true,
              description = "Some of ${COMPLETION-CANDIDATES}.")
          List<Role> roles,
      @Option(names = "--file", required = true, description = "Made if it is not there.")
          Path file)
      throws IOException {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9@._-]{0,63}")) {
      System.err.println(
          "Expected a name of letters, digits, '@', '.', '_' and '-', but got '" + name + "'");
      return 1;
    }
    try {
      if (Files.exists(file)) {
        Tokens.load(file);
      }
      Set<Role> distinct = EnumSet.copyOf(roles);
      String written = distinct.stream().map(Role::wireName).collect(Collectors.joining(","));
      Map<String, String> tokens = new TreeMap<>(LocalKeys.addTokens(file, Map.of(name, written)));
      System.out.println(tokens.get(name));
      return 0;
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  @Command(
      name = "remove",
      description = "Takes a person out of the file: the token is refused from then on.",
      mixinStandardHelpOptions = true)
  int remove(
      @Parameters(paramLabel = "NAME", description = "As in the file.") String name,
      @Option(names = "--file", required = true, description = "The file with people.") Path file)
      throws IOException {
    try {
      List<String> names = Tokens.load(file).names();
      if (!names.contains(name)) {
        System.err.printf("Expected %s in %s, but it is not there%n", name, file);
        return 1;
      }
      if (names.size() == 1) {
        // a file without people is faulty, and changes nothing
        System.err.printf("Expected somebody else in %s too: add them first%n", file);
        return 1;
      }
      LocalKeys.removeTokens(file, name);
      return 0;
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }
}
