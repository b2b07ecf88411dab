package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Computes the exact change for each operation on a switch, prerequisites included. Pure; expects
 * normal sets ({@link RecordSets}).
 */
public final class RecordChangePlanner {
  /** Nobody caches a mark for long: people read it with {@code dig}, the service at the primary. */
  private static final int MARK_TTL_SECONDS = 5;

  private RecordChangePlanner() {}

  /**
   * Writes the mark of a stage, unless it is there; proves the right to every later change without
   * making one.
   */
  public static ZoneChange stage(SwitchSpec spec, SwitchState found, EpochMark.Epoch mark) {
    ZoneChange change = found.isMarked(mark) ? guardMarks(spec, found) : marked(spec, found, mark);
    return new ZoneChange(
        exactly(spec, found),
        change.absent(),
        change.deleted(),
        withdrawn(spec, found),
        change.added());
  }

  /** Proves the right to a revert without making one: withdraws what is not there. */
  public static ZoneChange probe(SwitchSpec spec, SwitchState found) {
    ZoneChange guarded = guardMarks(spec, found);
    List<RecordSet> withdrawn = new ArrayList<>(withdrawn(spec, found));
    spec.names().forEach(name -> withdrawn.add(markSet(name, "\"cutover-probe\"")));
    return new ZoneChange(guarded.required(), guarded.absent(), List.of(), withdrawn, List.of());
  }

