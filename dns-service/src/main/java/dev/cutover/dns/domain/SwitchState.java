package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the primary says of all names of a switch.
 *
 * @param sets existing sets only, of every type that a switch may touch, with their stored TTL
 * @param marks by switched name, one for each
 */
public record SwitchState(List<RecordSet> sets, Map<String, EpochMark> marks) {
  public SwitchState {
    sets = sets.stream().filter(set -> !set.values().isEmpty()).toList();
    marks = Map.copyOf(marks);
  }

  /** The mark of one switched name. */
  public EpochMark mark(String name) {
    return marks.getOrDefault(name, new EpochMark.Absent());
  }

  /** The sets, and those of the marks beside them. */
  public List<RecordSet> withMarks() {
    List<RecordSet> all = new ArrayList<>(sets);
    marks.forEach(
        (name, mark) ->
            all.add(new RecordSet(EpochMark.nameFor(name), RecordType.TXT, 0, mark.values())));
    return all;
  }

  /** What of it is about the names of a part of the switch. */
  public SwitchState of(SwitchSpec part) {
    Set<String> names = part.names().stream().map(SwitchedName::name).collect(Collectors.toSet());
    Map<String, EpochMark> theirs = new LinkedHashMap<>(marks);
    theirs.keySet().retainAll(names);
    return new SwitchState(
        sets.stream().filter(set -> names.contains(set.name())).toList(), theirs);
  }

  /** Whether every name carries exactly this mark. */
  public boolean isMarked(EpochMark.Epoch wanted) {
    return marks.values().stream().allMatch(wanted::equals);
  }

  /** For people: records and marks. */
  public String describe(SwitchSpec spec) {
    Map<String, String> ordered = new LinkedHashMap<>();
    spec.names().forEach(n -> ordered.put(EpochMark.nameFor(n.name()), mark(n.name()).describe()));
    return RecordSets.describe(sets)
        + "; "
        + ordered.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", "));
  }
}
