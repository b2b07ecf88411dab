package dev.cutover.validator;

import dev.cutover.validator.domain.Bisection;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.RowDifference;
import dev.cutover.validator.domain.RowHash;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.TableShape;
import dev.cutover.validator.domain.Witness;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rows that differed when they were read once: damage, or only on their way. */
final class Suspects {
  /** More at once would be too long a statement. */
  static final int MAX = 5_000;

  private Suspects() {}

  /**
   * What is known of them.
   *
   * @param differences rows that are certainly different
   * @param undecided rows that kept changing, or that were not caught up with
   */
  record Settled(List<RowDifference> differences, Set<RowKey> undecided) {}

  /** Reads the rows with these keys again and again, until all are known or at {@code until}. */
  static Settled settle(
      Sides sides, TableShape shape, Patience patience, Set<RowKey> suspects, Instant until)
      throws ReadFailed, InterruptedException {
    Map<RowKey, Witness<RowHash>> known =
        patience.watch(
            suspects,
            keys -> orAbsent(keys, sides.leader().rows(shape, keys)),
            keys -> orAbsent(keys, sides.follower().rows(shape, keys)),
            until);
    Set<RowKey> undecided = new HashSet<>();
    Map<RowKey, RowHash> leader = new HashMap<>();
    Map<RowKey, RowHash> follower = new HashMap<>();
    known.forEach(
        (key, witness) -> {
          switch (witness.state()) {
            case SAME -> {}
            case PENDING -> undecided.add(key);
            case DIFFERENT -> {
              leader.put(key, witness.source().orElse(RowHash.ABSENT));
              follower.put(key, witness.target().orElse(RowHash.ABSENT));
            }
          }
        });
    Sides.Pair<Map<RowKey, RowHash>> rows = sides.pair(leader, follower);
    return new Settled(Bisection.differences(rows.source(), rows.target()), undecided);
  }

  private static Map<RowKey, RowHash> orAbsent(Collection<RowKey> keys, Map<RowKey, RowHash> rows) {
    Map<RowKey, RowHash> all = new HashMap<>();
    keys.forEach(key -> all.put(key, rows.getOrDefault(key, RowHash.ABSENT)));
    return all;
  }
}
