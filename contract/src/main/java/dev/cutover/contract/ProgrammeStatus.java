package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a programme of cutovers stands; the latest one is what the API shows.
 *
 * @param cutover name of the programme: the key
 * @param sequence of its journal
 * @param journalHead SHA-256 of its journal's last entry as it is stored
 * @param state {@code running}, {@code held}, {@code aborting} or {@code finished}
 * @param outcome once finished: {@code COMPLETED}, {@code INCOMPLETE} or {@code ABORTED}
 * @param reason why it is held or aborted; empty otherwise
 * @param members in the order of the file
 */
public record ProgrammeStatus(
    CutoverId cutover,
    long sequence,
    String journalHead,
    Instant at,
    String state,
    Optional<String> outcome,
    String reason,
    int atOnce,
    boolean stopOnFailure,
    List<MemberStatus> members)
    implements Report {
  public ProgrammeStatus {
    members = List.copyOf(members);
  }

  /**
   * One member.
   *
   * @param after members that have to be completed before it starts
   * @param progress {@code WAITING}, {@code STARTED}, {@code COMPLETED} or {@code FAILED}
   * @param state what it said last of itself; empty before it said anything
   */
  public record MemberStatus(
      CutoverId member, List<CutoverId> after, String progress, String state, String reason) {
    public MemberStatus {
      after = List.copyOf(after);
    }
  }
}
