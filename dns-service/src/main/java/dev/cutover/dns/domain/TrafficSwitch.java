package dev.cutover.dns.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.RateBudget.Urgency;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * Moves traffic between the sides. An implementation
 *
 * <ul>
 *   <li>must be harmless when the same order comes twice, and must refuse one that comes late;
 *   <li>must make the epoch mark part of the change, or declare that it can't;
 *   <li>must read back what it wrote: an accepted change is not a made one;
 *   <li>must not wait for authorities or caches, and must end within the time given: whether a
 *       provider has spread a change to all of its servers is told by {@link #spread}, and waited
 *       for by whoever waits for the authorities;
 *   <li>must not try again what the provider answered: the orchestrator does;
 *   <li>gets specs that went through its own {@link #normalise}.
 * </ul>
 */
public interface TrafficSwitch {
  /**
   * What a switch can promise.
   *
   * @param compareAndSet whether a change takes effect only on exactly the expected sets
   * @param atomicMark whether the epoch mark changes together with the records; if not, only a
   *     single owner with one call in flight is safe
   * @param ttl whether the time that caches keep an answer can be set
   * @param weights whether a part of the traffic can be moved; without it a shift moves all
   * @param aliases whether a set may be an alias of another name
   * @param healthChecks whether a value may stand under a health check of the provider's own
   */
  record Capabilities(
      boolean compareAndSet,
      boolean atomicMark,
      boolean ttl,
      boolean weights,
      boolean aliases,
      boolean healthChecks) {
    /** Of a switch that has neither aliases nor health checks. */
    public Capabilities(boolean compareAndSet, boolean atomicMark, boolean ttl, boolean weights) {
      this(compareAndSet, atomicMark, ttl, weights, false, false);
    }
  }

  /** What the provider of that switch can promise. */
  Capabilities capabilities(SwitchSpec spec);

  /**
   * The same switch with every name and value in the form in which this provider's answers are
   * read.
   *
   * @throws IllegalArgumentException if a name or value can't be one; the message names it
   */
  SwitchSpec normalise(SwitchSpec spec);

  /** Reads the sets that exist now, with their stored TTL, and the marks. Changes nothing. */
  SwitchState read(SwitchSpec spec, Duration within) throws SwitchFailure;

  /**
   * Proves that a revert of this cutover would be taken now, by trying it without effect. Changes
   * nothing.
   *
   * @param found as read a moment ago
   * @throws SwitchFailure why it would not
   */
  void proveRevert(SwitchSpec spec, SwitchState found, CutoverId cutover, Duration within)
      throws SwitchFailure;

  /**
   * What the provider itself says of how far the last change of these names has come. Changes
   * nothing, and does not wait.
   */
  Spread spread(SwitchSpec spec, Duration within) throws SwitchFailure;

  /**
   * Who changed the records of these names, as far as the provider tells. Needs rights of its own,
   * which nobody has to give: what can't be known is said. Changes nothing, and never fails an
   * order.
   *
   * @param names switched names, normal
   * @param since what was changed before that is not asked for
   * @return none where the provider keeps no record of it that a program could ask for
   */
  default List<ChangedBy> changedBy(
      SwitchSpec spec, Collection<String> names, Instant since, Duration within)
      throws SwitchFailure {
    return List.of();
  }

  /**
   * Proves that the zone is as captured and that every later change is permitted, then writes the
   * mark. Touches no other record.
   */
  void stage(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure;

  /**
   * Lowers TTLs that are above the plan's. Values stay.
   *
   * @return the highest TTL that the primary serves now
   */
  int lowerTtl(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure;

  /**
   * Moves that part of the traffic to the target if records and mark are exactly as expected; one
   * conditional change.
   *
   * @param weightPercent 1 to 100; below 100 only where the {@link Capabilities} have weights
   */
  void shift(SwitchSpec spec, int weightPercent, long expectedEpoch, Order order)
      throws SwitchFailure;

  /**
   * Moves to the source over any lower mark, and writes its own mark in any case.
   *
   * @return false if the records were at the source already
   */
  boolean revert(SwitchSpec spec, Order order) throws SwitchFailure;

  /**
   * Gives the sets that are served now their captured TTL; sets that were never captured get the
   * highest captured one. It is the last order of a cutover: its mark says that another may take
   * the name.
   *
   * @return the highest TTL that the primary serves now
   */
  int restoreTtl(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure;

  /**
   * Makes one change that nothing staged: what was found becomes what is wanted, each set with its
   * own TTL, and the mark is written with it. One conditional change.
   *
   * @param found records and marks as they must still be
   * @param wanted all sets of the switch's names as they shall be
   * @param mark of a change outside of any cutover it says that others may take the name
   * @param urgency whether it is the way back
   */
  void change(
      SwitchSpec spec,
      SwitchState found,
      List<RecordSet> wanted,
      Order order,
      EpochMark.Epoch mark,
      Urgency urgency)
      throws SwitchFailure;
}
