package dev.cutover.contract;

import java.util.List;

/**
 * Logins that the fence of a side does not reach: they own tables, or may act as who does, and
 * where changes of the schema can't be refused they could take its trigger away and write.
 * Superusers are not among them: no fence within a database can keep them from that.
 *
 * @param source by name; empty where every login is reached
 * @param target the same
 */
public record FenceLimits(List<String> source, List<String> target) {
  public FenceLimits {
    source = List.copyOf(source);
    target = List.copyOf(target);
  }
}
