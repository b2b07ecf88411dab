package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Request;
import dev.cutover.orchestrator.adapter.Tokens.Role;
import java.util.Locale;
import java.util.Set;

/** What may be asked about a cutover that exists: by whom, and with which fields. */
enum RequestForm {
  HOLD,
  ABORT,
  ROLLBACK,
  RESUME,
  ABANDON,
  APPROVALS,
  TARGET_DEAD;

  /** Who may start, and go on. */
  static final Set<Role> OPERATORS = Set.of(Role.OPERATOR);

  /** Last part of its path, such as {@code target-dead}. */
  String path() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Who may ask; one of these suffices. */
  Set<Role> roles() {
    return switch (this) {
      // one person suffices to stop or to go back
      case HOLD, ABORT, ROLLBACK -> Set.of(Role.OPERATOR, Role.APPROVER);
      case RESUME, ABANDON -> OPERATORS;
      case APPROVALS, TARGET_DEAD -> Set.of(Role.APPROVER);
    };
  }

  /**
   * Fills it in. Throws {@link IllegalArgumentException} with a sentence when the body is not so.
   */
  Request fill(CutoverId cutover, String requestId, String actor, String text) {
    RequestBody body =
        RequestBody.of(text, this == APPROVALS ? Set.of("gate", "comment") : Set.of("reason"));
    return switch (this) {
      case HOLD -> new Request.Hold(cutover, requestId, actor, body.required("reason"));
      case ABORT -> new Request.Abort(cutover, requestId, actor, body.required("reason"));
      case ROLLBACK -> new Request.RollBack(cutover, requestId, actor, body.required("reason"));
      case RESUME -> new Request.Resume(cutover, requestId, actor, body.optional("reason", ""));
      case ABANDON -> new Request.Abandon(cutover, requestId, actor, body.required("reason"));
      case APPROVALS ->
          new Request.Approve(
              cutover, requestId, actor, body.required("gate"), body.optional("comment", ""));
      case TARGET_DEAD ->
          new Request.DeclareTargetDead(cutover, requestId, actor, body.required("reason"));
    };
  }
}
