package dev.cutover.dns.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What an external-dns puts around a name to get the name of its mark: its {@code --txt-prefix} or
 * {@code --txt-suffix}.
 *
 * <p>The names are those of {@code AffixNameMapper.ToTXTName} (kubernetes-sigs/external-dns,
 * registry/mapper/mapper.go at 2bf1bf8): the record's type goes in front of the first label, unless
 * the affix has a place for it; versions before 0.18 also left marks without a type, and those
 * stay.
 *
 * @param prefix before the first label, lower case; may have dots
 * @param suffix behind the first label, lower case; may have dots
 */
public record TxtAffix(String prefix, String suffix) {
  /** No affix: what an external-dns does unless told otherwise. */
  public static final TxtAffix NONE = new TxtAffix("", "");

  /** Where the affix says that the record's type goes. */
  private static final String TYPE = "%{record_type}";

  private static final Pattern WRITTEN =
      Pattern.compile("((?:[a-z0-9_.-]|%\\{record_type})*)\\*((?:[a-z0-9_.-]|%\\{record_type})*)");

  /**
   * Reads an affix as a name with a star for the first label, such as {@code extdns-*} or {@code
   * *-%{record_type}}.
   *
   * @throws IllegalArgumentException if it is none, or both a prefix and a suffix, which
   *     external-dns does not take
   */
  public static TxtAffix parse(String text) {
    var matcher = WRITTEN.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches() || matcher.group(1).isEmpty() == matcher.group(2).isEmpty()) {
      throw new IllegalArgumentException(
          "Expected a prefix and a star such as extdns-*, or a star and a suffix, but got '%s'"
              .formatted(text));
    }
    return new TxtAffix(matcher.group(1), matcher.group(2));
  }

  /** Where a mark of that name may be: with each type, then without one. */
  List<String> places(String name, List<String> types) {
    int dot = name.indexOf('.');
    String label = name.substring(0, dot);
    String rest = name.substring(dot);
    List<String> places = new ArrayList<>();
    for (String type : types) {
      places.add(typed(type, label, rest));
    }
    places.add(prefix.replace(TYPE, "") + label + suffix.replace(TYPE, "") + rest);
    return places;
  }

  private String typed(String type, String label, String rest) {
    boolean inAffix = prefix.contains(TYPE) || suffix.contains(TYPE);
    return prefix.replace(TYPE, type)
        + (inAffix ? label : type + "-" + label)
        + suffix.replace(TYPE, type)
        + rest;
  }
}
