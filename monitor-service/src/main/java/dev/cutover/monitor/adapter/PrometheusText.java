package dev.cutover.monitor.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Reads Prometheus' text exposition format 0.0.4, and of OpenMetrics what is the same (exemplars
 * and {@code # EOF} are skipped). Strict: one bad line makes the page unreadable, since a page that
 * was cut off must never count as a small one.
 */
final class PrometheusText {
  private final String line;
  private int at;

  private PrometheusText(String line) {
    this.line = line;
  }

  /** One line: a series and its value. */
  record Point(String name, Map<String, String> labels, double value, OptionalLong atMs) {}

  /** Says where a page departs from the format. */
  static final class MalformedText extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedText(String sentence) {
      super(sentence);
    }
  }

  /**
   * Reads a page.
   *
   * @throws MalformedText naming the first bad line
   */
  static List<Point> parse(String page) throws MalformedText {
    if (!page.isEmpty() && page.charAt(page.length() - 1) != '\n') {
      throw new MalformedText("Expected the page to end with a new line: it was cut off");
    }
    List<Point> points = new ArrayList<>();
    int number = 0;
    for (String line : page.split("\n", -1)) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.charAt(0) == '#') {
        continue;
      }
      try {
        points.add(new PrometheusText(text).point());
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new MalformedText(
            "Expected a series and its value in line %d, but found '%s'"
                .formatted(number, text.length() > 120 ? text.substring(0, 120) + "..." : text));
      }
    }
    return points;
  }

  private Point point() {
    String name = name(true);
    Map<String, String> labels = new TreeMap<>();
    blanks();
    if (peek() == '{') {
      at++;
      blanks();
      while (peek() != '}') {
        String label = name(false);
        blanks();
        expect('=');
        blanks();
        if (labels.put(label, quoted()) != null) {
          throw new IllegalArgumentException(label);
        }
        blanks();
        if (peek() == ',') {
          at++;
          blanks();
        } else if (peek() != '}') {
          throw new IllegalArgumentException(line);
        }
      }
      at++;
    }
    double value = number(word());
    blanks();
    if (at == line.length() || peek() == '#') {
      return new Point(name, labels, value, OptionalLong.empty());
    }
    OptionalLong atMs = OptionalLong.of(timestampMs(word()));
    blanks();
    if (at < line.length() && peek() != '#') {
      throw new IllegalArgumentException(line);
    }
    return new Point(name, labels, value, atMs);
  }

  private String name(boolean metric) {
    int from = at;
    while (at < line.length() && isNameCharacter(line.charAt(at), metric, at == from)) {
      at++;
    }
    if (from == at) {
      throw new IllegalArgumentException(line);
    }
    return line.substring(from, at);
  }

  private static boolean isNameCharacter(char c, boolean metric, boolean first) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || (metric && c == ':')
        || (!first && c >= '0' && c <= '9');
  }

  private String quoted() {
    expect('"');
    StringBuilder text = new StringBuilder();
    while (peek() != '"') {
      char c = line.charAt(at++);
      if (c == '\\') {
        char escaped = line.charAt(at++);
        text.append(escaped == 'n' ? '\n' : escaped);
      } else {
        text.append(c);
      }
    }
    at++;
    return text.toString();
  }

  private String word() {
    blanks();
    int from = at;
    while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
      at++;
    }
    return line.substring(from, at);
  }

  private static double number(String word) {
    return switch (word) {
      case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(word);
    };
  }

  /** Milliseconds in Prometheus' format; seconds with a fraction in OpenMetrics. */
  private static long timestampMs(String word) {
    return word.contains(".") ? Math.round(Double.parseDouble(word) * 1000) : Long.parseLong(word);
  }

  private char peek() {
    return line.charAt(at);
  }

  private void expect(char c) {
    if (line.charAt(at++) != c) {
      throw new IllegalArgumentException(line);
    }
  }

  private void blanks() {
    while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
      at++;
    }
  }
}
