package dev.cutover.dns.adapter;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealth;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;

/**
 * Judges whether a target group may be given traffic, by what the load balancer itself says of its
 * targets. It would send requests to unhealthy targets where no other is left (fail open), and
 * answer 503 where there is none at all. Pure.
 */
final class ElbHealth {
  private ElbHealth() {}

  /** Why it may not, for people; empty if it may. Targets that are leaving don't count. */
  static List<String> unable(String group, List<TargetHealthDescription> registered) {
    List<TargetHealthDescription> staying =
        registered.stream().filter(target -> !isLeaving(target.targetHealth())).toList();
    List<String> unable = new ArrayList<>();
    if (staying.isEmpty()) {
      unable.add("%s has no targets".formatted(group));
    }
    for (TargetHealthDescription target : staying) {
      TargetHealth health = target.targetHealth();
      if (!isUp(health)) {
        unable.add(
            "%s in %s is %s (%s)"
                .formatted(
                    target.target().id(), group, health.stateAsString(), health.reasonAsString()));
      }
    }
    return unable;
  }

  private static boolean isLeaving(TargetHealth health) {
    return switch (health.state()) {
      case DRAINING, UNHEALTHY_DRAINING -> true;
      case HEALTHY, INITIAL, UNHEALTHY, UNUSED, UNAVAILABLE, UNKNOWN_TO_SDK_VERSION -> false;
    };
  }

  /** As far as anybody checks: a Lambda function without health checks is unavailable for ever. */
  private static boolean isUp(TargetHealth health) {
    return switch (health.state()) {
      case HEALTHY -> true;
      case UNAVAILABLE -> "Target.HealthCheckDisabled".equals(health.reasonAsString());
      case INITIAL, UNHEALTHY, UNUSED, DRAINING, UNHEALTHY_DRAINING, UNKNOWN_TO_SDK_VERSION ->
          false;
    };
  }
}
