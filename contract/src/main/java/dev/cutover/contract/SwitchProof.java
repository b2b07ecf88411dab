package dev.cutover.contract;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What beside the authorities has to be seen before a switch counts as proven.
 *
 * @param classes resolvers by who uses them; each class needs its quorum
 * @param parentRequired whether what the parent of the zone delegates to must have been seen, and
 *     be the zone's own name servers; else it is compared where it can be seen, and told
 * @param parents servers of the parent zone; empty to find them from the root down
 * @param signatures whether the zone's signatures must last until the cutover is over; empty, as
 *     true, means that they must. Else they are looked at, and told: a signer renews them in time
 */
public record SwitchProof(
    List<ResolverClass> classes,
    boolean parentRequired,
    List<ServerAddress> parents,
    Optional<Boolean> signatures) {
  public SwitchProof {
    classes = List.copyOf(classes);
    parents = List.copyOf(parents);
    Set<String> names = new HashSet<>();
    for (ResolverClass of : classes) {
      Arguments.require(
          names.add(of.name()),
          "Expected each class of resolvers once, but '%s' is there twice".formatted(of.name()));
    }
  }

  /** A proof that wants signatures to last. */
  public SwitchProof(
      List<ResolverClass> classes, boolean parentRequired, List<ServerAddress> parents) {
    this(classes, parentRequired, parents, Optional.empty());
  }

  /** Whether signatures that end too soon are refused. */
  public boolean signaturesRequired() {
    return signatures.orElse(true);
  }

  /**
   * Resolvers that the same people use.
   *
   * @param name such as {@code public} or {@code corporate}
   * @param servers at least one
   * @param quorumPercent how many of those that there is a way to must give exactly the new
   *     records, 1 to 100
   */
  public record ResolverClass(String name, List<ServerAddress> servers, int quorumPercent) {
    /** The class of those that anybody may ask: {@link PublicResolver}. */
    public static final String PUBLIC = "public";

    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    public ResolverClass {
      servers = List.copyOf(servers);
      Arguments.require(
          isName(name),
          "Expected the name of a class in lower-case letters, digits and dashes, but got '%s'"
              .formatted(name));
      Arguments.require(
          !servers.isEmpty(),
          "Expected at least one resolver of class '%s', but got none".formatted(name));
      Arguments.require(
          quorumPercent >= 1 && quorumPercent <= 100,
          "Expected a quorum of 1 to 100 percent, but got " + quorumPercent);
    }

    /** Whether a class can have that name. Authorities are a class of their own: always all. */
    public static boolean isName(String text) {
      return NAME.matcher(text).matches() && !text.equals("authority");
    }
  }
}
