package dev.cutover.dns;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Finds the servers that tests run against. */
public final class Installed {
  private Installed() {}

  /**
   * Gives the path of a program, or skips the test with the package to install; with {@code
   * CI=true} it fails instead.
   */
  public static String require(String program, String debianPackage) {
    String path =
        Arrays.stream((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
            .map(directory -> Path.of(directory, program))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse("");
    if (path.isEmpty()) {
      String reason =
          "Expected %s to be installed: apt-get install %s".formatted(program, debianPackage);
      if ("true".equals(System.getenv("CI"))) {
        Assertions.fail(reason);
      }
      Assumptions.abort(reason);
    }
    return path;
  }
}
