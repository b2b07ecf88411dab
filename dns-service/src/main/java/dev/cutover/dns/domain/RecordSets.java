package dev.cutover.dns.domain;

import dev.cutover.contract.Alias;
import dev.cutover.contract.Checked;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.Split;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import java.net.InetAddress;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  /** Each in normal form. */
  public static List<RecordSet> normal(Collection<RecordSet> sets) {
    return sets.stream().map(RecordSets::normalise).toList();
  }

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
        set.type() == RecordType.SERVER ? set.name() : normaliseName(set.name()),
        set.type(),
        set.ttlSeconds(),
        set.values().stream().map(v -> normaliseValue(set.type(), v)).distinct().toList());
  }

  private static String normaliseValue(RecordType type, String value) {
    Optional<Split.Share> share = Split.Share.parse(value);
    if (share.isPresent() && type != RecordType.TXT) {
      return new Split.Share(normaliseValue(type, share.get().value()), share.get().weight())
          .text();
    }
    Checked checked = Checked.of(value);
    if (checked.healthCheckId().isPresent() && type != RecordType.TXT) {
      return checked.with(normaliseValue(type, checked.value())).text();
    }
    Optional<Alias> alias = Alias.parse(value);
    if (alias.isPresent() && type != RecordType.TXT) {
      Alias of = alias.get();
      return new Alias(normaliseName(of.name()), of.hostedZone(), of.evaluateTargetHealth()).text();
    }
    return switch (type) {
      case A, AAAA -> normaliseAddress(type, value.strip());
      case CNAME -> normaliseName(value);
      case HTTPS, TXT, SERVER -> value.strip();
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
    Set<RecordType> types = EnumSet.noneOf(RecordType.class);
    name.source().forEach(set -> types.add(set.type()));
    name.target().forEach(set -> types.add(set.type()));
    if (!types.contains(RecordType.SERVER)) {
      types.addAll(UNIT);
    }
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

  /** Whether a server that holds the one may answer the other; TTL counts, where there is one. */
  public static boolean mayAnswer(RecordSet held, RecordSet answer) {
    return (answer.aliased() || held.ttlSeconds() == answer.ttlSeconds())
        && Split.answers(held).contains(answer.values());
  }

  /**
   * Whether servers that answer so serve exactly that side; of shares, each answer tells one value,
   * and no answer tells a health check. TTL is not compared.
   */
  public static boolean serves(SwitchSpec spec, Side side, Collection<RecordSet> found) {
    List<RecordSet> plain = spec.plain(side);
    if (sameValues(found, plain) || sameValues(found, plain.stream().map(Checked::told).toList())) {
      return true;
    }
    List<RecordSet> held = spec.served(side);
    return spec.weighted() && (sameValues(found, held) || areAnswers(found, held));
  }

  private static boolean areAnswers(Collection<RecordSet> found, List<RecordSet> held) {
    Set<RecordSet> answers = valuesOnly(found);
    return answers.size() == held.size()
        && held.stream()
            .map(set -> set.withTtlSeconds(0))
            .allMatch(set -> answers.stream().anyMatch(answer -> answersFor(set, answer)));
  }

  private static boolean answersFor(RecordSet held, RecordSet answer) {
    return held.name().equals(answer.name())
        && held.type() == answer.type()
        && mayAnswer(held, answer);
  }

  /** How much of the traffic the target has by these sets; empty if they are no state of it. */
  public static Optional<Integer> weightPercent(SwitchSpec spec, Collection<RecordSet> found) {
    Set<RecordSet> values = valuesOnly(found);
    return IntStream.rangeClosed(0, 100)
        .filter(percent -> spec.weighted() || percent % 100 == 0)
        .filter(percent -> valuesOnly(spec.at(percent)).equals(values))
        .boxed()
        .findFirst();
  }

  /**
   * The weight of every value of both sides, with that much of the traffic at the target; 0 for
   * those that get none of it.
   */
  public static Map<String, Integer> weights(SwitchSpec spec, int weightPercent) {
    Map<String, Integer> weights = new LinkedHashMap<>();
    for (Side side : Side.values()) {
      spec.plain(side).forEach(set -> set.values().forEach(value -> weights.put(value, 0)));
    }
    for (RecordSet set : spec.at(weightPercent)) {
      Split.shares(set).forEach(share -> weights.put(share.value(), share.weight()));
    }
    return weights;
  }

  /**
   * For how long caches keep these, as far as can be said without asking: of an alias what most of
   * them are answered with.
   */
  public static int cachedSecondsMax(Collection<RecordSet> sets) {
    boolean aliases = sets.stream().anyMatch(set -> !Alias.in(set).isEmpty());
    return Math.max(ttlSecondsMax(sets), aliases ? Alias.TTL_SECONDS : 0);
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
