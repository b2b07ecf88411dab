package dev.cutover.deploy.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * How rough the world is; drawn from the seed.
 *
 * @param duplicates probability that a record is written twice
 * @param delayMax longest time until a record is shown
 * @param kills probability that a service is killed at an event of the log that concerns it
 * @param killsAtRandom mean seconds between kills of any service; 0: none
 * @param sleepers probability that a service falls asleep instead, and wakes as an undead
 * @param naps probability that a service falls asleep just before an effect on the world
 * @param undead the step whose first try falls asleep just before its effect, and wakes up late;
 *     empty: none
 * @param commitsLost probability that a decision's outcome is unknown to the orchestrator
 * @param leafSilent probability that a leaf's instance never answers a command
 * @param errors probability that an operation on the world fails by a lost connection
 * @param brokerSilent whether the log is silent for twenty seconds once
 * @param targetBreaks whether the target errs once it is open
 * @param targetDies whether the target's database goes away for good once it is open
 * @param targetFaints whether it goes away for some seconds, at any time
 * @param sourceFaints the same of the source
 * @param monitorBlind whether the monitor sees nothing of the target
 * @param dataDiffers whether a row differs: 0 none, 1 before the comparison, 2 before the fence
 * @param streamStalls whether the streams stand still now and then
 * @param peopleErr whether people ask for odd things at odd moments
 * @param allGone whether everything is killed for good at some moment
 * @param orchestratorGone whether only the orchestrator is, within the switch
 * @param clocksJump whether the clocks of the orchestrator's machines are an hour off, each another
 *     way
 * @param viewed whether people inside see the name in a zone of their own, proven from where they
 *     are
 * @param viewFaints whether the servers of that zone go away for some seconds, at any time
 * @param meddles how often somebody else writes records once traffic is at the target
 * @param objects whether clients write objects too, which move with the databases
 */
record Weather(
    double duplicates,
    Duration delayMax,
    double kills,
    double killsAtRandom,
    double sleepers,
    double naps,
    String undead,
    double commitsLost,
    double leafSilent,
    double errors,
    boolean brokerSilent,
    boolean targetBreaks,
    boolean targetDies,
    boolean targetFaints,
    boolean sourceFaints,
    boolean monitorBlind,
    int dataDiffers,
    boolean streamStalls,
    boolean peopleErr,
    boolean allGone,
    boolean orchestratorGone,
    boolean clocksJump,
    boolean viewed,
    boolean viewFaints,
    int meddles,
    boolean objects) {

  private static final List<String> UNDEAD =
      List.of(
          "fence-source",
          "shift-traffic",
          "open-target",
          "fence-target",
          "revert-traffic",
          "open-source",
          "fence-objects",
          "copy-object");

  /**
   * @param apart draws what came later, so that seeds of before stay what they were
   */
  static Weather of(Random random, Random apart) {
    return new Weather(
        oneIn(random, 2) ? 0.1 : 0,
        Duration.ofMillis(oneIn(random, 3) ? 1500 : 40),
        oneIn(random, 3) ? 0.05 : 0,
        oneIn(random, 3) ? 20 : 0,
        oneIn(random, 2) ? 0.5 : 0,
        oneIn(random, 3) ? 0.15 : 0,
        oneIn(random, 2) ? UNDEAD.get(random.nextInt(UNDEAD.size())) : "",
        oneIn(random, 3) ? 0.02 : 0,
        oneIn(random, 5) ? 0.05 : 0,
        oneIn(random, 3) ? 0.02 : 0,
        oneIn(random, 6),
        oneIn(random, 3),
        oneIn(random, 8),
        oneIn(random, 8),
        oneIn(random, 10),
        oneIn(random, 8),
        oneIn(random, 10) ? 1 + random.nextInt(2) : 0,
        oneIn(random, 6),
        oneIn(random, 3),
        oneIn(random, 12),
        oneIn(random, 12),
        oneIn(random, 5),
        oneIn(random, 3),
        oneIn(random, 2),
        oneIn(apart, 3) ? 1 + apart.nextInt(2) : 0,
        oneIn(apart, 2));
  }

  private static boolean oneIn(Random random, int many) {
    return random.nextInt(many) == 0;
  }

  /** Whether everything outside the services stays reachable, so that bounds can be promised. */
  boolean worldStands() {
    return !targetDies && !targetFaints && !sourceFaints && !(viewed && viewFaints);
  }
}
