package dev.cutover.dns.domain;

import static dev.cutover.contract.FailureKind.CONFLICT;

import dev.cutover.contract.Keeper;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.ManagedBy;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Where tools leave marks of the records that they keep, what these say, and whether a plan allows
 * for them. Pure.
 *
 * <p>A tool that runs puts a record back minutes after a cutover has moved it. Marks do not tell
 * whether it runs; so each has to be declared, with the step that pauses the tool.
 */
public final class KeeperMarks {
  private static final int LABEL_MAX = 63;
  private static final int NAME_MAX = 254;

  /** A name that nobody has: what it answers comes from a wildcard (RFC 4592). */
  private static final String NOBODY = "cutover-nobody";

  private KeeperMarks() {}

  /** A place where a mark may be. */
  private record Place(String at, Function<String, Optional<MarkText.Said>> reads, boolean zone) {}

  private static List<Place> places(SwitchSpec spec, SwitchedName name, List<TxtAffix> affixes) {
    List<Place> places = new ArrayList<>();
    List<String> types =
        RecordSets.typesOf(name).stream()
            // The types that external-dns keeps, of those that may move.
            .filter(type -> type != RecordType.HTTPS)
            .map(type -> type.name().toLowerCase(Locale.ROOT))
            .toList();
    for (TxtAffix affix : affixes) {
      List<String> at = affix.places(name.name(), types);
      for (int n = 0; n < at.size(); n++) {
        boolean typed = n < types.size();
        places.add(new Place(at.get(n), value -> MarkText.externalDns(value, typed), false));
      }
    }
    for (RecordType type : RecordSets.typesOf(name)) {
      places.add(
          new Place(
              "_owner.%s.%s".formatted(type.name().toLowerCase(Locale.ROOT), name.name()),
              value -> Optional.of(MarkText.octodnsOwner(value)),
              false));
    }
    places.add(new Place("octodns-meta." + spec.zone(), value -> meta(value, true), true));
    places.add(new Place("meta." + spec.zone(), value -> meta(value, false), true));
    return places.stream().filter(place -> isName(place.at(), spec.zone())).toList();
  }

  private static Optional<MarkText.Said> meta(String value, boolean named) {
    return MarkText.isOctodnsMeta(value, named)
        ? Optional.of(new MarkText.Said(Keeper.OCTODNS, "", ""))
        : Optional.empty();
  }

  /** A mark of the apex without an affix would be outside of the zone, where none can be. */
  private static boolean isName(String name, String zone) {
    return name.length() <= NAME_MAX
        && (name.equals(zone) || name.endsWith("." + zone))
        && List.of(name.split("\\.")).stream()
            .allMatch(label -> !label.isEmpty() && label.length() <= LABEL_MAX);
  }

  /** What has to be asked; nothing where there are no records. */
  public static Set<SetKey> keys(SwitchSpec spec, List<TxtAffix> affixes) {
    Set<SetKey> keys = new LinkedHashSet<>();
    for (SwitchedName name : spec.names()) {
      if (!RecordSets.typesOf(name).contains(RecordType.SERVER)) {
        places(spec, name, affixes).forEach(place -> keys.add(key(place.at())));
      }
    }
    return keys;
  }

  private static SetKey key(String name) {
    return new SetKey(name, RecordType.TXT);
  }

  /**
   * The marks in what was found there.
   *
   * @param found sets of {@link #keys}
   */
  public static List<KeeperMark> of(
      SwitchSpec spec, List<TxtAffix> affixes, Collection<RecordSet> found) {
    Map<String, List<String>> values =
        found.stream().collect(Collectors.toMap(RecordSet::name, RecordSet::values, (a, _) -> a));
    List<KeeperMark> marks = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      Map<String, KeeperMark> byPlace = new LinkedHashMap<>();
      for (Place place : places(spec, name, affixes)) {
        for (String value : values.getOrDefault(place.at(), List.of())) {
          place
              .reads()
              .apply(value)
              .ifPresent(
                  said ->
                      byPlace.putIfAbsent(
                          place.at(),
                          new KeeperMark(
                              name.name(),
                              said.keeper(),
                              place.at(),
                              said.owner(),
                              said.resource(),
                              place.zone())));
        }
      }
      marks.addAll(byPlace.values());
    }
    return marks;
  }

  /** What tells whether these marks come from a wildcard, and so are another name's. */
  public static Set<SetKey> wildcardKeys(List<KeeperMark> marks) {
    return marks.stream()
        .map(mark -> key(nobodyBeside(mark.at())))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static String nobodyBeside(String at) {
    return NOBODY + at.substring(at.indexOf('.'));
  }

  /**
   * The marks that are not answered for any name beside theirs, too.
   *
   * @param found sets of {@link #wildcardKeys}
   */
  public static List<KeeperMark> withoutWildcards(
      List<KeeperMark> marks, Collection<RecordSet> found) {
    Set<String> synthesised =
        found.stream()
            .filter(set -> !set.values().isEmpty())
            .map(RecordSet::name)
            .collect(Collectors.toSet());
    return marks.stream().filter(mark -> !synthesised.contains(nobodyBeside(mark.at()))).toList();
  }

  /**
   * Refuses marks that the plan does not allow for: of a tool that it does not name, or of another
   * one. A mark of the whole zone says nothing against a plan that names a name's keeper.
   */
  public static void require(SwitchSpec spec, List<KeeperMark> marks) throws SwitchFailure {
    List<String> sentences = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      marks.stream()
          .filter(mark -> mark.name().equals(name.name()) && !allowed(name.managedBy(), mark))
          .findFirst()
          .ifPresent(mark -> sentences.add(sentence(name, mark)));
    }
    if (!sentences.isEmpty()) {
      throw new SwitchFailure(
          CONFLICT,
          "%s: it would put back what is changed. Let a step of the plan pause it before the capture, and name both in traffic.names.managedBy; or let a person sign there, with tool none, that nobody keeps it"
              .formatted(String.join("; ", sentences)),
          false);
    }
  }

  private static boolean allowed(Optional<ManagedBy> declared, KeeperMark mark) {
    return declared
        .filter(
            said -> said.tool() == Keeper.NONE || mark.wholeZone() || said.tool() == mark.keeper())
        .isPresent();
  }

  private static String sentence(SwitchedName name, KeeperMark mark) {
    String unreadable =
        mark.keeper() == Keeper.EXTERNAL_DNS && mark.owner().isEmpty()
            ? ", in a form that only its key can read"
            : "";
    return "Expected %s, but %s%s"
        .formatted(
            name.managedBy()
                .map(said -> "%s alone to keep %s".formatted(said.tool().word(), name.name()))
                .orElse("nobody else to keep " + name.name()),
            mark.describe(),
            unreadable);
  }
}
