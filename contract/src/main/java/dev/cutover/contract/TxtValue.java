package dev.cutover.contract;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads values of TXT records in presentation format (RFC 1035, 5.1). Pure. */
public final class TxtValue {
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  private TxtValue() {}

  /** The characters of a value; what is split into strings is joined. */
  public static String plain(String value) {
    StringBuilder text = new StringBuilder();
    Matcher quoted = QUOTED.matcher(value);
    boolean any = false;
    while (quoted.find()) {
      any = true;
      text.append(quoted.group(1).replaceAll("\\\\(.)", "$1"));
    }
    return any ? text.toString() : value;
  }
}
