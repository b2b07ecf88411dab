package dev.cutover.dns.adapter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cutover.contract.Alias;
import dev.cutover.contract.Checked;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Split;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.services.route53.model.AliasTarget;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * Turns the contract's record sets into Route 53's and back. Its escapes are octal ({@code \052} is
 * an asterisk), those of DNS are decimal; what it stores is kept whole beside the plain form, since
 * a set is deleted only by all that it holds (trap 35).
 *
 * <p>A {@link Split} is stored as a weighted set for each value, since a weighted set takes no more
 * than one (trap 4). Its identifier is made of the value: so one's own are known again, and weights
 * that somebody else has set up are never taken for them. An {@link Alias} and the {@linkplain
 * Checked health check} of a set are part of its values. Pure.
 */
final class Route53Records {
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-3][0-7]{2})");
  private static final Pattern READABLE = Pattern.compile("[A-Za-z0-9.:-]{1,100}");
  private static final Pattern DECIMAL = Pattern.compile("\\\\([0-2][0-9]{2})");

  private Route53Records() {}

  /** Name and type of a stored set; empty for types that no switch touches. */
  static Optional<SetKey> keyOf(ResourceRecordSet stored) {
    return Stream.of(RecordType.values())
        .filter(type -> type.name().equals(stored.typeAsString()))
        .findFirst()
        .map(type -> new SetKey(normalName(stored.name()), type));
  }

  /** Absolute, lower case, without escapes of letters, digits and asterisks. */
  static String normalName(String stored) {
    return RecordSets.normaliseName(toDns(stored));
  }

  /** The name as the API takes it. */
  static String storedName(String name) {
    return toRoute53(name);
  }

  /** What is stored for the names of a switch, and their marks. */
  static SwitchState state(SwitchSpec spec, List<ResourceRecordSet> stored) {
    Map<SetKey, List<ResourceRecordSet>> byKey = new LinkedHashMap<>();
    for (ResourceRecordSet set : stored) {
      keyOf(set).ifPresent(key -> byKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(set));
    }
    List<RecordSet> sets = new ArrayList<>();
    Map<String, EpochMark> marks = new LinkedHashMap<>();
    for (SwitchedName name : spec.names()) {
      for (RecordType type : RecordSets.typesOf(name)) {
        SetKey key = new SetKey(name.name(), type);
        sets.add(toSet(key, byKey.getOrDefault(key, List.of())));
      }
      SetKey mark = new SetKey(EpochMark.nameFor(name.name()), RecordType.TXT);
      marks.put(
          name.name(), EpochMark.parse(toSet(mark, byKey.getOrDefault(mark, List.of())).values()));
    }
    return new SwitchState(sets, marks);
  }

  /** All sets of one name and type as one; those that are no plain records are described. */
  private static RecordSet toSet(SetKey key, List<ResourceRecordSet> stored) {
    int ttlSeconds =
        stored.stream()
            .filter(set -> set.ttl() != null)
            .mapToInt(set -> Math.toIntExact(set.ttl()))
            .min()
            .orElse(0);
    List<String> values = stored.stream().flatMap(Route53Records::values).toList();
    RecordSet set = new RecordSet(key.name(), key.type(), ttlSeconds, values);
    if (!stored.isEmpty() && stored.stream().allMatch(Route53Records::isShare)) {
      return new RecordSet(
          key.name(), key.type(), ttlSeconds, stored.stream().map(s -> share(key, s)).toList());
    }
    if (!stored.stream().allMatch(Route53Records::isSimple)) {
      return set;
    }
    try {
      return WireRecords.normalise(set);
    } catch (IllegalArgumentException e) {
      return set; // stored by somebody else, and no value that DNS knows: shown as it is
    }
  }

  private static Stream<String> values(ResourceRecordSet stored) {
    if (isSimple(stored)) {
      return held(stored).stream();
    }
    Stream<String> plain = stored.resourceRecords().stream().map(r -> toDns(r.value()));
    String way =
        Stream.of(
                Optional.ofNullable(stored.aliasTarget()).map(a -> "alias of " + a.dnsName()),
                Optional.ofNullable(stored.weight()).map(w -> "weight " + w),
                Optional.ofNullable(stored.healthCheckId()).map(h -> "health check " + h),
                Optional.ofNullable(stored.setIdentifier()).map(i -> "set " + i))
            .flatMap(Optional::stream)
            .reduce("not a simple record", (a, b) -> a + ", " + b);
    String values = String.join(" ", plain.toList());
    return Stream.of(values.isEmpty() ? way : "%s (%s)".formatted(values, way));
  }

  /** Its values, or its alias, as they stand in a set; each under the check of the whole. */
  private static List<String> held(ResourceRecordSet stored) {
    Stream<String> bare =
        stored.aliasTarget() == null
            ? stored.resourceRecords().stream().map(r -> toDns(r.value()))
            : Stream.of(alias(stored.aliasTarget()).text());
    return bare.map(v -> new Checked(v, Optional.ofNullable(stored.healthCheckId())).text())
        .toList();
  }

  private static Alias alias(AliasTarget target) {
    return new Alias(
        normalName(target.dnsName()),
        target.hostedZoneId(),
        Boolean.TRUE.equals(target.evaluateTargetHealth()));
  }

  /** Whether it is answered with its values, or its alias's, and nothing else, to everybody. */
  private static boolean isSimple(ResourceRecordSet stored) {
    return stored.setIdentifier() == null && stored.trafficPolicyInstanceId() == null;
  }

  /** Whether it is a share of a split that this product has stored. */
  private static boolean isShare(ResourceRecordSet stored) {
    List<String> held = held(stored);
    return stored.weight() != null
        && held.size() == 1
        && stored.trafficPolicyInstanceId() == null
        && identifier(held.getFirst()).equals(stored.setIdentifier());
  }

  private static String share(SetKey key, ResourceRecordSet stored) {
    RecordSet plain = new RecordSet(key.name(), key.type(), 0, held(stored));
    return new Split.Share(
            WireRecords.normalise(plain).values().getFirst(), Math.toIntExact(stored.weight()))
        .text();
  }

  /**
   * Such as {@code cutover-10.0.0.1}, or the name of an alias; of what can't be read there, the
   * hash. Without its check: a check that somebody else has changed makes it no other share.
   */
  private static String identifier(String held) {
    String bare = Checked.of(held).value();
    String value = Alias.parse(bare).map(Alias::name).orElse(bare);
    return "cutover-"
        + (READABLE.matcher(value).matches()
            ? value
            : HexFormat.of().formatHex(sha256(value), 0, 16));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A set as it is created: one simple set, or a weighted one for each of its shares. */
  static List<ResourceRecordSet> toStored(RecordSet set) {
    List<Split.Share> shares = Split.shares(set);
    if (shares.isEmpty()) {
      return set.values().isEmpty() ? List.of() : List.of(stored(set, set.values()).build());
    }
    return shares.stream()
        .map(
            share ->
                stored(set, List.of(share.value()))
                    .setIdentifier(identifier(share.value()))
                    .weight((long) share.weight())
                    .build())
        .toList();
  }

  /** One set; its first value tells of the alias and the check of all of it. */
  private static ResourceRecordSet.Builder stored(RecordSet set, List<String> values) {
    ResourceRecordSet.Builder stored =
        ResourceRecordSet.builder().name(toRoute53(set.name())).type(set.type().name());
    Checked.of(values.getFirst()).healthCheckId().ifPresent(stored::healthCheckId);
    Optional<Alias> alias = Alias.parse(values.getFirst());
    if (alias.isPresent()) {
      return stored.aliasTarget(
          target ->
              target
                  .hostedZoneId(alias.get().hostedZone())
                  .dnsName(toRoute53(alias.get().name()))
                  .evaluateTargetHealth(alias.get().evaluateTargetHealth()));
    }
    return stored
        .ttl((long) set.ttlSeconds())
        .resourceRecords(
            values.stream()
                .map(value -> toRoute53(Checked.of(value).value()))
                .map(value -> ResourceRecord.builder().value(value).build())
                .toList());
  }

  private static String toDns(String stored) {
    return escaped(stored, OCTAL, 8, "\\%03d");
  }

  private static String toRoute53(String dns) {
    return escaped(dns, DECIMAL, 10, "\\%03o");
  }

  private static String escaped(String text, Pattern pattern, int radix, String other) {
    Matcher escape = pattern.matcher(text);
    StringBuilder result = new StringBuilder();
    while (escape.find()) {
      int code = Integer.parseInt(escape.group(1), radix);
      boolean plain = Character.isLetterOrDigit(code) || code == '*' || code == '_' || code == '-';
      escape.appendReplacement(
          result,
          Matcher.quoteReplacement(
              plain && code < 128 ? String.valueOf((char) code) : other.formatted(code)));
    }
    return escape.appendTail(result).toString();
  }
}