  private static List<RecordSet> withdrawn(SwitchSpec spec, SwitchState found) {
    List<RecordSet> withdrawn = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      for (RecordType type : changeableTypes(name, found.sets())) {
        absentValue(name, type, found)
            .map(value -> new RecordSet(name.name(), type, 0, List.of(value)))
            .ifPresent(withdrawn::add);
      }
    }
    return withdrawn;
  }

  /**
   * That part of the traffic moves, if the zone is exactly as expected.
   *
   * @param from the sets that must be there
   * @param expected the mark that must be there
   * @param mark the mark that is written with it
   */
  public static ZoneChange shift(
      SwitchSpec spec,
      List<RecordSet> from,
      int weightPercent,
      EpochMark.Epoch expected,
      EpochMark.Epoch mark) {
    return shift(spec, from, weightPercent, expected, mark.text());
  }

  /** The whole shift as it is shown to people before anybody has decided on it. */
  public static ZoneChange forecast(SwitchSpec spec, EpochMark.Epoch staged) {
    return shift(
        spec,
        spec.at(0),
        100,
        staged,
        "\"epoch=<of the shift> cutover=%s\"".formatted(staged.cutover()));
  }

  private static ZoneChange shift(
      SwitchSpec spec,
      List<RecordSet> from,
      int weightPercent,
      EpochMark.Epoch expected,
      String newMark) {
    List<RecordSet> required = new ArrayList<>(from);
    List<SetKey> absent = new ArrayList<>();
    List<SetKey> deleted = new ArrayList<>();
    List<RecordSet> added = new ArrayList<>(spec.served(weightPercent));
    for (SwitchedName name : spec.names()) {
      String markName = EpochMark.nameFor(name.name());
      for (RecordType type : RecordSets.typesOf(name)) {
        SetKey key = new SetKey(name.name(), type);
        boolean present = !RecordSets.valuesOf(from, name.name(), type).isEmpty();
        (present ? deleted : absent).add(key);
      }
      required.add(markSet(name, expected.text()));
      deleted.add(new SetKey(markName, RecordType.TXT));
      added.add(markSet(name, newMark));
    }
    return new ZoneChange(required, absent, deleted, List.of(), added);
  }

  /**
   * The source's sets come back whatever is there, if the marks are still as found. Only the marks
   * are written when the records are at the source already: a shift may be under way.
   */
  public static ZoneChange revert(SwitchSpec spec, SwitchState found, EpochMark.Epoch mark) {
    ZoneChange marks = marked(spec, found, mark);
    if (isAtSource(spec, found)) {
      return marks;
    }
    List<SetKey> deleted = new ArrayList<>(marks.deleted());
    List<RecordSet> added = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      changeableTypes(name, found.sets())
          .forEach(type -> deleted.add(new SetKey(name.name(), type)));
    }
    added.addAll(spec.served(Side.SOURCE));
    added.addAll(marks.added());
    return new ZoneChange(marks.required(), marks.absent(), deleted, List.of(), added);
  }

  /** Whether all of the traffic is at the source; a weighted switch may not be prepared yet. */
  public static boolean isAtSource(SwitchSpec spec, SwitchState found) {
    return RecordSets.sameValues(found.sets(), spec.at(0))
        || RecordSets.sameValues(found.sets(), spec.plain(Side.SOURCE));
  }

  /**
   * The revert that a person can make when nothing of this product runs: without conditions, and
   * with a mark that makes every service refuse orders from then on.
   */
  public static ZoneChange breakGlass(SwitchSpec spec) {
    List<SetKey> deleted = new ArrayList<>();
    List<RecordSet> added = new ArrayList<>(spec.served(Side.SOURCE));
    for (SwitchedName name : spec.names()) {
      changeableTypes(name, List.of()).forEach(type -> deleted.add(new SetKey(name.name(), type)));
      deleted.add(new SetKey(EpochMark.nameFor(name.name()), RecordType.TXT));
      added.add(markSet(name, EpochMark.MANUAL));
    }
    return new ZoneChange(List.of(), List.of(), deleted, List.of(), added);
  }

  /** Takes the mark of {@link #breakGlass} away again, and no other: services take orders then. */
  public static ZoneChange liftMark(SwitchSpec spec) {
    List<RecordSet> required = new ArrayList<>();
    List<SetKey> deleted = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      required.add(markSet(name, EpochMark.MANUAL));
      deleted.add(new SetKey(EpochMark.nameFor(name.name()), RecordType.TXT));
    }
    return new ZoneChange(required, List.of(), deleted, List.of(), List.of());
  }

  /**
   * The same values with other TTLs, if values and marks are still as found. Marks stay.
   *
   * @param wanted the sets as they shall be; those that are served so already are left alone
   */
  public static ZoneChange retime(
      SwitchSpec spec, SwitchState found, Collection<RecordSet> wanted) {
    return retime(found, wanted, guardMarks(spec, found));
  }

  /** As {@link #retime(SwitchSpec, SwitchState, Collection)}, and writes the marks with it. */
  public static ZoneChange retime(
      SwitchSpec spec, SwitchState found, Collection<RecordSet> wanted, EpochMark.Epoch mark) {
    return retime(found, wanted, marked(spec, found, mark));
  }

  private static ZoneChange retime(
      SwitchState found, Collection<RecordSet> wanted, ZoneChange marks) {
    List<RecordSet> required = new ArrayList<>(marks.required());
    required.addAll(found.sets());
    List<SetKey> deleted = new ArrayList<>(marks.deleted());
    List<RecordSet> added = new ArrayList<>(marks.added());
    for (RecordSet set : wanted) {
      if (!found.sets().contains(set)) {
        deleted.add(new SetKey(set.name(), set.type()));
        added.add(set);
      }
    }
    return new ZoneChange(required, marks.absent(), deleted, List.of(), added);
  }

  private static List<RecordSet> exactly(SwitchSpec spec, SwitchState found) {
    List<RecordSet> required = new ArrayList<>(found.sets());
    required.addAll(guardMarks(spec, found).required());
    return required;
  }

  private static ZoneChange guardMarks(SwitchSpec spec, SwitchState found) {
    List<RecordSet> required = new ArrayList<>();
    List<SetKey> absent = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      List<String> values = found.mark(name.name()).values();
      String markName = EpochMark.nameFor(name.name());
      if (values.isEmpty()) {
        absent.add(new SetKey(markName, RecordType.TXT));
      } else {
        required.add(new RecordSet(markName, RecordType.TXT, 0, values));
      }
    }
    return new ZoneChange(required, absent, List.of(), List.of(), List.of());
  }

  /** Writes the marks alone, if they are still as found. */
  public static ZoneChange marked(SwitchSpec spec, SwitchState found, EpochMark.Epoch mark) {
    ZoneChange guarded = guardMarks(spec, found);
    List<SetKey> deleted = new ArrayList<>();
    List<RecordSet> added = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      deleted.add(new SetKey(EpochMark.nameFor(name.name()), RecordType.TXT));
      added.add(markSet(name, mark.text()));
    }
    return new ZoneChange(guarded.required(), guarded.absent(), deleted, List.of(), added);
  }

  /** The set that carries a mark. */
  public static RecordSet markSet(SwitchedName name, String text) {
    return new RecordSet(
        EpochMark.nameFor(name.name()), RecordType.TXT, MARK_TTL_SECONDS, List.of(text));
  }

  /** Only what is there or may come: a key may hold no right to types that the plan never names. */
  private static Set<RecordType> changeableTypes(SwitchedName name, List<RecordSet> found) {
    Set<RecordType> types = new LinkedHashSet<>();
    for (RecordType type : RecordSets.typesOf(name)) {
      boolean known =
          !RecordSets.valuesOf(name.source(), name.name(), type).isEmpty()
              || !RecordSets.valuesOf(name.target(), name.name(), type).isEmpty()
              || !RecordSets.valuesOf(found, name.name(), type).isEmpty();
      if (known) {
        types.add(type);
      }
    }
    return types;
  }

  /** A documentation address (RFC 5737, RFC 3849) or reserved name that is not in the set. */
  private static Optional<String> absentValue(
      SwitchedName name, RecordType type, SwitchState found) {
    List<String> candidates =
        switch (type) {
          case A -> List.of("192.0.2.255", "198.51.100.255");
          case AAAA -> List.of("2001:db8:0:0:0:0:0:ffff", "2001:db8:0:0:0:0:0:fffe");
          case CNAME -> List.of("cutover-probe.invalid.", "cutover-probe2.invalid.");
          case HTTPS -> List.of("0 cutover-probe.invalid.", "0 cutover-probe2.invalid.");
          case TXT -> List.of("\"cutover-probe\"", "\"cutover-probe2\"");
          case SERVER -> List.of(); // no record
        };
    List<String> stored = RecordSets.valuesOf(found.sets(), name.name(), type);
    return candidates.stream().filter(value -> !stored.contains(value)).findFirst();
  }
}
