package dev.cutover.orchestrator.adapter;

import java.util.Set;

/**
 * Somebody whose token was believed.
 *
 * @param name as in a plan's approvers and in the journal; the same name is the same person
 */
public record Person(String name, Set<Role> roles) {
  /** What a name may look like. */
  public static final String NAME = "[A-Za-z0-9][A-Za-z0-9@._+:|-]{0,127}";

  public Person {
    roles = Set.copyOf(roles);
  }
}
