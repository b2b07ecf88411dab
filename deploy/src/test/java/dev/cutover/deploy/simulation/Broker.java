package dev.cutover.deploy.simulation;

import dev.cutover.runtime.Decided;
import dev.cutover.runtime.Log;
import dev.cutover.runtime.LogException;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Partition;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TransactionalLog;
import dev.cutover.testkit.InMemoryLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The log as a service reaches it: silent at times, with outcomes that are not known. */
final class Broker {
  final InMemoryLog log;
  private final Baton baton;
  private final Weather weather;
  private Instant silentUntil = Instant.MIN;

  Broker(InMemoryLog log, Baton baton, Weather weather) {
    this.log = log;
    this.baton = baton;
    this.weather = weather;
  }

  void fallSilent(Instant until) {
    silentUntil = until;
  }

  boolean isSilent() {
    return baton.now().isBefore(silentUntil);
  }

  /** What one instance has of it. */
  final class Reached implements Log, TransactionalLog {
    final InMemoryLog.Member member;
    private final Instance owner;
    private final List<Runnable> unsent = new ArrayList<>();

    Reached(Instance owner, InMemoryLog.Member member) {
      this.owner = owner;
      this.member = member;
    }

    @Override
    public void subscribe(List<String> topics, Consumer<Set<Partition>> assigned) {
      member.subscribe(topics, assigned);
    }

    @Override
    public int partitions(String topic) {
      return member.partitions(topic);
    }

    @Override
    public boolean caughtUp(int partition) {
      return member.caughtUp(partition);
    }

    @Override
    public List<Received> poll(java.time.Duration wait) {
      owner.check();
      return isSilent() ? List.of() : member.poll(wait);
    }

    @Override
    public CompletableFuture<Void> publish(Outgoing record) {
      owner.check();
      if (!isSilent()) {
        return member.publish(record);
      }
      CompletableFuture<Void> promised = owner.promised();
      unsent.add(
          () -> {
            var _ = member.publish(record);
            promised.complete(null);
          });
      if (unsent.size() == 1) {
        baton.at(silentUntil, this::send);
      }
      return promised;
    }

    private void send() {
      if (owner.isAlive()) {
        List<Runnable> now = List.copyOf(unsent);
        unsent.clear();
        now.forEach(Runnable::run);
      }
    }

    @Override
    public void commit(Map<Partition, Long> next) {
      if (!isSilent()) {
        member.commit(next);
      }
    }

    @Override
    public void takeOver(Set<Integer> partitions, BiConsumer<Integer, List<Received>> fold) {
      owner.check();
      requireWord();
      member.takeOver(partitions, fold);
    }

    @Override
    public void commit(int partition, List<Decided> decisions) {
      owner.check();
      if (isSilent() || baton.chance(weather.commitsLost())) {
        if (baton.chance(0.5)) {
          member.commit(partition, decisions); // it happened all the same
        }
        throw new LogException("Expected to hear that it is committed, but heard nothing", null);
      }
      member.commit(partition, decisions);
    }

    private void requireWord() {
      if (isSilent()) {
        throw new LogException("Expected an answer of the log, but got none", null);
      }
    }

    @Override
    public void release(int partition) {
      member.release(partition);
    }

    @Override
    public void rejoin() {
      member.rejoin();
    }

    @Override
    public void hold(boolean on) {
      member.hold(on);
    }

    @Override
    public void wake() {
      member.wake();
    }

    @Override
    public void close() {
      member.close();
    }
  }
}
