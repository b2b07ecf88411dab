package dev.cutover.validator.adapter.system;

import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.SystemCheck;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.Credentials;
import dev.cutover.validator.domain.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks as the service does. */
final class Looking implements AutoCloseable {
  static final String CREDENTIAL = "queue";
  static final String PASSWORD = "s3cret!";

  private final SystemLooks looks;

  Looking() {
    this(Optional.empty());
  }

  Looking(Optional<Path> authorities) {
    looks =
        new SystemLooks(
            new AllowedHosts(List.of("127.0.0.1", "localhost", "[::1]")),
            Credentials.of(
                Map.of(
                    CREDENTIAL + ".application.user",
                    "ana",
                    CREDENTIAL + ".application.password",
                    PASSWORD)),
            authorities,
            endpoint -> {
              throw new AssertionError("Expected no database, but " + endpoint);
            },
            InstantSource.system());
  }

  Verdict at(SystemCheck check) throws InterruptedException {
    return looks.look(check, Instant.now().plus(Duration.ofSeconds(60)));
  }

  static HttpQuestion question(String url) {
    return new HttpQuestion(url, Map.of(), Optional.empty(), 10_000);
  }

  @Override
  public void close() {
    looks.close();
  }
}
