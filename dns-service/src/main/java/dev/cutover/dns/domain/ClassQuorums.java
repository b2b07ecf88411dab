package dev.cutover.dns.domain;

import dev.cutover.contract.DnsReply.ClassCount;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.ServerVerdict.Answer;
import dev.cutover.contract.SwitchProof.ResolverClass;
import dev.cutover.dns.domain.proof.Quorums.Tally;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Counts the resolvers of each class of a plan against its quorum. One that this machine has no way
 * to counts neither way, and one that does not answer is no evidence for anything. Pure.
 */
public final class ClassQuorums {
  private final List<Tally> tallies;
  private final List<String> lacking;
  private final boolean silenceAlone;

  private ClassQuorums(List<Tally> tallies, List<String> lacking, boolean silenceAlone) {
    this.tallies = List.copyOf(tallies);
    this.lacking = List.copyOf(lacking);
    this.silenceAlone = silenceAlone;
  }

  /**
   * What one resolver was seen to answer.
   *
   * @param held whether it is exactly what is wanted, with whatever TTL
   */
  public record Heard(ServerVerdict verdict, boolean held) {}

  /**
   * Counts.
   *
   * @param heard at least the resolvers of the classes, without the untested
   * @param untested those that there is no way to from here
   */
  public static ClassQuorums count(
      List<ResolverClass> classes, List<Heard> heard, Set<ServerAddress> untested) {
    Map<ServerAddress, Heard> byServer = new HashMap<>();
    heard.forEach(one -> byServer.put(one.verdict().server(), one));
    List<Tally> tallies = new ArrayList<>();
    List<String> lacking = new ArrayList<>();
    boolean silenceAlone = true;
    for (ResolverClass of : classes) {
      List<ServerAddress> tested =
          of.servers().stream().distinct().filter(server -> !untested.contains(server)).toList();
      List<Heard> others =
          tested.stream().map(byServer::get).filter(one -> one != null && !one.held()).toList();
      int silent = (int) others.stream().filter(ClassQuorums::isSilent).count();
      int held = tested.size() - others.size();
      int without = (int) of.servers().stream().distinct().count() - tested.size();
      Tally tally = Tally.of(of.name(), held, tested.size(), without, of.quorumPercent());
      tallies.add(tally);
      if (!tally.met()) {
        lacking.add(words(tally, others));
        silenceAlone &=
            tested.isEmpty()
                || Tally.of(of.name(), held + silent, tested.size(), 0, of.quorumPercent()).met();
      }
    }
    return new ClassQuorums(tallies, lacking, silenceAlone);
  }

  private static boolean isSilent(Heard heard) {
    return heard.verdict().answer() == Answer.UNREACHABLE;
  }

  private static String words(Tally tally, List<Heard> others) {
    return tally.words()
        + others.stream()
            .map(Heard::verdict)
            .map(v -> "%s %s (%s)".formatted(v.server(), v.answer(), v.detail()))
            .collect(Collectors.joining(", ", others.isEmpty() ? "" : ": ", ""));
  }

  /** Whether every class has its quorum. */
  public boolean met() {
    return lacking.isEmpty();
  }

  /** One for each class, in the order of the plan. */
  public List<ClassCount> counts() {
    return tallies.stream()
        .map(t -> new ClassCount(t.group(), t.held(), t.asked(), t.untested(), t.percent()))
        .toList();
  }

  /**
   * Which class lacks what; empty when none does. INCONCLUSIVE when those that answered would do
   * and only silence lacks, else TIMED_OUT.
   */
  public Optional<SwitchFailure> shortfall(long withinMs) {
    return met()
        ? Optional.empty()
        : Optional.of(
            new SwitchFailure(
                silenceAlone ? FailureKind.INCONCLUSIVE : FailureKind.TIMED_OUT,
                "Expected a quorum of each class of resolvers within %d ms, but %s. Every authority of the plan serves the wanted records; who asks these resolvers may not get them yet"
                    .formatted(withinMs, String.join("; ", lacking)),
                true));
  }
}
