package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.orchestrator.adapter.RequestField;
import dev.cutover.orchestrator.adapter.RequestForm;
import dev.cutover.orchestrator.adapter.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/** Asks something of a cutover: one command for each {@link RequestForm}, made from it. */
@Command(mixinStandardHelpOptions = true)
public final class FormCommand implements Callable<Integer> {
  private final RequestForm form;

  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(paramLabel = "ID", description = "The cutover, as its plan names it.")
  private String id = "";

  private final CommandSpec spec;

  private FormCommand(RequestForm form) {
    this.form = form;
    this.spec = CommandSpec.forAnnotatedObject(this);
    spec.name(form.command());
    spec.usageMessage().description(form.summary(), "Who may: %s.".formatted(roles(form)));
    for (RequestField field : form.fields()) {
      spec.addOption(option(field));
    }
  }

  /** The commands of all forms. */
  public static List<CommandLine> all() {
    return List.of(RequestForm.values()).stream()
        .filter(form -> form != RequestForm.DRILLS) // DrillCommand follows it to its end
        .map(form -> new CommandLine(new FormCommand(form).spec))
        .toList();
  }

  private static String roles(RequestForm form) {
    return form.roles().stream().map(Role::wireName).sorted().collect(Collectors.joining(" or "));
  }

  private static OptionSpec option(RequestField field) {
    String fallback =
        field.fallback().filter(text -> !text.isEmpty()).map(" Default: %s"::formatted).orElse("");
    return OptionSpec.builder(name(field))
        .type(String.class)
        .paramLabel(
            switch (field.kind()) {
              case TEXT -> "TEXT";
              case DOCUMENT -> "FILE";
              case SHOWN -> "VALUE";
            })
        .required(field.fallback().isEmpty() && field.kind() != RequestField.Kind.SHOWN)
        .description(
            field.description()
                + fallback
                + (field.kind() == RequestField.Kind.SHOWN
                    ? " Without it: what the status shows now, which is printed."
                    : ""))
        .build();
  }

  private static String name(RequestField field) {
    return "--" + field.name().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  @Override
  public Integer call() throws InterruptedException {
    ApiClient client = api.client();
    ObjectNode body = ApiClient.JSON.createObjectNode();
    for (RequestField field : form.fields()) {
      value(field, client).ifPresent(text -> body.put(field.name(), text));
    }
    JsonNode answer =
        client.post("/cutovers/" + id + "/" + form.path(), "application/json", body.toString());
    Submitted.print(spec.commandLine().getOut(), answer, api.json());
    return 0;
  }

  private Optional<String> value(RequestField field, ApiClient client) throws InterruptedException {
    @Nullable String given = spec.findOption(name(field)).getValue();
    return switch (field.kind()) {
      case TEXT -> Optional.ofNullable(given);
      case DOCUMENT -> Optional.ofNullable(given).map(FormCommand::content);
      case SHOWN -> Optional.of(given == null ? shown(field, client) : given);
    };
  }

  private static String content(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new ApiFailure("Expected a readable file, but %s gave %s".formatted(file, e));
    }
  }

  /** What is on the screen is what is sent. */
  private String shown(RequestField field, ApiClient client) throws InterruptedException {
    JsonNode status = client.get("/cutovers/" + id);
    Shown.status(status).forEach(spec.commandLine().getErr()::println);
    return Shown.text(status, field.name());
  }
}
