package dev.cutover.sync.adapter;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The service's own credentials, by the names that plans use: properties {@code
 * <credential>.<role>.user} and {@code .password}. Prints no secret.
 */
public final class Credentials {
  private final Properties properties;

  public Credentials(Properties properties) {
    this.properties = properties;
  }

  /** Reads a properties file; unreadable: {@link UncheckedIOException}. */
  public static Credentials read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected the credentials file '%s' to be readable, but it is not".formatted(file), e);
    }
    return new Credentials(properties);
  }

  /** The login role's name; a missing entry: {@link IllegalArgumentException} that names it. */
  public String user(String credential, DatabaseRole role) {
    return required(credential + "." + role.key() + ".user");
  }

  /** The password; empty is allowed (trust, certificates), missing is not. */
  public String password(String credential, DatabaseRole role) {
    return required(credential + "." + role.key() + ".password");
  }

  /** True if the file names such a login. */
  public boolean has(String credential, DatabaseRole role) {
    return properties.containsKey(credential + "." + role.key() + ".user");
  }

  private String required(String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException(
          "Expected an entry '%s' in the credentials file of sync-service, but there is none: add it"
              .formatted(key));
    }
    return value;
  }

  @Override
  public String toString() {
    return "Credentials[***]";
  }
}
