package dev.cutover.dns.domain.proof;

/** NameParts in normal form: lower case, absolute. Pure. */
public final class NameParts {
  private NameParts() {}

  /** Whether the name is that zone's apex or below it. */
  public static boolean isWithin(String name, String zone) {
    return zone.equals(".") || name.equals(zone) || name.endsWith("." + zone);
  }

  /** The name without its first label. */
  public static String parent(String name) {
    int dot = name.indexOf('.');
    return dot < 0 || dot == name.length() - 1 ? "." : name.substring(dot + 1);
  }

  /** The last label, such as {@code com.} */
  public static String top(String name) {
    String rest = name;
    while (!parent(rest).equals(".")) {
      rest = parent(rest);
    }
    return rest;
  }

  /** How many labels it has; the root has none. */
  public static int labels(String name) {
    return name.equals(".") ? 0 : (int) name.chars().filter(c -> c == '.').count();
  }
}
