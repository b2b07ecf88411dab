package dev.cutover.orchestrator.adapter;

import dev.cutover.orchestrator.adapter.Tokens.Person;
import dev.cutover.orchestrator.adapter.Tokens.Role;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Finds out who asks, and whether that person may. */
final class BearerAuthentication implements Handler<RoutingContext> {
  private static final String PERSON = "person";
  private static final String SCHEME = "Bearer ";

  private final Tokens tokens;

  BearerAuthentication(Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public void handle(RoutingContext context) {
    String header = context.request().getHeader("authorization");
    Optional<Person> person =
        header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            ? tokens.personOf(header.substring(SCHEME.length()).strip())
            : Optional.empty();
    if (person.isPresent()) {
      context.put(PERSON, person.get());
      context.next();
      return;
    }
    context.response().putHeader("www-authenticate", "Bearer");
    HttpAnswer.problem(
        context,
        401,
        header == null
            ? "Expected a bearer token in the header Authorization, but there is none"
            : "Expected a known bearer token, but this one is unknown");
  }

  /** Goes on with the person if one of these roles is theirs; answers 403 otherwise. */
  static void ifAny(RoutingContext context, Set<Role> roles, Consumer<Person> then) {
    Person person = context.get(PERSON);
    if (person.roles().stream().anyMatch(roles::contains)) {
      then.accept(person);
      return;
    }
    HttpAnswer.problem(
        context,
        403,
        "Expected one of the roles %s, but %s has %s"
            .formatted(names(roles), person.name(), names(person.roles())));
  }

  private static List<String> names(Set<Role> roles) {
    return roles.stream().map(role -> role.name().toLowerCase(Locale.ROOT)).sorted().toList();
  }
}
