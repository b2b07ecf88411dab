package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings record sets to one form, so that two that mean the same are equal, and finds them. Pure.
 *
 * <p>Providers differ in trailing dots, case and the spelling of IPv6 addresses; comparing without
 * this loses records (trap 26).
 */
public final class RecordSets {
  /**
   * Types that move as one unit whatever the plan names: a name whose A moves and whose AAAA or
   * HTTPS stays leaves half of its users behind (trap 27), and a CNAME excludes the others.
   */
  private static final Set<RecordType> UNIT =
      EnumSet.of(RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.HTTPS);

  private RecordSets() {}

  /** Absolute and lower case. */
  public static String normaliseName(String name) {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower : lower + ".";
  }

  /**
   * The same set with normal names and addresses, without doubled values.
   *
   * @throws IllegalArgumentException if a value is no address of its type; the message names it
   */
  public static RecordSet normalise(RecordSet set) {
    return new RecordSet(
        normaliseName(set.name()),
        set.type(),
        set.ttlSeconds(),
        set.values().stream().map(v -> normaliseValue(set.type(), v)).distinct().toList());
  }

  private static String normaliseValue(RecordType type, String value) {
    return switch (type) {
      case A, AAAA -> normaliseAddress(type, value.strip());
      case CNAME -> normaliseName(value);
      case HTTPS, TXT -> value.strip();
    };
  }

  private static String normaliseAddress(RecordType type, String value) {
    int bytes = type == RecordType.A ? 4 : 16;
    try {
      InetAddress address = InetAddress.ofLiteral(value);
      boolean shortened = type == RecordType.A && !address.getHostAddress().equals(value);
      if (address.getAddress().length == bytes && !shortened) {
        return address.getHostAddress();
      }
    } catch (IllegalArgumentException e) {
      throw notAnAddress(type, value, e);
    }
    throw notAnAddress(type, value, null);
  }

  private static IllegalArgumentException notAnAddress(
      RecordType type, String value, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "Expected an address for a record of type %s, but got '%s'".formatted(type, value), cause);
  }

  /** All types that must be looked at for this name: the unit, and whatever the plan adds to it. */
  public static Set<RecordType> typesOf(SwitchedName name) {
    Set<RecordType> types = EnumSet.copyOf(UNIT);
    name.source().forEach(set -> types.add(set.type()));
    name.target().forEach(set -> types.add(set.type()));
    return types;
  }

  /** The values of that name and type; empty if the set does not exist. */
  public static List<String> valuesOf(Collection<RecordSet> sets, String name, RecordType type) {
    return sets.stream()
        .filter(set -> set.name().equals(name) && set.type() == type)
        .flatMap(set -> set.values().stream())
        .sorted()
        .toList();
  }

  /** Whether both have the same values for each name and type; TTL is not compared. */
  public static boolean sameValues(Collection<RecordSet> left, Collection<RecordSet> right) {
    return valuesOnly(left).equals(valuesOnly(right));
  }

  private static Set<RecordSet> valuesOnly(Collection<RecordSet> sets) {
    return sets.stream()
        .filter(set -> !set.values().isEmpty())
        .map(set -> set.withTtlSeconds(0))
        .collect(Collectors.toSet());
  }

  /** All sets of one side over all names of the switch, in the plan's order. */
  public static List<RecordSet> allSets(SwitchSpec spec, Side side) {
    List<RecordSet> sets = new ArrayList<>();
    spec.names().forEach(name -> sets.addAll(name.sets(side)));
    return List.copyOf(sets);
  }

  /** The highest TTL; 0 for no sets. */
  public static int ttlSecondsMax(Collection<RecordSet> sets) {
    return sets.stream().mapToInt(RecordSet::ttlSeconds).max().orElse(0);
  }

  /** One line for people, such as {@code api.shop.example. 5 A [10.0.0.1]}. */
  public static String describe(Collection<RecordSet> sets) {
    String text =
        sets.stream()
            .filter(set -> !set.values().isEmpty())
            .map(s -> "%s %d %s %s".formatted(s.name(), s.ttlSeconds(), s.type(), s.values()))
            .sorted()
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? "no records" : text;
  }
}
