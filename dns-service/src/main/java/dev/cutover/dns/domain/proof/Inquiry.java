package dev.cutover.dns.domain.proof;

import dev.cutover.contract.RecordType;
import java.time.Duration;
import java.util.List;

/**
 * What is to be found out of a name.
 *
 * @param name absolute, lower case
 * @param types not empty
 * @param authorities those that a person has named; empty when they are to be found
 * @param resolvers asked once the authorities serve the same
 * @param window signatures that end within it are warned of
 */
public record Inquiry(
    String name,
    List<RecordType> types,
    Expected expected,
    List<Server> authorities,
    List<Server> resolvers,
    Quorums quorums,
    Duration window) {
  public Inquiry {
    types = List.copyOf(types);
    authorities = List.copyOf(authorities);
    resolvers = List.copyOf(resolvers);
  }
}
