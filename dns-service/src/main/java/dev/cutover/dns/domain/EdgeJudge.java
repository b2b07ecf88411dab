package dev.cutover.dns.domain;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.ServerVerdict.Answer;
import dev.cutover.contract.Side;
import dev.cutover.dns.domain.EdgeAnswer.Told;
import dev.cutover.dns.domain.EdgeAnswer.Untold;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Judges what an edge was seen to answer. Pure. */
public final class EdgeJudge {
  private EdgeJudge() {}

  /**
   * What all answers of one name at one address of the edge mean: every one of them counts, since
   * behind the address are many machines, and a change reaches one after the other.
   *
   * @param url what was asked for
   * @param answers one or more
   */
  public static ServerVerdict judge(
      ServerAddress edge, String url, Collection<EdgeAnswer> answers, Side wanted) {
    int told = 0;
    int other = 0;
    List<String> reasons = new ArrayList<>();
    for (EdgeAnswer answer : answers) {
      switch (answer) {
        case Told(Side side) when side == wanted -> told++;
        case Told _ -> other++;
        case Untold(String reason) -> reasons.add(reason);
      }
    }
    Answer meaning =
        !reasons.isEmpty() || answers.isEmpty()
            ? Answer.UNREACHABLE
            : other == 0 ? Answer.WANTED : told == 0 ? Answer.OTHER_SIDE : Answer.MIXED;
    List<String> details = new ArrayList<>();
    details.add("%s: %s %d times".formatted(url, word(wanted), told));
    if (other > 0) {
      details.add("%s %d times".formatted(word(wanted.other()), other));
    }
    reasons.stream().distinct().forEach(details::add);
    return new ServerVerdict(edge, true, meaning, 0, String.join(", ", details));
  }

  private static String word(Side side) {
    return switch (side) {
      case SOURCE -> "the source";
      case TARGET -> "the target";
    };
  }

  /** How far it has come, by the verdicts on every address. */
  public static Propagation propagation(List<ServerVerdict> verdicts) {
    List<ServerVerdict> missing =
        verdicts.stream().filter(verdict -> verdict.answer() != Answer.WANTED).toList();
    return missing.isEmpty() && !verdicts.isEmpty()
        ? new Propagation.Propagated(verdicts)
        : new Propagation.NotYet(
            missing.stream()
                .map(v -> "%s %s (%s)".formatted(v.server(), v.answer(), v.detail()))
                .collect(Collectors.joining(", ")),
            verdicts);
  }
}
