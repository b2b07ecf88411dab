package dev.cutover.orchestrator.adapter;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The API described by OpenAPI 3.1: {@code openapi.yaml}, and one operation for each {@link
 * RequestForm}. Roles are those of the security requirement: one of its alternatives suffices.
 */
public final class ApiDocument {
  /** Where it is served, to everybody. */
  public static final String PATH = "/openapi.json";

  private static final String RESOURCE = "/openapi.yaml";

  private final JsonObject document;
  private final String text;

  public ApiDocument() {
    this.document = read();
    for (RequestForm form : RequestForm.values()) {
      document
          .getJsonObject("paths")
          .put("/cutovers/{id}/" + form.path(), new JsonObject().put("post", operation(form)));
    }
    this.text = document.encode();
  }

  /** The whole document. */
  public JsonObject json() {
    return document.copy();
  }

  /** Answers with it. */
  void serve(RoutingContext context) {
    HttpAnswer.text(context, 200, "application/json", text);
  }

  private static JsonObject read() {
    try (InputStream in = ApiDocument.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("Expected %s in the program".formatted(RESOURCE));
      }
      Map<String, Object> tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      return new JsonObject(new JsonObject(tree).encode());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonObject operation(RequestForm form) {
    JsonObject properties = new JsonObject();
    JsonArray required = new JsonArray();
    for (RequestField field : form.fields()) {
      JsonObject schema =
          new JsonObject()
              .put("type", "string")
              .put("maxLength", field.kind().charactersMax())
              .put("description", field.description());
      field
          .fallback()
          .ifPresentOrElse(
              fallback -> schema.put("default", fallback), () -> required.add(field.name()));
      properties.put(field.name(), schema);
    }
    JsonObject schema =
        new JsonObject()
            .put("type", "object")
            .put("properties", properties)
            .put("required", required)
            .put("additionalProperties", false);
    JsonObject content =
        new JsonObject().put("application/json", new JsonObject().put("schema", schema));
    JsonObject responses = new JsonObject().put("202", reference("responses", "Accepted"));
    for (String status : List.of("400", "401", "403", "404", "409", "413", "503")) {
      responses.put(status, reference("responses", "Problem"));
    }
    return new JsonObject()
        .put("operationId", form.path())
        .put("tags", new JsonArray().add("requests"))
        .put("summary", form.summary())
        .put("security", security(form.roles()))
        .put(
            "parameters",
            new JsonArray()
                .add(reference("parameters", "id"))
                .add(reference("parameters", "idempotencyKey")))
        .put(
            "requestBody",
            new JsonObject().put("required", !required.isEmpty()).put("content", content))
        .put("responses", responses);
  }

  private static JsonArray security(Set<Role> roles) {
    JsonArray alternatives = new JsonArray();
    roles.stream()
        .sorted()
        .forEach(
            role ->
                alternatives.add(
                    new JsonObject().put("bearer", new JsonArray().add(role.wireName()))));
    return alternatives;
  }

  private static JsonObject reference(String kind, String name) {
    return new JsonObject().put("$ref", "#/components/%s/%s".formatted(kind, name));
  }
}
