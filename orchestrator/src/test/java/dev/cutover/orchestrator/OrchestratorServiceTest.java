package dev.cutover.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Event;
import dev.cutover.contract.Message;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.ProgrammeStatus;
import dev.cutover.contract.Request;
import dev.cutover.contract.UndecodableException;
import dev.cutover.orchestrator.simulation.SimulatedServices;
import dev.cutover.orchestrator.simulation.SimulatedWorld;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class OrchestratorServiceTest {
  private static final CutoverId ID = new CutoverId("shop");
  private static final int PARTITION = 0;

  private final Topics topics = new Topics("t", 1, 1, 1);
  private final Wire wire = new Wire(topics);
  private final OrchestratorService service = new OrchestratorService(wire);
  private final SimulatedServices leaves = new SimulatedServices(new SimulatedWorld());
  private final List<Outgoing> journal = new ArrayList<>();
  private Instant now = Instant.parse("2026-12-01T02:00:00Z");
  private long offset;

  private Received received(Outgoing record) {
    return new Received(
        record.topic(),
        PARTITION,
        offset++,
        now,
        Optional.of(record.key()),
        record.value(),
        record.headers());
  }

  private Received received(Message message) {
    return received(
        wire.outgoing(new Envelope<>("m" + offset, "/test", now, "", offset, false, message)));
  }

  private List<Outgoing> take(List<Outgoing> records) {
    records.stream().filter(r -> r.topic().equals(topics.journal())).forEach(journal::add);
    return records;
  }

  private List<Outgoing> start() {
    return take(
        service.onRecord(
            received(
                new Request.StartCutover(ID, "start", "ana", OrchestratorFixture.plan("shop"))),
            now,
            true));
  }

  private List<Message> messages(List<Outgoing> records) {
    List<Message> messages = new ArrayList<>();
    for (Outgoing record : records) {
      if (record.headers().containsKey("ce_specversion")) {
        try {
          messages.add(
              new MessageCodec().envelope(record.headers(), record.value().bytes()).message());
        } catch (UndecodableException e) {
          throw new AssertionError(e);
        }
      }
    }
    return messages;
  }

  /** Answers all orders until none is left. */
  private void settle(List<Outgoing> first) {
    Deque<Message> orders = new ArrayDeque<>(messages(first));
    while (!orders.isEmpty()) {
      if (orders.remove() instanceof Command command) {
        Event reply = leaves.handle(command, now);
        orders.addAll(messages(take(service.onRecord(received(reply), now, true))));
      }
    }
  }

  @Test
  void shouldWriteJournalBeforeOrdersAndStatusLastWhenItDecides() {
    // when
    List<Outgoing> records = start();
    // then
    assertThat(records.getFirst().topic()).isEqualTo("t.journal");
    assertThat(records.getLast().topic()).isEqualTo("t.status");
    assertThat(records.stream().map(Outgoing::topic).distinct())
        .containsExactly(
            "t.journal",
            "t.dns.commands",
            "t.sync.commands",
            "t.monitor.commands",
            "t.events",
            "t.status");
    assertThat(records).allSatisfy(record -> assertThat(record.key()).isEqualTo("shop"));
    assertThat(messages(records)).filteredOn(Command.class::isInstance).hasSize(3);
  }

  @Test
  void shouldStartAMemberByARequestAndHearOfItUnderTheProgrammesKey() {
    // when
    List<Outgoing> started =
        service.onRecord(
            received(
                new Request.StartProgramme(
                    new CutoverId("services"),
                    "start",
                    "ana",
                    OrchestratorFixture.programme("services", "shop"))),
            now,
            true);

    // then
    Outgoing request =
        started.stream().filter(r -> r.topic().equals("t.requests")).findFirst().orElseThrow();
    assertThat(request.key()).isEqualTo("shop");
    List<Outgoing> planned = service.onRecord(received(request), now, true);
    Outgoing told =
        planned.stream()
            .filter(r -> r.headers().getOrDefault("ce_type", "").contains("member-progressed"))
            .findFirst()
            .orElseThrow();
    assertThat(told.key()).isEqualTo("services");
    assertThat(messages(service.onRecord(received(told), now, true)))
        .filteredOn(ProgrammeStatus.class::isInstance)
        .singleElement()
        .extracting(status -> ((ProgrammeStatus) status).members().getFirst().state())
        .isEqualTo("running");
    assertThat(service.onRecord(received(request), now, true))
        .as("the same request again has no effect")
        .isEmpty();
  }

  @Test
  void shouldDecideAlikeWhenItWasRestoredFromItsJournal() {
    // given
    settle(start());
    OrchestratorService next = new OrchestratorService(wire);
    next.restore(PARTITION, journal.stream().map(this::received).toList());
    assertThat(next.restored(PARTITION, now)).contains(now);
    Instant due = service.nextDue(PARTITION).orElseThrow();
    // when, then
    assertThat(next.nextDue(PARTITION)).contains(due);
    assertThat(next.onTimer(PARTITION, due, true)).isEqualTo(service.onTimer(PARTITION, due, true));
    Received resume = received(new Request.Hold(ID, "r", "ana", "why"));
    assertThat(next.onRecord(resume, due, true))
        .isEqualTo(service.onRecord(resume, due, true))
        .isNotEmpty();
  }

  private static Outgoing with(Outgoing record, Payload value) {
    return new Outgoing(record.topic(), record.key(), value, record.headers());
  }

  @Test
  void shouldDecideOnAllOthersWhenTheJournalOfOneIsDamaged() {
    // given
    settle(start());
    Outgoing third = journal.get(2);
    List<List<Outgoing>> damaged =
        List.of(
            List.of(journal.get(1)),
            List.of(with(journal.getFirst(), Payload.of("{}"))),
            List.of(journal.get(0), journal.get(1), journal.get(1)),
            List.of(
                journal.get(0),
                with(
                    journal.get(1),
                    Payload.of(journal.get(1).value().text().replace("02:0", "03:0"))),
                third));
    for (List<Outgoing> records : damaged) {
      OrchestratorService next = new OrchestratorService(wire);
      // when
      next.restore(PARTITION, records.stream().map(this::received).toList());
      next.restored(PARTITION, now);
      // then
      List<Outgoing> toDamaged =
          next.onRecord(received(new Request.Hold(ID, "r", "ana", "why")), now, true);
      assertThat(toDamaged).extracting(Outgoing::topic).containsExactly(topics.deadLetters());
      assertThat(toDamaged.getFirst().value().text())
          .contains("the journal is damaged at t.journal/0/");
      assertThat(next.nextDue(PARTITION)).isEmpty();
      assertThat(next.known(PARTITION, ID)).isEmpty();
      assertThat(
              next.onRecord(
                  received(new Outgoing("t.events", "shop", Payload.of("no"), Map.of())),
                  now,
                  true))
          .extracting(Outgoing::topic)
          .containsExactly(topics.deadLetters());
      // and
      CutoverId other = new CutoverId("other");
      assertThat(
              next.onRecord(
                  received(
                      new Request.StartCutover(
                          other, "start", "ana", OrchestratorFixture.plan("other"))),
                  now,
                  true))
          .extracting(Outgoing::topic)
          .contains("t.journal", "t.status");
    }
  }

  /** A cutover that people gave up: nothing of it is under way. */
  private void abandon() {
    settle(start());
    settle(
        take(
            service.onRecord(
                received(new Request.Abandon(ID, "a", "ana", "not this year")), now, true)));
    assertThat(journal.getLast().headers()).containsKey("rests");
  }

  @Test
  void shouldReadTheJournalOfACutoverThatRestsOnlyWhenItIsNeeded() {
    // given
    abandon();
    OrchestratorService next = new OrchestratorService(wire);
    next.restore(PARTITION, journal.stream().map(this::received).toList());
    // when
    assertThat(next.restored(PARTITION, now)).contains(now);
    // then
    assertThat(next.nextDue(PARTITION)).contains(now.plusSeconds(30));
    Received hold = received(new Request.Hold(ID, "r", "ana", "why"));
    assertThat(next.onRecord(hold, now, true))
        .isEqualTo(service.onRecord(hold, now, true))
        .isNotEmpty();
    assertThat(next.nextDue(PARTITION)).isEqualTo(service.nextDue(PARTITION));
  }

  @Test
  void shouldFindDamageInTheJournalOfACutoverThatRestsWithoutBeingAsked() {
    // given
    abandon();
    journal.remove(3);
    OrchestratorService next = new OrchestratorService(wire);
    next.restore(PARTITION, journal.stream().map(this::received).toList());
    next.restored(PARTITION, now);
    // when
    Instant due = next.nextDue(PARTITION).orElseThrow();
    List<Outgoing> records = next.onTimer(PARTITION, due, true);
    // then
    assertThat(records).isEmpty();
    assertThat(next.nextDue(PARTITION)).isEmpty();
    assertThat(next.onRecord(received(new Request.Hold(ID, "r", "ana", "why")), due, true))
        .extracting(Outgoing::topic)
        .containsExactly(topics.deadLetters());
  }

  @Test
  void shouldReadAJournalAtOnceWhenSomethingIsUnderWayAgain() {
    // given a record behind the one that says that it rests
    abandon();
    Outgoing last = journal.removeLast();
    journal.add(new Outgoing(last.topic(), last.key(), last.value(), Map.of()));
    OrchestratorService next = new OrchestratorService(wire);
    next.restore(PARTITION, journal.stream().map(this::received).toList());
    // when
    next.restored(PARTITION, now);
    // then
    assertThat(next.nextDue(PARTITION)).isEqualTo(service.nextDue(PARTITION));
  }

  @Test
  void shouldPublishTheHashOfTheLastEntryWhenItDecides() {
    // when
    List<Outgoing> records = start();
    // then
    CutoverStatus status = (CutoverStatus) messages(records).getLast();
    assertThat(status.journalHead()).isEqualTo(journal.getLast().value().sha256());
    assertThat(status.sequence()).isEqualTo(journal.size());
  }

  @Test
  @Tag("F7")
  void shouldDoNothingAtAllWhenAMessageComesAgain() {
    // given
    Received request =
        received(new Request.StartCutover(ID, "start", "ana", OrchestratorFixture.plan("shop")));
    List<Outgoing> first = take(service.onRecord(request, now, true));
    settle(first);
    // when, then
    assertThat(service.onRecord(request, now, true)).isEmpty();
    for (Message message : messages(first)) {
      if (message instanceof Command command) {
        assertThat(service.onRecord(received(leaves.handle(command, now)), now, true)).isEmpty();
      }
    }
  }

  @Test
  void shouldSendUnansweredAndStandingOrdersAgainWhenAServiceStartsAnew() {
    // given
    settle(start());
    // when
    List<Message> sync =
        messages(
            service.onRecord(
                received(new PartitionsAssigned(new CutoverId("partition-0"), "sync", List.of(0))),
                now,
                true));
    // then
    assertThat(sync)
        .extracting(message -> ((Command) message).header().step().step())
        .containsExactlyInAnyOrder("watch-schema", "start-forward-sync", "start-reverse-sync");
    assertThat(sync)
        .extracting(message -> ((Command) message).header().step().attempt())
        .containsOnly(1);
  }

  @Test
  void shouldRefuseWithAllFaultsWhenThePlanInARequestIsFaulty() {
    // when
    List<Outgoing> records =
        service.onRecord(
            received(new Request.StartCutover(ID, "faulty", "ana", "cutover: shop\nmore: 1\n")),
            now,
            true);
    // then
    assertThat(records).singleElement().extracting(Outgoing::topic).isEqualTo("t.journal");
    assertThat(records.getFirst().value().text())
        .contains("saga.request-refused.v1", "approvers", "found 'more'");
    assertThat(messages(records)).noneMatch(CutoverStatus.class::isInstance);
    // and the name is still free
    assertThat(start()).isNotEmpty();
  }

  @Test
  void shouldNotSpinWhenADueDeadlineLeadsToNothing() {
    // given
    settle(start());
    Instant end = now.plus(Duration.ofHours(2));
    for (int n = 0; n < 1_000; n++) {
      Instant due = service.nextDue(PARTITION).orElse(end);
      if (!due.isBefore(end)) {
        return;
      }
      // when
      now = due.isAfter(now) ? due : now;
      List<Outgoing> records = take(service.onTimer(PARTITION, now, true));
      // then
      if (records.isEmpty()) {
        assertThat(service.nextDue(PARTITION).orElseThrow()).isAfter(now);
      }
      settle(records);
    }
    throw new AssertionError(
        "Expected time to pass from deadline to deadline, but it stands still");
  }
}
