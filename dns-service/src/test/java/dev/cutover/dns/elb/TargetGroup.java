package dev.cutover.dns.elb;

import java.util.List;

/**
 * A target group.
 *
 * @param protocol of its targets
 * @param sticky whether it binds clients to one of its targets (attribute stickiness.enabled)
 */
record TargetGroup(String arn, String protocol, boolean sticky, List<Target> targets) {
  /**
   * A registered target, and what health checks say of it while they run.
   *
   * @param reason empty when it is healthy
   */
  record Target(String id, String state, String reason) {}

  TargetGroup(String arn, String protocol, Target... targets) {
    this(arn, protocol, false, List.of(targets));
  }

  TargetGroup with(Target... others) {
    return new TargetGroup(arn, protocol, sticky, List.of(others));
  }

  TargetGroup withSticky() {
    return new TargetGroup(arn, protocol, true, targets);
  }
}
