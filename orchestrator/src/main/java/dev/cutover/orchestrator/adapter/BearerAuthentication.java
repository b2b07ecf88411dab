package dev.cutover.orchestrator.adapter;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/** Finds out who asks, and whether that person may. */
final class BearerAuthentication implements Handler<RoutingContext> {
  private static final String PERSON = "person";
  private static final String SCHEME = "Bearer ";

  private final Identities identities;

  BearerAuthentication(Identities identities) {
    this.identities = identities;
  }

  @Override
  public void handle(RoutingContext context) {
    String header = context.request().getHeader("authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      refuse(context, "Expected a bearer token in the header Authorization, but there is none");
      return;
    }
    // the body is read later: it must wait while the issuer's keys are fetched
    context.request().pause();
    identities
        .of(token(header))
        .onComplete(
            found -> {
              context.request().resume();
              go(context, found.result());
            });
  }

  /** The token of a request that was let through. */
  static String token(RoutingContext context) {
    return token(context.request().getHeader("authorization"));
  }

  private static String token(String header) {
    return header.substring(SCHEME.length()).strip();
  }

  private static void go(RoutingContext context, Identity identity) {
    switch (identity) {
      case Identity.Known(Person person) -> {
        context.put(PERSON, person);
        context.next();
      }
      case Identity.Unknown(String sentence) -> refuse(context, sentence);
      case Identity.Undecided(String sentence) -> HttpAnswer.problem(context, 503, sentence);
    }
  }

  private static void refuse(RoutingContext context, String sentence) {
    context.response().putHeader("www-authenticate", "Bearer");
    HttpAnswer.problem(context, 401, sentence);
  }

  /**
   * Whoever was found out before; answers 403 and stops there unless one of the roles is theirs.
   */
  static void authorize(RoutingContext context, Set<Role> roles) {
    Person person = person(context);
    if (person.roles().stream().anyMatch(roles::contains)) {
      context.next();
      return;
    }
    HttpAnswer.problem(
        context,
        403,
        "Expected one of the roles [%s], but %s has [%s]"
            .formatted(Role.names(roles), person.name(), Role.names(person.roles())));
  }

  static Person person(RoutingContext context) {
    return context.get(PERSON);
  }
}
