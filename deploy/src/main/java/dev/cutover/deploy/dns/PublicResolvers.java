package dev.cutover.deploy.dns;

import dev.cutover.contract.PublicResolver;
import dev.cutover.contract.SwitchProof.ResolverClass;
import dev.cutover.dns.domain.proof.Server;
import java.util.List;

/** Resolvers that anybody may ask, as servers to be asked. */
final class PublicResolvers {
  /** Their class. */
  static final String GROUP = ResolverClass.PUBLIC;

  private PublicResolvers() {}

  static List<Server> all() {
    return PublicResolver.all().stream()
        .map(resolver -> new Server(resolver.address(), resolver.operator(), GROUP))
        .toList();
  }
}
