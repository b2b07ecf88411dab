package dev.cutover.deploy;

import dev.cutover.orchestrator.adapter.RequestForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The commands of the help, by what one wants to do. A new command belongs into one of them. */
final class HelpTopics {
  /** Where a command is shown that belongs nowhere. */
  static final String OTHERS = "Others";

  private static final int WIDTH = 100;

  private HelpTopics() {}

  private static SequencedMap<String, List<String>> topics() {
    SequencedMap<String, List<String>> topics = new LinkedHashMap<>();
    topics.put("Try it", List.of("demo"));
    topics.put("Plan", List.of("plan", "programme", "break-glass"));
    topics.put(
        "Run the services", List.of("serve", "topics", "keys", "people", "rollback-request"));
    topics.put("Carry out (over the API)", List.of("start", "rehearse", "credit"));
    topics.put(
        "Decide (over the API)",
        Arrays.stream(RequestForm.values()).map(RequestForm::command).toList());
    topics.put(
        "Look (over the API)",
        List.of("list", "status", "watch", "readiness", "freeze", "journal", "predict", "report"));
    topics.put("Look at DNS, and change it (without any service)", List.of("dns"));
    topics.put(
        "Check databases, copy and compare them (without any service)",
        List.of("sync", "validate"));
    topics.put("See what the monitor saw (without any service)", List.of("judge"));
    topics.put("Measure", List.of("bench"));
    return topics;
  }

  /** Shows the commands so. */
  static void arrange(CommandLine line) {
    line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, _ -> "");
    line.getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> list(help.subcommands()));
    line.getCommandSpec()
        .usageMessage()
        .footer("", "Every command explains itself: ./cutover COMMAND --help");
  }

  private static String list(Map<String, CommandLine.Help> commands) {
    StringBuilder text = new StringBuilder();
    Map<String, CommandLine.Help> left = new TreeMap<>(commands);
    int width = commands.keySet().stream().mapToInt(String::length).max().orElse(0);
    topics()
        .forEach(
            (topic, names) -> {
              List<String> lines = new ArrayList<>();
              for (String name : names) {
                CommandLine.Help help = left.remove(name);
                if (help != null) {
                  lines.add(line(name, width, help));
                }
              }
              section(text, topic, lines);
            });
    section(
        text,
        OTHERS,
        left.entrySet().stream().map(e -> line(e.getKey(), width, e.getValue())).toList());
    return text.toString();
  }

  private static void section(StringBuilder text, String topic, List<String> lines) {
    if (!lines.isEmpty()) {
      text.append("%n%s:%n".formatted(topic));
      lines.forEach(line -> text.append(line).append(System.lineSeparator()));
    }
  }

  /** Its name and the first sentence about it. */
  private static String line(String name, int width, CommandLine.Help help) {
    String[] description = help.commandSpec().usageMessage().description();
    String sentence = description.length == 0 ? "" : description[0].split("(?<=\\.) ", 2)[0];
    String line = ("  %-" + width + "s  %s").formatted(name, sentence);
    return line.length() > WIDTH ? line.substring(0, WIDTH - 1) + "…" : line;
  }
}
