package dev.cutover.contract;

import java.util.regex.Pattern;

/**
 * What other people are given for switched names: those inside of a network, mostly. A view has a
 * zone, records and servers of its own, moves with the rest of the switch, and is proven from where
 * its people are.
 *
 * @param name such as {@code private}
 * @param vantage where it is proven from: the dns-service instances that call themselves so
 * @param spec its switch; without weights and without views
 */
public record SwitchView(String name, String vantage, SwitchSpec spec) {
  private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

  public SwitchView {
    for (String text : new String[] {name, vantage}) {
      Arguments.require(
          isName(text),
          "Expected the name of a view or vantage point in lower-case letters, digits and dashes, but got '%s'"
              .formatted(text));
    }
    Arguments.require(
        spec.everyView().isEmpty() && !spec.weighted(),
        "Expected a view without weights and without views, but '%s' has some".formatted(name));
  }

  /** Whether a view or a vantage point can be called so. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }
}
