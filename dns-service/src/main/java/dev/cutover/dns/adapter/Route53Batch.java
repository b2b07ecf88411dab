package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordSet;
import dev.cutover.dns.domain.ZoneChange;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * Writes a conditional change as a batch of Route 53, which is made whole or not at all. The API
 * has no conditions: DELETE, which fails unless every value and the TTL are exactly those stored,
 * and CREATE, which fails if the set is there, are the conditions. What is absent and is not
 * created either has no guard but {@link ZoneChange#unmet}: the API can't make it a condition.
 * Pure.
 */
final class Route53Batch {
  private Route53Batch() {}

  /**
   * The change of what is stored. Sets that must be there and stay are deleted and created as they
   * are: so they are a condition, and nothing of them changes.
   */
  static List<Change> of(ZoneChange change, List<ResourceRecordSet> stored) {
    Set<SetKey> deleted = new HashSet<>(change.deleted());
    Set<SetKey> required = new HashSet<>();
    change.required().forEach(set -> required.add(new SetKey(set.name(), set.type())));
    List<Change> changes = new ArrayList<>();
    List<Change> creations = new ArrayList<>();
    for (ResourceRecordSet set : stored) {
      Optional<SetKey> key = Route53Records.keyOf(set);
      if (key.filter(deleted::contains).isPresent()) {
        changes.add(change(ChangeAction.DELETE, set));
      } else if (key.filter(required::contains).isPresent()) {
        changes.add(change(ChangeAction.DELETE, set));
        creations.add(change(ChangeAction.CREATE, set));
      }
    }
    for (RecordSet set : change.added()) {
      Route53Records.toStored(set)
          .forEach(created -> creations.add(change(ChangeAction.CREATE, created)));
    }
    changes.addAll(targetsFirst(creations, Change::resourceRecordSet));
    return changes;
  }

  /**
   * The same, each alias behind what it is an alias of: Route 53 takes none whose target is not
   * there yet.
   */
  static <T> List<T> targetsFirst(List<T> given, Function<T, ResourceRecordSet> set) {
    List<ResourceRecordSet> all = given.stream().map(set).toList();
    return given.stream()
        .sorted(Comparator.comparingInt(one -> depth(set.apply(one), all)))
        .toList();
  }

  /** How many of these it leads over; a circle, which there can't be, ends as well. */
  private static int depth(ResourceRecordSet set, List<ResourceRecordSet> all) {
    int depth = 0;
    Optional<ResourceRecordSet> next = Optional.of(set);
    while (next.isPresent() && next.get().aliasTarget() != null && depth <= all.size()) {
      String target = Route53Records.normalName(next.get().aliasTarget().dnsName());
      String type = next.get().typeAsString();
      next =
          all.stream()
              .filter(other -> other.typeAsString().equals(type))
              .filter(other -> Route53Records.normalName(other.name()).equals(target))
              .findFirst();
      depth++;
    }
    return depth;
  }

  /**
   * Deletes what is known to be absent, and creates it again: refused as a whole, after the right
   * to do it was looked at. Taken, against all expectation, it would change nothing either.
   */
  static List<Change> trial(List<RecordSet> absent) {
    List<Change> changes = new ArrayList<>();
    for (RecordSet set : absent) {
      for (ResourceRecordSet stored : Route53Records.toStored(set)) {
        changes.add(change(ChangeAction.DELETE, stored));
        changes.add(change(ChangeAction.CREATE, stored));
      }
    }
    return changes;
  }

  private static Change change(ChangeAction action, ResourceRecordSet set) {
    return Change.builder().action(action).resourceRecordSet(set).build();
  }
}
