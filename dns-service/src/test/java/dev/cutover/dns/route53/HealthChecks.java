package dev.cutover.dns.route53;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The health checks of a test's account, and whether Route 53 counts them as healthy. */
public final class HealthChecks {
  /** Of most checks (DG "Values that you specify", health checker regions). */
  private static final int CHECKERS = 16;

  private final Map<String, Check> checks = new ConcurrentHashMap<>();

  /**
   * One check.
   *
   * @param statuses what each checker says; of a calculated one nobody says anything
   */
  public record Check(String type, boolean inverted, boolean disabled, List<String> statuses) {
    public Check {
      statuses = List.copyOf(statuses);
    }

    /**
     * DG "How Amazon Route 53 determines whether a health check is healthy": more than 18 % of
     * checkers; API HealthCheckConfig: an inverted one the other way round, a disabled one always.
     */
    boolean isHealthy() {
      long up = statuses.stream().filter(status -> status.startsWith("Success")).count();
      boolean healthy = disabled || 100 * up > 18L * statuses.size();
      return healthy != inverted;
    }
  }

  /** Adds one of an endpoint that so many of its checkers reach, or changes it. */
  public void put(String id, int reached) {
    put(id, new Check("HTTPS", false, false, statuses(reached)));
  }

  public void put(String id, Check check) {
    checks.put(id, check);
  }

  public static List<String> statuses(int reached) {
    List<String> all =
        new ArrayList<>(Collections.nCopies(reached, "Success: HTTP Status Code 200, OK"));
    all.addAll(
        Collections.nCopies(
            CHECKERS - reached, "Failure: The health checker could not establish a connection."));
    return all;
  }

  Set<String> ids() {
    return Set.copyOf(checks.keySet());
  }

  Map<String, Check> all() {
    return Map.copyOf(checks);
  }

  /** A set without a check is always healthy (DG "How Amazon Route 53 chooses records"). */
  boolean isHealthy(StoredSet set) {
    return set.healthCheck().map(checks::get).map(Check::isHealthy).orElse(true);
  }
}
