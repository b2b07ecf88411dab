package dev.cutover.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A service's own credentials, read from a properties file with {@code <name>.<role>.user} and
 * {@code <name>.<role>.password}. Plans name them and never hold them.
 */
public final class Credentials {
  private final Map<String, String> entries;
  private final String origin;

  private Credentials(Map<String, String> entries, String origin) {
    this.entries = Map.copyOf(entries);
    this.origin = origin;
  }

  /**
   * Reads the file once.
   *
   * @throws ConfigException when the file cannot be read
   */
  public static Credentials load(Path file) {
    Properties properties = ConfigReader.properties("credentials", file);
    Map<String, String> entries = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> entries.put(key, properties.getProperty(key)));
    return new Credentials(entries, file.toString());
  }

  public static Credentials of(Map<String, String> entries) {
    return new Credentials(entries, "the given entries");
  }

  /**
   * Finds the credential of a role.
   *
   * @throws ConfigException naming each missing key, and where it was looked for
   */
  public Credential of(String name, String role) {
    String userKey = "%s.%s.user".formatted(name, role);
    String passwordKey = "%s.%s.password".formatted(name, role);
    String user = entries.get(userKey);
    String password = entries.get(passwordKey);
    if (user == null || password == null) {
      List<String> faults = new ArrayList<>();
      if (user == null) {
        faults.add("Expected %s in %s, but it is missing: add it".formatted(userKey, origin));
      }
      if (password == null) {
        faults.add("Expected %s in %s, but it is missing: add it".formatted(passwordKey, origin));
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
          List.of("Expected %s in %s, but it is missing: add it".formatted(key, origin)));
    }
    return new Secret(secret);
  }

  /** Lists no entries: they are secrets. */
  @Override
  public String toString() {
    return "Credentials[%s]".formatted(origin);
  }

  /** A user and its password. */
  public record Credential(String user, Secret password) {}
}
