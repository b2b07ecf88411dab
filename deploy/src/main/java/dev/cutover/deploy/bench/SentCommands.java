package dev.cutover.deploy.bench;

import dev.cutover.contract.Command;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.StepRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Every command that was seen on a topic, and whether one was there more often than it may be.
 *
 * <p>An attempt at a step is decided upon once, so all its commands have one epoch. The same
 * command is sent again only to a service that says that it has the partition anew, since what the
 * instance before it knew is gone: the orchestrator's own outbound service ends with it. Each
 * further copy needs such a word.
 *
 * <p>Safe for use by many threads.
 */
final class SentCommands {
  private final Map<StepRef, List<Sent>> sent = new HashMap<>();
  private final Map<Place, Integer> assignments = new HashMap<>();

  private record Place(String service, int partition) {}

  private record Sent(Place place, long epoch, String type) {}

  /** Takes a command that was read from the topic of a service. */
  synchronized void saw(String service, int partition, Command command) {
    CommandHeader header = command.header();
    sent.computeIfAbsent(header.step(), _ -> new ArrayList<>())
        .add(
            new Sent(
                new Place(service, partition), header.epoch(), command.getClass().getSimpleName()));
  }

  /** Takes a service's word that it has partitions of its topic from now on. */
  synchronized void saw(PartitionsAssigned assigned) {
    for (int partition : assigned.partitions()) {
      assignments.merge(new Place(assigned.service(), partition), 1, Integer::sum);
    }
  }

  /** How many attempts at steps were sent. */
  synchronized int count() {
    return sent.size();
  }

  /** Attempts that were decided upon more than once: their commands have several epochs. */
  synchronized List<String> decidedTwice() {
    return told(copies -> copies.stream().map(Sent::epoch).distinct().count() > 1);
  }

  /** Attempts that were sent again although no new instance had to be told. */
  synchronized List<String> sentUnasked() {
    // The first assignment of a partition is the start of the service, before which nothing is
    // sent: n of them account for n - 1 further copies.
    return told(
        copies -> copies.size() > Math.max(1, assignments.getOrDefault(copies.get(0).place, 0)));
  }

  /** Attempts that a new instance of their service was told again, which they may be. */
  synchronized List<String> toldAgain() {
    List<String> unasked = sentUnasked();
    return told(copies -> copies.size() > 1).stream()
        .filter(step -> !unasked.contains(step))
        .toList();
  }

  private List<String> told(Predicate<List<Sent>> wanted) {
    return sent.entrySet().stream()
        .filter(entry -> wanted.test(entry.getValue()))
        .map(
            entry ->
                entry.getKey()
                    + " ("
                    + entry.getValue().stream()
                        .map(copy -> copy.type + " to " + copy.place.service + " of " + copy.epoch)
                        .collect(Collectors.joining(", "))
                    + ")")
        .sorted()
        .toList();
  }
}
