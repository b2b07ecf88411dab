package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.ProgrammeEvent.*;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * All that is known of a programme: the fold of its journal.
 *
 * @param plan frozen when it started
 * @param startedBy the person on whose word members are started
 * @param phase where it stands
 * @param reason why it is held or aborted; empty otherwise
 * @param members what is known of each, in the order of the plan
 */
public record Programme(
    ProgrammePlan plan,
    String startedBy,
    Phase phase,
    String reason,
    SequencedMap<CutoverId, Member> members) {
  public Programme {
    members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
  }

  /** Where a programme stands. */
  public enum Phase {
    RUNNING,
    /** No member starts; those under way go on. */
    HELD,
    /** Members under way were told to go back; none starts. */
    ABORTING,
    FINISHED
  }

  /** How far a member is. */
  public enum Progress {
    WAITING,
    STARTED,
    COMPLETED,
    /** Back at its source, abandoned, or never started. */
    FAILED
  }

  /**
   * A member.
   *
   * @param sequence of its journal when it was last heard; 0 before
   * @param state what it said of itself
   */
  public record Member(Progress progress, long sequence, String state, String reason) {
    static final Member WAITING = new Member(Progress.WAITING, 0, "", "");

    Member started() {
      return new Member(Progress.STARTED, sequence, state, reason);
    }
  }

  long count(Progress progress) {
    return members.values().stream().filter(member -> member.progress() == progress).count();
  }

  /** Applies an event. Pure. */
  static Programme evolve(Optional<Programme> before, ProgrammeEvent event) {
    if (event instanceof ProgrammeStarted started) {
      SequencedMap<CutoverId, Member> members = new LinkedHashMap<>();
      started.plan().members().forEach(member -> members.put(member.id(), Member.WAITING));
      return new Programme(started.plan(), started.actor(), Phase.RUNNING, "", members);
    }
    Programme programme =
        before.orElseThrow(
            () -> new IllegalStateException("Expected a programme, but the journal has none"));
    return switch (event) {
      case ProgrammeStarted _ -> programme;
      case MemberStarted e -> programme.with(e.member(), programme.member(e.member()).started());
      case MemberNoted e ->
          programme.with(e.member(), new Member(e.progress(), e.sequence(), e.state(), e.reason()));
      case ProgrammeHeld e -> programme.with(Phase.HELD, e.reason());
      case ProgrammeResumed _ -> programme.with(Phase.RUNNING, "");
      case ProgrammeAborted e -> programme.with(Phase.ABORTING, e.reason());
      case ProgrammeFinished _ -> programme.with(Phase.FINISHED, programme.reason());
    };
  }

  Member member(CutoverId id) {
    Member member = members.get(id);
    if (member == null) {
      throw new IllegalStateException(
          "Expected %s to be a member of %s, but it is not".formatted(id, plan.id()));
    }
    return member;
  }

  private Programme with(CutoverId id, Member member) {
    SequencedMap<CutoverId, Member> next = new LinkedHashMap<>(members);
    next.put(id, member);
    return new Programme(plan, startedBy, phase, reason, next);
  }

  private Programme with(Phase next, String why) {
    return new Programme(plan, startedBy, next, why, members);
  }
}
