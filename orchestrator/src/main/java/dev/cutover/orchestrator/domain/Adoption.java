package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.DatabaseState.Fence;
import dev.cutover.contract.DatabaseState.ManualMark;
import dev.cutover.contract.DnsReply.SwitchMark;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.SyncReply.DatabasesRead;
import dev.cutover.contract.ViewRead;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the world says of a cutover, whatever its journal thinks.
 *
 * @param outcome what to go on from
 * @param byHand whether a person is still in charge of a part of it
 * @param trafficAtTarget whether the switch, or a view of it, may serve the target
 * @param targetOpened whether the target was opened since it was prepared: then it may hold writes
 *     of its own
 * @param streams whether what carries the changes is there, so that it can go on
 * @param sourceEpoch of the source's row; 0 without one
 * @param targetEpoch of the target's row; 0 without one
 * @param markEpoch the highest of this cutover's marks at the switch; 0 without any
 * @param words both readings, for people
 */
public record Adoption(
    Outcome outcome,
    boolean byHand,
    boolean trafficAtTarget,
    boolean targetOpened,
    boolean streams,
    long sourceEpoch,
    long targetEpoch,
    long markEpoch,
    String words) {

  /** What to go on from. */
  public enum Outcome {
    /** As before the fence. */
    SOURCE_SERVES,
    /** The source takes writes, and traffic goes to the target. */
    TRAFFIC_ASTRAY,
    TARGET_SERVES,
    NO_SIDE_SERVES,
    /** It fits nothing, or can't be seen: a person must look. */
    UNCLEAR
  }

  /**
   * Judges a reading. Pure.
   *
   * @param data empty where the plan has no databases
   * @param traffic empty where it has no switch
   */
  static Adoption of(
      CutoverId cutover, Optional<DatabasesRead> data, Optional<SwitchRead> traffic) {
    Optional<DatabaseState> source = data.map(DatabasesRead::source);
    Optional<DatabaseState> target = data.map(DatabasesRead::target);
    boolean byHand =
        source.filter(Adoption::marked).isPresent()
            || target.filter(Adoption::marked).isPresent()
            || traffic.filter(Adoption::marked).isPresent();
    return new Adoption(
        byHand ? Outcome.UNCLEAR : outcome(cutover, source, target, traffic.map(Adoption::served)),
        byHand,
        traffic.filter(read -> served(read) != ServedSide.SOURCE).isPresent(),
        target.flatMap(DatabaseState::fence).filter(Fence::everOpened).isPresent(),
        data.isEmpty() || streams(data.get()),
        epoch(source),
        epoch(target),
        traffic.map(read -> markEpoch(read, cutover)).orElse(0L),
        words(source, target, traffic));
  }

  /** Nothing could be judged. */
  static Adoption unclear(String why) {
    return new Adoption(Outcome.UNCLEAR, false, false, false, false, 0, 0, 0, why);
  }

  private static Outcome outcome(
      CutoverId cutover,
      Optional<DatabaseState> source,
      Optional<DatabaseState> target,
      Optional<ServedSide> served) {
    if (source.isEmpty() || target.isEmpty()) {
      return switch (served.orElse(ServedSide.UNKNOWN)) {
        case SOURCE -> Outcome.SOURCE_SERVES;
        case TARGET -> Outcome.TARGET_SERVES;
        case NEITHER, UNKNOWN -> Outcome.UNCLEAR;
      };
    }
    if (untouched(source.get()) && untouched(target.get())) {
      return withSource(served);
    }
    Optional<Boolean> sourceOpen = open(cutover, source.get());
    Optional<Boolean> targetOpen = open(cutover, target.get());
    if (sourceOpen.isEmpty() || targetOpen.isEmpty()) {
      return Outcome.UNCLEAR;
    }
    if (sourceOpen.get()) {
      return targetOpen.get() ? Outcome.UNCLEAR : withSource(served);
    }
    return targetOpen.get() ? Outcome.TARGET_SERVES : Outcome.NO_SIDE_SERVES;
  }

  private static Outcome withSource(Optional<ServedSide> served) {
    return switch (served.orElse(ServedSide.SOURCE)) {
      case SOURCE -> Outcome.SOURCE_SERVES;
      case TARGET -> Outcome.TRAFFIC_ASTRAY;
      case NEITHER, UNKNOWN -> Outcome.UNCLEAR;
    };
  }

  /** Nothing of ours was ever there. */
  private static boolean untouched(DatabaseState state) {
    return state.unreachable().isEmpty() && !state.standby() && state.fence().isEmpty();
  }

  /** Whether that side takes writes; empty when that can't be relied upon. */
  private static Optional<Boolean> open(CutoverId cutover, DatabaseState state) {
    if (state.unreachable().isPresent() || state.standby() || state.fence().isEmpty()) {
      return Optional.empty();
    }
    Fence fence = state.fence().get();
    boolean ours = fence.cutover().filter(cutover::equals).isPresent();
    boolean whole = !fence.fenced() || (state.unfencedTables().isEmpty() && !fence.drill());
    return ours && whole ? Optional.of(!fence.fenced()) : Optional.empty();
  }

  private static boolean marked(DatabaseState state) {
    return state.fence().flatMap(Fence::manual).isPresent();
  }

  /** Which side everybody is sent to; neither where people of different views are not. */
  private static ServedSide served(SwitchRead read) {
    Set<ServedSide> sides = read.parts().stream().map(ViewRead::served).collect(Collectors.toSet());
    return sides.size() == 1 ? sides.iterator().next() : ServedSide.NEITHER;
  }

  private static Stream<SwitchMark> marks(SwitchRead read) {
    return read.parts().stream().flatMap(part -> part.marks().stream());
  }

  /** Whatever is there and is not a cutover's was written by a person. */
  private static boolean marked(SwitchRead read) {
    return marks(read).anyMatch(mark -> mark.cutover().isEmpty() && !mark.text().isEmpty());
  }

  /** The source's changes are kept for the target, and the target knows how far it has them. */
  private static boolean streams(DatabasesRead read) {
    return keeps(read.source()) && !read.target().streams().isEmpty();
  }

  private static boolean keeps(DatabaseState state) {
    return !state.slots().isEmpty()
        && state.slots().stream().noneMatch(slot -> slot.walStatus().equals("lost"));
  }

  private static long epoch(Optional<DatabaseState> state) {
    return state.flatMap(DatabaseState::fence).map(Fence::epoch).orElse(0L);
  }

  private static long markEpoch(SwitchRead read, CutoverId cutover) {
    return marks(read)
        .filter(mark -> mark.cutover().equals(Optional.of(cutover)))
        .mapToLong(SwitchMark::epoch)
        .max()
        .orElse(0);
  }

  private static String words(
      Optional<DatabaseState> source,
      Optional<DatabaseState> target,
      Optional<SwitchRead> traffic) {
    return String.join(
        "; ",
        Stream.of(
                source.map(state -> "source: " + words(state)),
                target.map(state -> "target: " + words(state)),
                traffic.map(read -> "traffic: " + words(read)))
            .flatMap(Optional::stream)
            .toList());
  }

  private static String words(DatabaseState state) {
    if (state.unreachable().isPresent()) {
      return state.unreachable().get();
    }
    return (state.standby() ? "a standby, " : "")
        + state.fence().map(fence -> words(fence, state.unfencedTables())).orElse("not prepared");
  }

  private static String words(Fence fence, List<String> unfenced) {
    return "%s at epoch %d since %s (%s)%s%s%s"
        .formatted(
            fence.fenced() ? "fenced" : "open",
            fence.epoch(),
            fence.at().map(Object::toString).orElse("an unknown time"),
            fence.step().orElse("by hand"),
            fence.drill() ? ", by a drill" : "",
            unfenced.isEmpty() ? "" : ", but not on " + String.join(", ", unfenced),
            fence.manual().map(Adoption::words).orElse(""));
  }

  private static String words(ManualMark mark) {
    return ", marked by %s%s"
        .formatted(
            mark.who().orElse("a person"), mark.why().map(why -> " (" + why + ")").orElse(""));
  }

  private static String words(SwitchRead read) {
    return read.parts().stream().map(Adoption::words).collect(Collectors.joining(", "));
  }

  private static String words(ViewRead part) {
    List<String> marks =
        part.marks().stream().map(SwitchMark::text).filter(t -> !t.isEmpty()).toList();
    return "%s is served%s, marks %s"
        .formatted(
            part.served().name().toLowerCase(Locale.ROOT),
            Views.in(part.view()),
            marks.isEmpty() ? "none" : marks);
  }
}
