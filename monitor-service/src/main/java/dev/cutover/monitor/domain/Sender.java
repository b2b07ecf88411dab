package dev.cutover.monitor.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RollbackRequest;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An outsider that may ask for rollbacks.
 *
 * @param name also the id of its key: 1 to 63 characters of {@code a-z}, {@code 0-9} and {@code -}
 * @param key Ed25519; what it signs is its own
 * @param cutovers those that it may ask for; {@code *} stands for any characters
 * @param kinds what it may name as a reason
 */
public record Sender(
    String name, PublicKey key, List<String> cutovers, Set<RollbackRequest.Kind> kinds) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Pattern CUTOVERS = Pattern.compile("[a-z0-9*-]{1,63}");

  public Sender {
    cutovers = List.copyOf(cutovers);
    kinds = Set.copyOf(kinds);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "Expected the name of a sender of 1 to 63 characters a-z, 0-9 and -, but got '%s'"
              .formatted(name));
    }
    for (String pattern : cutovers) {
      if (!CUTOVERS.matcher(pattern).matches()) {
        throw new IllegalArgumentException(
            "Expected cutovers of sender %s such as shop or shop-*, but got '%s'"
                .formatted(name, pattern));
      }
    }
    if (cutovers.isEmpty() || kinds.isEmpty()) {
      throw new IllegalArgumentException(
          "Expected cutovers and kinds that sender %s may ask for, but got none".formatted(name));
    }
  }

  /** Why this sender may not ask that; empty when it may. */
  public Optional<String> forbids(CutoverId cutover, RollbackRequest.Kind kind) {
    if (cutovers.stream().noneMatch(pattern -> matches(pattern, cutover))) {
      return Optional.of(
          "Expected a cutover that '%s' may ask for, %s, but it is %s"
              .formatted(name, cutovers, cutover));
    }
    return kinds.contains(kind)
        ? Optional.empty()
        : Optional.of(
            "Expected a kind that '%s' may name, %s, but it is %s"
                .formatted(name, kinds.stream().sorted().toList(), kind));
  }

  private static boolean matches(String pattern, CutoverId cutover) {
    return cutover.value().matches(pattern.replace("*", ".*"));
  }
}
