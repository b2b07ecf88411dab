package dev.cutover.sync.domain;

import dev.cutover.contract.Side;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the service's logins may do in one database, and who could undo its fence.
 *
 * @param address of the database, for people
 * @param provider as detected, or as somebody said
 * @param rights in the order of their use
 * @param superusers other logins that could take the fence away: nothing can keep them from it
 * @param unreached further logins that could, because changes of the schema can't be refused: they
 *     own tables, or may act as who does. Nobody else can
 */
public record SideRights(
    Side side,
    String address,
    HostingProvider provider,
    HostingProvider.Place place,
    List<FoundRight> rights,
    List<String> superusers,
    List<String> unreached) {
  public SideRights {
    rights = List.copyOf(rights);
    superusers = List.copyOf(superusers);
    unreached = List.copyOf(unreached);
  }

  /** The same, as another provider grants rights. */
  public SideRights at(HostingProvider other) {
    return new SideRights(side, address, other, place, rights, superusers, unreached);
  }

  /** Whether a right is held. */
  public boolean holds(DatabaseRight right) {
    return rights.stream()
        .anyMatch(found -> found.right() == right && found.verdict() == FoundRight.Verdict.HELD);
  }

  /** Needed rights that are missing, as sentences. */
  public List<String> faults() {
    return rights.stream()
        .filter(found -> found.isMissing() && found.isNeeded())
        .map(this::sentence)
        .toList();
  }

  /** Rights that are missing and would make something better, as sentences. */
  public List<String> warnings() {
    return rights.stream()
        .filter(found -> found.isMissing() && !found.isNeeded() && found.right().isUsed())
        .map(this::sentence)
        .toList();
  }

  private String sentence(FoundRight found) {
    List<String> grants = provider.grants(found.right(), place);
    return "Expected %s to be allowed to %s on the %s %s, but it is not%s, so %s%s"
        .formatted(
            found.login(),
            found.right().use(),
            side.name().toLowerCase(Locale.ROOT),
            address,
            found.why().isEmpty() ? "" : " (" + found.why() + ")",
            found.right() == DatabaseRight.REFUSE_SCHEMA_CHANGES && !unreached.isEmpty()
                ? "%s (%s)".formatted(found.right().loss(), String.join(", ", unreached))
                : found.right().loss(),
            grants.isEmpty() ? "" : ": " + String.join("; ", grants));
  }

  /** The missing grants as SQL; empty when none is missing. */
  public List<String> script() {
    Set<String> needed = new LinkedHashSet<>();
    List<String> optional = new ArrayList<>();
    for (FoundRight found : rights) {
      if (found.verdict() == FoundRight.Verdict.HELD || !found.right().isUsed()) {
        continue;
      }
      List<String> grants =
          provider.grants(found.right(), place).stream().map(grant -> grant + ";").toList();
      if (found.isNeeded()) {
        needed.addAll(grants);
      } else if (!grants.isEmpty()) {
        optional.add("-- Optional. Without it %s.".formatted(found.right().loss()));
        optional.addAll(grants);
      }
    }
    if (needed.isEmpty() && optional.isEmpty()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "-- The %s %s, %s: run as %s, connected to this database."
            .formatted(
                side.name().toLowerCase(Locale.ROOT),
                address,
                provider.word(),
                provider == HostingProvider.SELF
                    ? "a superuser"
                    : "a member of " + provider.administrators()));
    lines.addAll(needed);
    lines.addAll(optional);
    return lines;
  }
}
