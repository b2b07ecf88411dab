package dev.cutover.contract;

import dev.cutover.contract.DnsReply.Delegation;
import java.util.List;
import java.util.Optional;

/**
 * What a view was looked through for, beside its records.
 *
 * @param keepers marks of other tools that the plan allows for
 * @param delegation what its zone's parent delegates to; empty where no parent is asked: those of
 *     the Internet say nothing of a view
 * @param signatures how long its zone's signatures last, in words; empty where nobody signs
 *     beforehand, or nobody looked
 */
public record ViewLook(
    String view,
    List<KeeperMark> keepers,
    Optional<Delegation> delegation,
    Optional<String> signatures) {
  public ViewLook {
    keepers = List.copyOf(keepers);
  }
}
