package dev.cutover.dns.domain;

import dev.cutover.contract.ServerVerdict;
import java.util.List;

/** How far a change has come. */
public sealed interface Propagation {
  /** One for each server that was asked, in the order given. */
  List<ServerVerdict> servers();

  /** Every server that was asked serves exactly the wanted sets. */
  record Propagated(List<ServerVerdict> servers) implements Propagation {
    public Propagated {
      servers = List.copyOf(servers);
    }
  }

  /**
   * At least one server doesn't yet, in a way that time may heal.
   *
   * @param reason which servers, and what they serve
   */
  record NotYet(String reason, List<ServerVerdict> servers) implements Propagation {
    public NotYet {
      servers = List.copyOf(servers);
    }
  }

  /**
   * An authority serves values of neither side: somebody else writes.
   *
   * @param reason which servers, and what they serve
   */
  record Diverged(String reason, List<ServerVerdict> servers) implements Propagation {
    public Diverged {
      servers = List.copyOf(servers);
    }
  }
}
