package dev.cutover.validator;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.DataCheck;
import dev.cutover.validator.domain.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which checks may run by now. One that needs others waits for them, and is inconclusive, with the
 * reason, where one of them does not match. What is not among the checks is not waited for.
 */
final class Dependencies {
  private final List<DataCheck> checks;
  private final List<DataCheck> waiting;
  private final Map<String, CheckResult> results = new HashMap<>();

  Dependencies(List<DataCheck> checks) {
    this.checks = List.copyOf(checks);
    this.waiting = new ArrayList<>(checks);
  }

  /** Checks that nothing stands in the way of; empty when all are decided. */
  List<DataCheck> next() {
    List<DataCheck> ready = new ArrayList<>();
    boolean moved = true;
    while (moved && ready.isEmpty()) {
      moved = waiting.removeIf(this::isVain);
      ready.addAll(waiting.stream().filter(check -> needs(check).isEmpty()).toList());
    }
    waiting.removeAll(ready);
    if (ready.isEmpty()) {
      waiting.forEach(
          check -> decide(check, "Expected checks that need no one in a circle, but it does"));
      waiting.clear();
    }
    return ready;
  }

  /** What came of those that ran. */
  void add(List<CheckResult> ended) {
    ended.forEach(result -> results.put(result.name(), result));
  }

  /** In the order of the checks. */
  List<CheckResult> results() {
    return checks.stream()
        .map(check -> Objects.requireNonNull(results.get(check.name()), check.name()))
        .toList();
  }

  /** Those that it needs and that are not decided. */
  private List<String> needs(DataCheck check) {
    return check.needed().stream()
        .filter(name -> checks.stream().anyMatch(other -> other.name().equals(name)))
        .filter(name -> !results.containsKey(name))
        .toList();
  }

  private boolean isVain(DataCheck check) {
    Optional<CheckResult> bad =
        check.needed().stream()
            .flatMap(name -> Optional.ofNullable(results.get(name)).stream())
            .filter(result -> result.outcome() != Outcome.MATCH)
            .findFirst();
    bad.ifPresent(
        result ->
            decide(
                check,
                "needs %s, which is %s"
                    .formatted(result.name(), result.outcome().name().toLowerCase(Locale.ROOT))));
    return bad.isPresent();
  }

  private void decide(DataCheck check, String why) {
    results.put(check.name(), new Verdict.Inconclusive(why, List.of()).toResult(check.name(), 0));
  }
}
