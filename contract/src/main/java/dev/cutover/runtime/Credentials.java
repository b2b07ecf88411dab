package dev.cutover.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service's own credentials, read from a properties file with {@code <name>.<role>.user} and
 * {@code <name>.<role>.password}. Plans name them and never hold them.
 */
public final class Credentials {
  private static final Logger LOGGER = LoggerFactory.getLogger(Credentials.class);

  private final Optional<Path> file;
  private volatile Map<String, String> entries;

  private Credentials(Map<String, String> entries, Optional<Path> file) {
    this.entries = Map.copyOf(entries);
    this.file = file;
  }

  /**
   * Reads the file; again only by {@link #readAgain}.
   *
   * @throws ConfigException when the file cannot be read
   */
  public static Credentials load(Path file) {
    return new Credentials(read(file), Optional.of(file));
  }

  public static Credentials of(Map<String, String> entries) {
    return new Credentials(entries, Optional.empty());
  }

  /**
   * Reads the file again, for who was refused with what it said: passwords are rotated while a
   * service runs. What can't be read now, or is not there for a moment, stays as it was.
   */
  public void readAgain() {
    try {
      Map<String, String> merged = new TreeMap<>(entries);
      file.ifPresent(path -> merged.putAll(read(path)));
      entries = Map.copyOf(merged);
    } catch (ConfigException e) {
      LOGGER.atWarn().addKeyValue("file", origin()).setCause(e).log("credentials not read again");
    }
  }

  private static Map<String, String> read(Path file) {
    Properties properties = ConfigReader.properties("credentials", file);
    Map<String, String> entries = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> entries.put(key, properties.getProperty(key)));
    return entries;
  }

  private String origin() {
    return file.map(Path::toString).orElse("the given entries");
  }

  /**
   * Finds the credential of a role.
   *
   * @throws ConfigException naming each missing key, and where it was looked for
   */
  public Credential of(String name, String role) {
    String userKey = "%s.%s.user".formatted(name, role);
    String passwordKey = "%s.%s.password".formatted(name, role);
    Map<String, String> now = entries;
    String user = now.get(userKey);
    String password = now.get(passwordKey);
    if (user == null || password == null) {
      List<String> faults = new ArrayList<>();
      if (user == null) {
        faults.add("Expected %s in %s, but it is missing: add it".formatted(userKey, origin()));
      }
      if (password == null) {
        faults.add("Expected %s in %s, but it is missing: add it".formatted(passwordKey, origin()));
      }
      throw new ConfigException(faults);
    }
    return new Credential(user, new Secret(password));
  }

  /**
   * Finds a secret that needs no user: {@code <name>.<role>.password} alone.
   *
   * @throws ConfigException naming the key, and where it was looked for
   */
  public Secret secret(String name, String role) {
    String key = "%s.%s.password".formatted(name, role);
    String secret = entries.get(key);
    if (secret == null) {
      throw new ConfigException(
          List.of("Expected %s in %s, but it is missing: add it".formatted(key, origin())));
    }
    return new Secret(secret);
  }

  /** Lists no entries: they are secrets. */
  @Override
  public String toString() {
    return "Credentials[%s]".formatted(origin());
  }

  /** A user and its password. */
  public record Credential(String user, Secret password) {}
}
