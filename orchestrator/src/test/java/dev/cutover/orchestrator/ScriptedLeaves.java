package dev.cutover.orchestrator;

import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsReply;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Event;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.contract.MonitorCommand;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.Reply;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.UndecodableException;
import dev.cutover.orchestrator.simulation.SimulatedServices;
import dev.cutover.orchestrator.simulation.SimulatedWorld;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The four services over a real log, answering from a simulated world; TTLs are over at once. */
final class ScriptedLeaves implements AutoCloseable {
  final List<Command> seen = new CopyOnWriteArrayList<>();

  private final Wire wire;
  private final KafkaLog log;
  private final TopicFollower follower;
  private final Map<CutoverId, SimulatedServices> services = new HashMap<>();
  private final Map<CutoverId, Long> watches = new HashMap<>();
  private final Set<String> silent = new HashSet<>();
  private final AtomicLong numbers = new AtomicLong();
  private final ScheduledExecutorService heartbeat = Executors.newSingleThreadScheduledExecutor();

  ScriptedLeaves(KafkaSettings kafka, Wire wire) {
    this.wire = wire;
    this.log = KafkaLog.writer(kafka);
    this.follower =
        TopicFollower.start(
            kafka,
            Topics.COMMANDED.stream().map(wire.topics()::commands).toList(),
            false,
            this::receive);
    var _ = heartbeat.scheduleAtFixedRate(this::beat, 200, 200, TimeUnit.MILLISECONDS);
  }

  /** That step gets no answer from now on. */
  synchronized void silence(String step) {
    silent.add(step);
  }

  /** It does again, and its service says that it is a new instance. */
  synchronized void wake(String step, CutoverId cutover, String service) {
    silent.remove(step);
    int partition = wire.topics().partitionOf(cutover.value());
    say(
        new PartitionsAssigned(
            new CutoverId(wire.topics().keyOf(partition)), service, List.of(partition)));
  }

  synchronized void trigger(CutoverId cutover) {
    Instant now = Instant.now();
    say(
        new RollbackTrigger(
            cutover,
            "decision-" + numbers.incrementAndGet(),
            watches.getOrDefault(cutover, -1L),
            now,
            now,
            now.plusSeconds(60),
            "7.1 % of requests failed, 5 % are allowed.",
            List.of(
                new RollbackTrigger.BreachReason(
                    "error-rate", "requests", 1000, 71, 0.071, 0.05, 0.001, 16, 15.4, 0.0001))));
  }

  synchronized boolean watching(CutoverId cutover) {
    return watches.containsKey(cutover);
  }

  private synchronized void receive(Received received) {
    try {
      if (wire.envelope(received).message() instanceof Command command) {
        seen.add(command);
        carryOut(command);
      }
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }

  private void carryOut(Command command) {
    if (silent.contains(command.header().step().step())) {
      return;
    }
    Reply reply =
        services
            .computeIfAbsent(command.cutover(), _ -> new SimulatedServices(new SimulatedWorld()))
            .handle(command, Instant.now());
    if (command instanceof MonitorCommand.WatchHealth) {
      watches.put(command.cutover(), command.header().epoch());
    } else if (command instanceof MonitorCommand.StopWatching) {
      watches.remove(command.cutover());
    }
    say(
        switch (reply) {
          case DnsReply.TtlLowered r ->
              new DnsReply.TtlLowered(r.step(), 0, 0, r.lastAuthorityAt(), List.of());
          case DnsReply.TrafficVerified r ->
              new DnsReply.TrafficVerified(r.step(), r.side(), r.lastAuthorityAt(), 0, List.of());
          case Reply r -> r;
        });
  }

  private synchronized void beat() {
    watches.forEach(
        (cutover, epoch) ->
            say(
                new HealthReported(
                    cutover,
                    epoch,
                    HealthVerdict.HEALTHY,
                    "as before",
                    SideHealth.UNKNOWN,
                    SideHealth.UNKNOWN)));
  }

  private void say(Event event) {
    long number = numbers.incrementAndGet();
    var _ =
        log.publish(
            wire.outgoing(
                new Envelope<>(
                    "leaf/" + number, "/test/leaf", Instant.now(), "", number, false, event)));
  }

  @Override
  public void close() {
    heartbeat.shutdownNow();
    follower.close();
    log.close();
  }
}
