package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.orchestrator.adapter.RequestField;
import dev.cutover.orchestrator.adapter.RequestForm;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

final class HelpTopicsTest {
  private final CommandLine line = Main.commandLine();

  @Test
  void shouldShowEveryCommandUnderATopic() {
    // when
    String help = line.getUsageMessage();
    // then
    assertThat(line.getSubcommands().keySet())
        .allSatisfy(command -> assertThat(help).containsPattern("\n  " + command + " +[A-Z]"));
    assertThat(help).doesNotContain(HelpTopics.OTHERS + ":");
  }

  @ParameterizedTest
  @EnumSource
  void shouldHaveACommandForWhateverMayBeAsked(RequestForm form) {
    // when
    CommandLine named =
        Objects.requireNonNull(line.getSubcommands().get(form.command()), form.command());
    CommandLine command = named.getSubcommands().getOrDefault("fence", named); // what is drilled
    // then
    assertThat(command.getUsageMessage()).contains(form.summary().split("[ ,]", 4)[0]);
    for (RequestField field : form.fields()) {
      OptionSpec option =
          command
              .getCommandSpec()
              .findOption(
                  "--" + field.name().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
      assertThat(option).as(field.name()).isNotNull();
      assertThat(option.required())
          .isEqualTo(field.fallback().isEmpty() && field.kind() != RequestField.Kind.SHOWN);
    }
  }

  @Test
  void shouldTakeNoTokenOnTheCommandLine() {
    line.getSubcommands()
        .values()
        .forEach(command -> assertThat(command.getCommandSpec().findOption("--token")).isNull());
  }
}
