package dev.cutover.validator.adapter.system;

import dev.cutover.contract.SystemCheck.HaProxyServers;
import dev.cutover.validator.domain.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads HAProxy's statistics. The columns are found by their names: new ones come between. */
final class HaProxyLook {
  private static final Set<String> NOT_SERVERS = Set.of("FRONTEND", "BACKEND");

  private final Web web;

  HaProxyLook(Web web) {
    this.web = web;
  }

  Verdict look(HaProxyServers check, Instant deadline) throws Unasked, InterruptedException {
    List<String> lines = web.text(check.statistics(), deadline).lines().toList();
    if (lines.isEmpty() || !lines.getFirst().startsWith("# pxname,svname,")) {
      throw new Unasked(
          "Expected HAProxy's statistics as CSV at %s, but got something else: the address ends with ;csv"
              .formatted(check.statistics().url()));
    }
    List<String> columns = List.of(lines.getFirst().substring(2).split(",", -1));
    int status = columns.indexOf("status");
    List<String> faults = new ArrayList<>();
    List<String> evidence = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      boolean wanted =
          cells.length > status
              && (check.backends().isEmpty() || check.backends().contains(cells[0]));
      if (!wanted || NOT_SERVERS.contains(cells[1])) {
        continue;
      }
      seen.add(cells[0]);
      evidence.add("%s/%s is %s".formatted(cells[0], cells[1], cells[status]));
      if (!cells[status].startsWith("UP")) {
        faults.add(
            cells[status].equals("no check")
                ? "Expected a health check of %s/%s, but it has none: nobody knows whether it is up"
                    .formatted(cells[0], cells[1])
                : "Expected %s/%s to be up, but it is %s"
                    .formatted(cells[0], cells[1], cells[status]));
      }
    }
    check.backends().stream()
        .filter(backend -> !seen.contains(backend))
        .forEach(
            backend ->
                faults.add(
                    "Expected servers in backend %s, but there are none".formatted(backend)));
    if (seen.isEmpty() && faults.isEmpty()) {
      faults.add("Expected a backend with servers, but there is none");
    }
    return faults.isEmpty()
        ? new Verdict.Match("all %d servers are up".formatted(evidence.size()), evidence)
        : new Verdict.Mismatch(String.join("; ", faults), evidence);
  }
}
