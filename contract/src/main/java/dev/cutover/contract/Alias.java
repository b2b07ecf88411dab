package dev.cutover.contract;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a set of Route 53 may hold in place of values: it is answered with the addresses of another
 * name, and with their TTL; it has none of its own (API reference, AliasTarget). In a {@link
 * RecordSet} it is the only value, or the only one of a share, such as {@code alias of
 * lb.example.com. in Z2FDTNDATAQYW2}.
 *
 * @param name whose addresses are given; absolute, lower case, with the final dot
 * @param hostedZone id of the hosted zone that the name is in: AWS's own for its services
 * @param evaluateTargetHealth whether the set counts as unhealthy when the other one is
 */
public record Alias(String name, String hostedZone, boolean evaluateTargetHealth) {
  /**
   * What load balancers and distributions are answered with (developer guide, "Choosing between
   * alias and non-alias records"); how long is seen in answers.
   */
  public static final int TTL_SECONDS = 60;

  /** Of every CloudFront distribution (API reference, AliasTarget.HostedZoneId). */
  public static final String CLOUDFRONT = "Z2FDTNDATAQYW2";

  private static final String PREFIX = "alias of ";
  private static final String EVALUATED = " evaluateTargetHealth";
  private static final Pattern TEXT =
      Pattern.compile(PREFIX + "(\\S+\\.) in ([A-Z0-9]{1,32})(" + EVALUATED + ")?");

  public Alias {
    Arguments.require(
        TEXT.matcher(text(name, hostedZone, false)).matches(),
        "Expected an alias of an absolute name in a hosted zone, but got '%s' in '%s'"
            .formatted(name, hostedZone));
  }

  /** As it stands in a set. */
  public String text() {
    return text(name, hostedZone, evaluateTargetHealth);
  }

  private static String text(String name, String hostedZone, boolean evaluated) {
    return "%s%s in %s%s".formatted(PREFIX, name, hostedZone, evaluated ? EVALUATED : "");
  }

  /** Reads it, whatever its share and health check; empty if it is another value. */
  public static Optional<Alias> parse(String value) {
    if (!value.startsWith(PREFIX)) {
      return Optional.empty();
    }
    Matcher found = TEXT.matcher(Checked.of(Split.Share.valueOf(value)).value());
    return found.matches()
        ? Optional.of(new Alias(found.group(1), found.group(2), found.group(3) != null))
        : Optional.empty();
  }

  /** The aliases in a set. */
  public static List<Alias> in(RecordSet set) {
    return set.values().stream().flatMap(value -> parse(value).stream()).toList();
  }

  /** Whether all of these are aliases, so that there is nothing that could have a TTL. */
  static boolean all(List<String> values) {
    return !values.isEmpty() && values.stream().allMatch(value -> parse(value).isPresent());
  }
}
