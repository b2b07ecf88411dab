package dev.cutover.orchestrator.adapter;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a person may do. Each role stands for itself: none includes another. */
public enum Role {
  /** Looks. Everybody who has any role may. */
  VIEWER,
  /** Starts, stops, goes on, and rolls back. */
  OPERATOR,
  /** Signs what was checked. */
  VALIDATOR,
  /** Says go at a gate; stops and rolls back. */
  APPROVER,
  /** Changes what protects: disarms, takes over, adopts. */
  ADMINISTRATOR;

  /** Everybody who has a role. */
  public static final Set<Role> ANY = Set.of(values());

  /** As in files, tokens and sentences. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Their names, for sentences. */
  static String names(Set<Role> roles) {
    return roles.stream().map(Role::wireName).sorted().collect(Collectors.joining(", "));
  }

  /** The role of that name, in any case; empty when there is none. */
  public static Optional<Role> of(String name) {
    return Arrays.stream(values())
        .filter(role -> role.name().equalsIgnoreCase(name.strip()))
        .findFirst();
  }
}
