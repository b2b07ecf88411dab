package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says what to do next towards a change, for a provider that takes one set at a time. Pure, and
 * without memory: what is stored tells how far the change has come, so a process that was killed
 * between two calls goes on where it was.
 *
 * <p>A set that is as it shall be counts as made, whoever made it. The mark comes last: while the
 * change is half made the mark that it names still stands, and the same order, or its next attempt,
 * is taken again. Only a revert writes its mark first, so that a shift under way stops at its next
 * look.
 */
public final class StepwiseChange {
  private StepwiseChange() {}

  /** What to do next. */
  public sealed interface Next {
    /** Nothing: all is as it shall be. */
    record Made() implements Next {}

    /**
     * Nothing, since the zone is not as the change expects it.
     *
     * @param found for people
     */
    record Unmet(String found) implements Next {}

    /** Create or replace this set. */
    record Write(RecordSet set) implements Next {}

    /** Delete that set. */
    record Delete(SetKey key) implements Next {}
  }

  /**
   * The next step.
   *
   * @param stored existing sets that the change names, marks included, as read a moment ago
   * @param markFirst whether the change is a revert
   */
  public static Next next(ZoneChange change, Collection<RecordSet> stored, boolean markFirst) {
    Map<SetKey, RecordSet> held = byKey(stored);
    Map<SetKey, RecordSet> wanted = byKey(change.added());
    Set<SetKey> changed = new LinkedHashSet<>(change.deleted());
    changed.addAll(wanted.keySet());
    boolean recordsMade =
        changed.stream().filter(k -> !isMark(k)).allMatch(k -> sameValues(k, held, wanted));
    Map<SetKey, RecordSet> required = byKey(change.required());
    Set<SetKey> conditions = new LinkedHashSet<>(required.keySet());
    conditions.addAll(change.absent());
    for (SetKey key : conditions) {
      boolean made =
          changed.contains(key)
              && sameValues(key, held, wanted)
              && (!isMark(key) || markFirst || recordsMade);
      if (!made && !sameValues(key, held, required)) {
        return new Next.Unmet("%s %s is %s".formatted(key.name(), key.type(), values(key, held)));
      }
    }
    return inOrder(changed, held, wanted, markFirst).stream()
        .filter(key -> !isMade(key, held, wanted))
        .findFirst()
        .<Next>map(
            key -> {
              RecordSet set = wanted.get(key);
              return set == null ? new Next.Delete(key) : new Next.Write(set);
            })
        .orElseGet(Next.Made::new);
  }

  private static List<SetKey> inOrder(
      Set<SetKey> changed,
      Map<SetKey, RecordSet> held,
      Map<SetKey, RecordSet> wanted,
      boolean markFirst) {
    List<SetKey> marks = changed.stream().filter(StepwiseChange::isMark).toList();
    List<SetKey> order = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    changed.stream().filter(k -> !isMark(k)).forEach(k -> names.add(k.name()));
    for (String name : names) {
      List<SetKey> own = changed.stream().filter(k -> k.name().equals(name)).toList();
      List<SetKey> written = own.stream().filter(wanted::containsKey).toList();
      List<SetKey> deleted = own.stream().filter(k -> !wanted.containsKey(k)).toList();
      // Deletions last, or the name is empty for a while; but an alias stands beside nothing.
      SetKey alias = new SetKey(name, RecordType.CNAME);
      boolean swap = held.containsKey(alias) != wanted.containsKey(alias);
      order.addAll(swap ? deleted : written);
      order.addAll(swap ? written : deleted);
    }
    order.addAll(markFirst ? 0 : order.size(), marks);
    return order;
  }

  private static boolean isMark(SetKey key) {
    return key.type() == RecordType.TXT && key.name().startsWith(EpochMark.LABEL);
  }

  private static boolean isMade(
      SetKey key, Map<SetKey, RecordSet> held, Map<SetKey, RecordSet> wanted) {
    RecordSet set = wanted.get(key);
    return set == null ? !held.containsKey(key) : set.equals(held.get(key));
  }

  private static boolean sameValues(
      SetKey key, Map<SetKey, RecordSet> held, Map<SetKey, RecordSet> other) {
    return values(key, held).equals(values(key, other));
  }

  private static List<String> values(SetKey key, Map<SetKey, RecordSet> sets) {
    RecordSet set = sets.get(key);
    return set == null ? List.of() : set.values();
  }

  private static Map<SetKey, RecordSet> byKey(Collection<RecordSet> sets) {
    Map<SetKey, RecordSet> byKey = new LinkedHashMap<>();
    sets.stream()
        .filter(set -> !set.values().isEmpty())
        .forEach(set -> byKey.put(new SetKey(set.name(), set.type()), set));
    return byKey;
  }
}
