package dev.cutover.orchestrator.domain;

import dev.cutover.contract.SyncReply.ReplicationPrepared;
import dev.cutover.orchestrator.domain.Finding.Missing;
import dev.cutover.orchestrator.domain.Finding.Proven;
import dev.cutover.orchestrator.domain.Finding.Unproven;
import java.util.List;
import java.util.Optional;

/** Whether somebody could take a fence away who is no superuser. Pure. */
final class FenceReach {
  private FenceReach() {}

  static Finding finding(Cutover cutover) {
    if (cutover.requiredPlan().data().isEmpty()) {
      return new Missing("data");
    }
    return cutover
        .ledger()
        .reply(Action.PREPARE_REPLICATION, ReplicationPrepared.class)
        .map(FenceReach::finding)
        .orElseGet(() -> new Unproven("the databases are not prepared yet"));
  }

  private static Finding finding(ReplicationPrepared prepared) {
    return prepared
        .limits()
        .<Finding>map(
            limits ->
                new Unproven(
                    "owners of tables could take the fence away, since changes of the schema can't be refused: on the source %s, on the target %s"
                        .formatted(named(limits.source()), named(limits.target()))))
        .orElseGet(
            () ->
                new Proven(
                    "nobody but a superuser could take the fences away",
                    Optional.empty(),
                    "prepare-replication"));
  }

  private static String named(List<String> logins) {
    return logins.isEmpty() ? "nobody" : String.join(", ", logins);
  }
}
