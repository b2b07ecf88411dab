package dev.cutover.validator.domain;

import dev.cutover.contract.SystemCheck.Instances;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Judges the instances of an application. Pure. */
public final class InstanceJudge {
  private InstanceJudge() {}

  /**
   * One instance.
   *
   * @param counted whether it is one of those that are looked at, and not of the other side
   * @param trouble why it is not healthy; empty when it is
   * @param asked false when it could not be asked for a reason of the checker's own
   * @param values by JSON pointer, those that all should share; a missing one is left out
   */
  public record Seen(
      String address,
      boolean counted,
      boolean asked,
      Optional<String> trouble,
      Map<String, String> values) {
    public Seen {
      values = Map.copyOf(values);
    }
  }

  /** Whether there are enough, all healthy, and all alike. */
  public static Verdict judge(Instances check, List<Seen> instances) {
    List<String> evidence = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    List<String> open = new ArrayList<>();
    long counted = instances.stream().filter(Seen::counted).count();
    if (counted < check.atLeast()) {
      faults.add("Expected %d instances or more, but found %d".formatted(check.atLeast(), counted));
    }
    for (Seen one : instances) {
      evidence.add(
          "%s%s: %s"
              .formatted(
                  one.address,
                  one.counted ? "" : " (other side)",
                  one.trouble.orElseGet(() -> one.values.isEmpty() ? "there" : told(one))));
      if (one.trouble.isPresent()) {
        (one.asked && one.counted ? faults : open).add(one.address + ": " + one.trouble.get());
      }
    }
    for (String pointer : check.same()) {
      alike(pointer, instances, faults, open);
    }
    if (!faults.isEmpty()) {
      return new Verdict.Mismatch(String.join("; ", faults), evidence);
    }
    if (!open.isEmpty()) {
      return new Verdict.Inconclusive(String.join("; ", open), evidence);
    }
    return new Verdict.Match("%d instances are as required".formatted(counted), evidence);
  }

  private static String told(Seen one) {
    return new TreeMap<>(one.values).toString();
  }

  private static void alike(
      String pointer, List<Seen> instances, List<String> faults, List<String> open) {
    SortedMap<String, SortedSet<String>> byValue = new TreeMap<>();
    for (Seen one : instances) {
      if (one.trouble.isPresent()) {
        continue;
      }
      String value = one.values.get(pointer);
      if (value == null) {
        open.add("%s says nothing at %s".formatted(one.address, pointer));
      } else {
        byValue.computeIfAbsent(value, _ -> new TreeSet<>()).add(one.address);
      }
    }
    if (byValue.size() > 1) {
      List<String> parts = new ArrayList<>();
      byValue.forEach(
          (value, addresses) ->
              parts.add(
                  "%s at %s".formatted(JsonJudge.shown(value), String.join(", ", addresses))));
      faults.add(
          "Expected the same %s at all instances, but found %s"
              .formatted(pointer, String.join(" and ", parts)));
    }
  }
}
