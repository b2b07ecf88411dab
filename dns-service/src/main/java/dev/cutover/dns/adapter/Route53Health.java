package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.MISMATCH;
import static dev.cutover.contract.FailureKind.UNSUITABLE;

import dev.cutover.dns.domain.SwitchFailure;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.route53.model.HealthCheckConfig;
import software.amazon.awssdk.services.route53.model.HealthCheckObservation;
import software.amazon.awssdk.services.route53.model.HealthCheckType;

/** Judges a health check of Route 53 as its name servers do. Pure. */
final class Route53Health {
  /**
   * A check holds when more than this part of the checkers reach the endpoint (developer guide,
   * "How Amazon Route 53 determines whether a health check is healthy").
   */
  private static final int HEALTHY_PERCENT = 18;

  /**
   * Those that look at an endpoint; of the others the API tells no status (GetHealthCheckStatus).
   */
  private static final Set<HealthCheckType> ASKABLE =
      EnumSet.of(
          HealthCheckType.HTTP,
          HealthCheckType.HTTPS,
          HealthCheckType.HTTP_STR_MATCH,
          HealthCheckType.HTTPS_STR_MATCH,
          HealthCheckType.TCP);

  private Route53Health() {}

  /** Whether checkers report on it: a disabled one holds always (HealthCheckConfig.Disabled). */
  static boolean isAskable(HealthCheckConfig config) {
    return ASKABLE.contains(config.type()) && !Boolean.TRUE.equals(config.disabled());
  }

  /** Refuses one that no checkers report on, unless it is known all the same. */
  static void refuseUntold(String id, HealthCheckConfig config) throws SwitchFailure {
    if (!Boolean.TRUE.equals(config.disabled())) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected a health check of an endpoint, but %s is %s, of which the API of Route 53 tells no status: name one that looks at the target itself, or none"
              .formatted(id, config.typeAsString()),
          false);
    }
    if (Boolean.TRUE.equals(config.inverted())) {
      throw unhealthy(id, "it is disabled and inverted, so it never holds");
    }
  }

  /** Refuses one that does not hold, by what each checker saw last. */
  static void refuseUnhealthy(
      String id, HealthCheckConfig config, List<HealthCheckObservation> observations)
      throws SwitchFailure {
    long reached = observations.stream().filter(Route53Health::isSuccess).count();
    boolean inverted = Boolean.TRUE.equals(config.inverted());
    boolean up = 100 * reached > (long) HEALTHY_PERCENT * observations.size();
    if (observations.isEmpty() || up == inverted) {
      String last =
          observations.stream()
              .filter(seen -> isSuccess(seen) == inverted)
              .findFirst()
              .map(seen -> ", such as '%s'".formatted(AwsAnswers.bounded(status(seen))))
              .orElse("");
      throw unhealthy(
          id,
          "%d of %d checkers reach its endpoint%s%s"
              .formatted(
                  reached, observations.size(), inverted ? ", and it is inverted" : "", last));
    }
  }

  private static SwitchFailure unhealthy(String id, String why) {
    return new SwitchFailure(
        MISMATCH,
        "Expected health check %s to hold, but %s: Route 53 would leave its set out and answer with the other side"
            .formatted(id, why),
        false);
  }

  /** Such as {@code Success: HTTP Status Code 200, OK} (API reference, StatusReport.Status). */
  private static boolean isSuccess(HealthCheckObservation seen) {
    return status(seen).startsWith("Success");
  }

  private static String status(HealthCheckObservation seen) {
    String status = seen.statusReport() == null ? null : seen.statusReport().status();
    return status == null ? "" : status;
  }
}
