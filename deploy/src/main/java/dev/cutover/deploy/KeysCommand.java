package dev.cutover.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes the keys by which the services know each other's messages. */
@Command(
    name = "keys",
    description = {
      "Makes signing keys for the five services, and the file that says whom to believe what.",
      "Keys that are there stay. Prints what belongs into each service's environment."
    },
    mixinStandardHelpOptions = true)
final class KeysCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DIRECTORY", description = "Where they are kept.")
  private Path directory = Path.of(".");

  @Override
  public Integer call() throws IOException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      System.err.println("Expected a directory, but " + directory + " is a file");
      return 1;
    }
    LocalKeys keys = new LocalKeys(directory.toAbsolutePath(), AllServices.NAMES);
    for (String service : AllServices.NAMES) {
      Map<String, String> environment = new TreeMap<>(keys.signing(service));
      System.out.println("# " + service);
      environment.forEach((key, value) -> System.out.println(key + "=" + value));
    }
    return 0;
  }
}
