package dev.cutover.orchestrator.adapter;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * One operation of the API: where it is, who may, and what answers.
 *
 * <p>To add one: put a {@code Route} into the {@code routes()} of the class that answers it (or of
 * a new one, which {@code Main} hands to {@link OperatorApi}), and describe it in {@code
 * openapi.yaml}; {@code OpenApiIT} names what is missing or untrue there. What a person asks of a
 * cutover is no route of its own but a constant of {@link RequestForm}, which is served, described
 * and made a command of the command line without more.
 *
 * @param path as in the document, such as {@code /cutovers/{id}}
 * @param roles one of these suffices
 * @param answering ends the response, by {@link HttpAnswer}; what it throws as {@link
 *     IllegalArgumentException} is answered 400 with its sentence
 */
public record Route(
    HttpMethod method, String path, Set<Role> roles, BiConsumer<RoutingContext, Person> answering) {
  public Route {
    roles = Set.copyOf(roles);
  }

  /** Something to look at, for everybody who has a role. */
  static Route get(String path, BiConsumer<RoutingContext, Person> answering) {
    return new Route(HttpMethod.GET, path, Role.ANY, answering);
  }

  /** Something to ask for. */
  static Route post(String path, Set<Role> roles, BiConsumer<RoutingContext, Person> answering) {
    return new Route(HttpMethod.POST, path, roles, answering);
  }

  /** Its path as the router writes it, such as {@code /cutovers/:id}. */
  String pattern() {
    return path.replaceAll("\\{([a-z]+)}", ":$1");
  }
}
