package dev.cutover.deploy;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/** Where answers come from. */
sealed interface Answers {
  /** The answer; asked again, or a stand-in with a fault, while it is none. */
  String to(Question question) throws IOException;

  /** Says something to whoever answers. */
  void say(String line);

  /** What was wrong; empty when every question has its answer. */
  List<String> faults();

  /** A person at a terminal. */
  record Typed(BufferedReader in, PrintWriter out) implements Answers {
    @Override
    public String to(Question question) throws IOException {
      while (true) {
        String usual = question.fallback().map(" [%s]"::formatted).orElse("");
        out.print("%s? (%s)%s: ".formatted(question.text(), question.expected(), usual));
        out.flush();
        String line = in.readLine();
        if (line == null) {
          out.println();
          throw new EOFException(
              "Expected an answer to '%s', but the input ended".formatted(question.key()));
        }
        String answer = line.isBlank() ? question.fallback().orElse("") : line.strip();
        var fault = question.fault(answer);
        if (fault.isEmpty()) {
          return answer;
        }
        out.println("  " + fault.get());
      }
    }

    @Override
    public void say(String line) {
      out.println(line);
    }

    @Override
    public List<String> faults() {
      return List.of();
    }
  }

  /** A file of {@code key: answer} lines. */
  final class Filed implements Answers {
    private final Properties answers;
    private final List<String> faults = new ArrayList<>();

    /**
     * @param known every key that may be asked for
     */
    Filed(Properties answers, Set<String> known) {
      this.answers = answers;
      Set<String> unknown = new TreeSet<>(answers.stringPropertyNames());
      unknown.removeAll(known);
      unknown.forEach(
          key -> faults.add("Expected one of %s, but found '%s'".formatted(known, key)));
    }

    @Override
    public String to(Question question) {
      String found = answers.getProperty(question.key(), "").strip();
      String answer = found.isEmpty() ? question.fallback().orElse("") : found;
      if (answer.isEmpty()) {
        faults.add(
            "Expected %s for %s, but it is missing".formatted(question.expected(), question.key()));
      } else {
        question.fault(answer).ifPresent(fault -> faults.add(question.key() + ": " + fault));
      }
      return answer;
    }

    @Override
    public void say(String line) {}

    @Override
    public List<String> faults() {
      return List.copyOf(faults);
    }
  }
}
