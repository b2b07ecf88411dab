package dev.cutover.contract;

import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with variables, written <code>${name}</code>. Pure.
 *
 * @param text as the plan has it
 */
public record Template(String text) {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

  /** The first variable that has no value; empty when all have. */
  public Optional<String> unknown(Map<String, String> variables) {
    return VARIABLE
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .filter(name -> !variables.containsKey(name))
        .findFirst();
  }

  /** The text with values; unknown variables stay as they are. */
  public String fill(Map<String, String> variables) {
    return fill(variables, UnaryOperator.identity());
  }

  /**
   * The text with values; unknown variables stay as they are.
   *
   * @param escape how a value must be written at this place
   */
  public String fill(Map<String, String> variables, UnaryOperator<String> escape) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    variables.containsKey(match.group(1))
                        ? escape.apply(variables.getOrDefault(match.group(1), ""))
                        : match.group()));
  }
}
