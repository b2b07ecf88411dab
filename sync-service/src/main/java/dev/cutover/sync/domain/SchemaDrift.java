package dev.cutover.sync.domain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Says how a schema differs from what it was. Pure. */
public final class SchemaDrift {
  private SchemaDrift() {}

  /** One sentence for each difference, sorted; of a subject that came or went only that. */
  public static List<String> between(Collection<SchemaFact> before, Collection<SchemaFact> now) {
    Map<String, Map<String, String>> then = bySubject(before);
    Map<String, Map<String, String>> there = bySubject(now);
    Set<String> subjects = new TreeSet<>(then.keySet());
    subjects.addAll(there.keySet());
    List<String> drifts = new ArrayList<>();
    for (String subject : subjects) {
      if (!then.containsKey(subject)) {
        drifts.add(subject + " added");
      } else if (!there.containsKey(subject)) {
        drifts.add(subject + " dropped");
      } else {
        compare(subject, then.get(subject), there.get(subject), drifts);
      }
    }
    return drifts;
  }

  private static Map<String, Map<String, String>> bySubject(Collection<SchemaFact> facts) {
    Map<String, Map<String, String>> subjects = new TreeMap<>();
    for (SchemaFact fact : facts) {
      subjects
          .computeIfAbsent(fact.subject(), _ -> new TreeMap<>())
          .put(fact.part(), fact.definition());
    }
    return subjects;
  }

  private static void compare(
      String subject, Map<String, String> then, Map<String, String> there, List<String> drifts) {
    Set<String> parts = new TreeSet<>(then.keySet());
    parts.addAll(there.keySet());
    for (String part : parts) {
      String what = part.isEmpty() ? subject : subject + ": " + part;
      String old = then.get(part);
      String definition = there.get(part);
      if (old == null) {
        drifts.add("%s %s added".formatted(what, definition));
      } else if (definition == null) {
        drifts.add("%s %s dropped".formatted(what, old));
      } else if (!old.equals(definition)) {
        drifts.add("%s changed from %s to %s".formatted(what, old, definition));
      }
    }
  }
}
