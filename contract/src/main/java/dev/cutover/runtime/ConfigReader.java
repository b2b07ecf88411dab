package dev.cutover.runtime;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads typed values by key and keeps every fault until {@link #build}, so that a person mends a
 * configuration in one go.
 *
 * <p>A key that is missing or wrong gives a harmless stand-in until then. Variants with a default
 * use it when the key is absent or empty; the others need the key. Not safe for several threads.
 */
public final class ConfigReader {
  /** Names the properties file that is read under the environment. */
  public static final String FILE_KEY = "CUTOVER_CONFIG";

  private final Map<String, String> values;
  private final List<String> faults = new ArrayList<>();

  private ConfigReader(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  public static ConfigReader of(Map<String, String> values) {
    return new ConfigReader(values);
  }

  /**
   * Reads the properties file that {@value #FILE_KEY} names, when it does, and lays the environment
   * over it: the environment wins. Both use the same keys.
   *
   * @throws ConfigException when the named file cannot be read
   */
  public static ConfigReader ofEnvironment(Map<String, String> environment) {
    Map<String, String> merged = new TreeMap<>();
    String file = environment.get(FILE_KEY);
    if (file != null && !file.isBlank()) {
      Properties properties = properties(FILE_KEY, Path.of(file));
      properties.stringPropertyNames().forEach(key -> merged.put(key, properties.getProperty(key)));
    }
    merged.putAll(environment);
    return new ConfigReader(merged);
  }

  /**
   * Reads a properties file that a key names.
   *
   * @throws ConfigException when it cannot be read
   */
  public static Properties properties(String key, Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(
          List.of(
              "%s: expected a readable properties file, but %s gave %s".formatted(key, file, e)));
    }
    return properties;
  }

  public String string(String key) {
    return required(key, "a value", "", Function.identity());
  }

  public String string(String key, String fallback) {
    return value(key).orElse(fallback);
  }

  public Optional<String> optional(String key) {
    return value(key);
  }

  /** Reads a whole number between {@code min} and {@code max}, both inclusive. */
  public int integer(String key, int min, int max) {
    return required(key, range(min, max), min, text -> Math.toIntExact(whole(text, min, max)));
  }

  public int integer(String key, int min, int max, int fallback) {
    return value(key).isEmpty() ? fallback : integer(key, min, max);
  }

  /**
   * Reads a length of time such as {@code 250ms}, {@code 5s}, {@code 2m}, {@code 1h} or ISO-8601
   * {@code PT5S}.
   */
  public Duration duration(String key, Duration min, Duration max) {
    return required(
        key,
        "a duration from %s to %s such as 500ms, 5s, 2m or PT5S".formatted(min, max),
        min,
        text -> {
          Duration duration = parseDuration(text);
          if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw new IllegalArgumentException(text);
          }
          return duration;
        });
  }

  public Duration duration(String key, Duration min, Duration max, Duration fallback) {
    return value(key).isEmpty() ? fallback : duration(key, min, max);
  }

  public boolean flag(String key, boolean fallback) {
    if (value(key).isEmpty()) {
      return fallback;
    }
    return required(
        key,
        "true or false",
        fallback,
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException(text);
            });
  }

  /** Reads an absolute URI with a host, such as {@code http://prometheus:9090}. */
  public URI uri(String key) {
    return required(
        key,
        "an absolute URI such as http://host:9090",
        URI.create("http://missing"),
        text -> {
          URI uri = URI.create(text);
          if (uri.getHost() == null) {
            throw new IllegalArgumentException(text);
          }
          return uri;
        });
  }

  /** Reads values separated by commas, trimmed; never empty. */
  public List<String> list(String key) {
    return required(key, "one or more values separated by commas", List.of(), ConfigReader::split);
  }

  public List<String> list(String key, List<String> fallback) {
    return value(key).isEmpty() ? fallback : list(key);
  }

  /** Reads the path of a file that exists and can be read. */
  public Path file(String key) {
    return required(
        key,
        "the path of a readable file",
        Path.of(""),
        text -> {
          Path path = Path.of(text);
          if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw new IllegalArgumentException(text);
          }
          return path;
        });
  }

  /** Reads a path that need not exist yet. */
  public Path path(String key) {
    return required(key, "a path", Path.of(""), Path::of);
  }

  public Path path(String key, Path fallback) {
    return value(key).isEmpty() ? fallback : path(key);
  }

  /**
   * Reads a secret from {@code key}, or from the file that {@code key_FILE} names (trailing newline
   * dropped).
   */
  public Secret secret(String key) {
    Optional<String> file = value(key + "_FILE");
    if (file.isPresent()) {
      try {
        return new Secret(Files.readString(Path.of(file.get())).stripTrailing());
      } catch (IOException e) {
        faults.add(
            "%s_FILE: expected a readable file, but %s gave %s".formatted(key, file.get(), e));
        return new Secret("");
      }
    }
    return new Secret(
        value(key)
            .orElseGet(
                () -> {
                  faults.add(
                      "%s: expected a secret here or a file named by %s_FILE, but found neither"
                          .formatted(key, key));
                  return "";
                }));
  }

  public <E extends Enum<E>> E choice(String key, Class<E> type) {
    E[] constants = type.getEnumConstants();
    return required(
        key,
        "one of %s".formatted(Arrays.toString(constants)),
        constants[0],
        text -> Enum.valueOf(type, text));
  }

  public <E extends Enum<E>> E choice(String key, Class<E> type, E fallback) {
    return value(key).isEmpty() ? fallback : choice(key, type);
  }

  /** Adds a fault that only the caller can see, such as two keys that exclude each other. */
  public void fault(String sentence) {
    faults.add(sentence);
  }

  /**
   * Builds the configuration from the values read.
   *
   * @throws ConfigException with every fault found, or with what the record itself refused
   */
  public <T> T build(Supplier<T> config) {
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    try {
      return config.get();
    } catch (IllegalArgumentException e) {
      throw new ConfigException(List.of(String.valueOf(e.getMessage())));
    }
  }

  private Optional<String> value(String key) {
    @Nullable String text = values.get(key);
    return text == null || text.isBlank() ? Optional.empty() : Optional.of(text.strip());
  }

  private <T> T required(String key, String expected, T standIn, Function<String, T> parse) {
    Optional<String> text = value(key);
    if (text.isEmpty()) {
      faults.add("%s: expected %s, but it is missing".formatted(key, expected));
      return standIn;
    }
    try {
      return parse.apply(text.get());
    } catch (IllegalArgumentException | ArithmeticException | DateTimeParseException e) {
      faults.add("%s: expected %s, but found '%s'".formatted(key, expected, text.get()));
      return standIn;
    }
  }

  private static String range(long min, long max) {
    return "a whole number from %d to %d".formatted(min, max);
  }

  private static long whole(String text, long min, long max) {
    long number = Long.parseLong(text);
    if (number < min || number > max) {
      throw new IllegalArgumentException(text);
    }
    return number;
  }

  private static List<String> split(String text) {
    List<String> parts = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    if (parts.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException(text);
    }
    return parts;
  }

  private static Duration parseDuration(String text) {
    if (text.startsWith("P")) {
      return Duration.parse(text);
    }
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    long number = Long.parseLong(text.substring(0, digits));
    return switch (text.substring(digits)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> throw new IllegalArgumentException(text);
    };
  }
}
