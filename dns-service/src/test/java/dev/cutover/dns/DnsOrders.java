package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.Event;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.Reply;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.dns.domain.TxtAffix;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Gives a dns-service orders as the orchestrator does, and keeps what it says meanwhile. */
public abstract class DnsOrders {
  private static final Duration WITHIN = Duration.ofSeconds(20);

  final List<Event> said = new CopyOnWriteArrayList<>();
  private final CutoverId cutover;

  /**
   * @param cutover whose orders they are, unless a header says otherwise
   */
  DnsOrders(String cutover) {
    this.cutover = new CutoverId(cutover);
  }

  /** Who carries them out. */
  abstract DnsService service();

  protected final CommandHeader header(long epoch) {
    return header(epoch, WITHIN);
  }

  protected final CommandHeader header(long epoch, Duration within) {
    return header(cutover, epoch, within);
  }

  protected final CommandHeader header(CutoverId other, long epoch) {
    return header(other, epoch, WITHIN);
  }

  private static CommandHeader header(CutoverId cutover, long epoch, Duration within) {
    return new CommandHeader(
        new StepRef(cutover, "step-" + epoch, 1), epoch, Instant.now().plus(within));
  }

  protected Reply handle(DnsCommand command) {
    try {
      return service().handle(command, said::add);
    } catch (InterruptedException e) {
      throw new AssertionError("Expected an answer, but the test was interrupted", e);
    }
  }

  /** The answer to an order that has to be carried out. */
  final <T extends Reply> T done(DnsCommand command, Class<T> reply) {
    Reply got = handle(command);
    assertThat(got).isInstanceOf(reply);
    return reply.cast(got);
  }

  protected static void assertFailed(Reply reply, FailureKind kind, String words) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            StepFailed.class,
            failed -> {
              assertThat(failed.failure().reason()).contains(words);
              assertThat(failed.failure().kind()).isEqualTo(kind);
            });
  }

  /** Waits until a watch has seen that. */
  final RecordsObserved awaitSeen(Predicate<RecordsObserved> wanted) {
    return await()
        .until(
            () ->
                said.stream()
                    .filter(RecordsObserved.class::isInstance)
                    .map(RecordsObserved.class::cast)
                    .filter(wanted)
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  final RecordsObserved awaitSeen(Verdict verdict, long markEpoch) {
    return awaitSeen(seen -> seen.verdict() == verdict && seen.markEpoch() == markEpoch);
  }

  /** Changes by themselves, without the service. */
  static SingleChanges singleChanges(TrafficSwitch offered, DnsQueries queries, AllowList allowed) {
    return new SingleChanges(
        offered,
        queries,
        new Suitability(allowed, offered),
        List.of(TxtAffix.NONE),
        InstantSource.system(),
        Pace.MACHINE,
        new ArrayDeque<>());
  }
}
