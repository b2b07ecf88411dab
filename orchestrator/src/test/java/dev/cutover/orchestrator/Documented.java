package dev.cutover.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.cutover.orchestrator.adapter.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The API document as tests ask it. */
final class Documented {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final JsonObject document;

  Documented(JsonObject document) {
    this.document = document;
  }

  /** One operation; as a string it is its method and path. */
  record Operation(String method, String path, JsonObject json, Set<String> roles) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject methods = paths.getJsonObject(path);
      for (String method : methods.fieldNames()) {
        JsonObject json = methods.getJsonObject(method);
        operations.add(
            new Operation(
                method.toUpperCase(Locale.ROOT),
                path,
                json,
                roles(json.getJsonArray("security", document.getJsonArray("security")))));
      }
    }
    return operations;
  }

  /** One of these suffices; nobody needs to be known when there are none. */
  private static Set<String> roles(JsonArray security) {
    Set<String> roles = new TreeSet<>();
    for (int i = 0; i < security.size(); i++) {
      JsonArray named = security.getJsonObject(i).getJsonArray("bearer");
      assertThat(named.size()).as("roles of one alternative are all needed").isLessThan(2);
      if (named.isEmpty()) {
        return Role.ANY.stream().map(Role::wireName).collect(Collectors.toSet());
      }
      roles.add(named.getString(0));
    }
    return roles;
  }

  /** What came back. */
  record Answer(int status, String type, String body) {
    static Answer of(HttpResponse<String> response) {
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("content-type").orElse(""),
          response.body());
    }
  }

  /** Holds an answer to what the document says of its status and type. */
  void check(Operation operation, Answer answer) {
    String status = Integer.toString(answer.status());
    JsonObject responses = operation.json().getJsonObject("responses");
    assertThat(responses.fieldNames())
        .as("statuses of %s; the answer was %s", operation, answer.body())
        .contains(status);
    JsonObject content = resolved(responses.getJsonObject(status)).getJsonObject("content");
    String type = answer.type().replaceAll("; charset=utf-8$", "");
    assertThat(content.fieldNames()).as("%s %s", operation, status).contains(type);
    JsonObject schema = content.getJsonObject(type).getJsonObject("schema");
    if (type.endsWith("json") && !type.contains("ndjson")) {
      assertThat(faults(schema, answer.body()))
          .as("%s %s: %s", operation, status, answer.body())
          .isEmpty();
    }
  }

  private JsonObject resolved(JsonObject json) {
    String reference = json.getString("$ref");
    if (reference == null) {
      return json;
    }
    JsonObject found = document;
    for (String part : reference.substring(2).split("/", -1)) {
      found = found.getJsonObject(part);
    }
    return found;
  }

  private List<String> faults(JsonObject schema, String body) {
    JsonObject root = schema.copy().put("components", document.getJsonObject("components"));
    JsonSchema compiled =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(root.encode());
    try {
      JsonNode tree = MAPPER.readTree(body);
      return compiled.validate(tree).stream().map(Object::toString).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
