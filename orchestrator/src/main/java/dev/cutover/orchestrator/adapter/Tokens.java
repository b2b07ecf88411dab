package dev.cutover.orchestrator.adapter;

import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Payload;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * People and what they may do, from a properties file: {@code <name>.sha256} is the SHA-256 of the
 * person's bearer token, hexadecimal, {@code <name>.roles} one or more {@link Role}s. Tokens
 * themselves are kept nowhere.
 */
public final class Tokens {
  private record Entry(Person person, String sha256) {}

  private final List<Entry> entries;

  private Tokens(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** Reads the file once. Throws {@link ConfigException} with all its faults. */
  public static Tokens load(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(
          List.of("Expected a readable tokens file, but %s gave %s".formatted(file, e)));
    }
    List<String> faults = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      int dot = key.lastIndexOf('.');
      String kind = key.substring(dot + 1);
      if (dot < 1 || !(kind.equals("sha256") || kind.equals("roles"))) {
        faults.add(
            "%s: expected <name>.sha256 or <name>.roles, but found '%s'".formatted(file, key));
      } else {
        names.add(key.substring(0, dot));
      }
    }
    for (String name : names) {
      Optional<String> digest = digest(properties.getProperty(name + ".sha256", ""));
      Optional<Set<Role>> roles = roles(properties.getProperty(name + ".roles", ""));
      if (digest.isEmpty()) {
        faults.add("%s: expected 64 hexadecimal digits as %s.sha256".formatted(file, name));
      }
      if (roles.isEmpty()) {
        faults.add(
            "%s: expected some of %s as %s.roles".formatted(file, Role.names(Role.ANY), name));
      }
      if (!name.matches(Person.NAME)) {
        faults.add(
            "%s: expected a name like %s, but found '%s'".formatted(file, Person.NAME, name));
      }
      if (digest.isPresent() && roles.isPresent()) {
        entries.add(new Entry(new Person(name, roles.get()), digest.get()));
      }
    }
    if (names.isEmpty()) {
      faults.add("%s: expected at least one person, but found none".formatted(file));
    }
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    return new Tokens(entries);
  }

  /** Everybody in it. */
  public List<String> names() {
    return entries.stream().map(entry -> entry.person().name()).toList();
  }

  /** Whose token that is. Takes the same time for any. */
  public Optional<Person> personOf(String token) {
    byte[] sha256 = ascii(Payload.of(token).sha256());
    Optional<Person> found = Optional.empty();
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(ascii(entry.sha256()), sha256)) {
        found = Optional.of(entry.person());
      }
    }
    return found;
  }

  private static Optional<String> digest(String hex) {
    String lower = hex.strip().toLowerCase(Locale.ROOT);
    return lower.matches("[0-9a-f]{64}") ? Optional.of(lower) : Optional.empty();
  }

  private static Optional<Set<Role>> roles(String text) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String word : text.split(",", -1)) {
      Optional<Role> role = Role.of(word);
      if (role.isEmpty()) {
        return Optional.empty();
      }
      roles.add(role.get());
    }
    return Optional.of(roles);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
