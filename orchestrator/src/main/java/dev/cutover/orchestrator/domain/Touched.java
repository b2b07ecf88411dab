package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DataCheck;
import dev.cutover.orchestrator.domain.RehearsalTerms.Rehearsed;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Everything that a plan changes in the world: databases, names, hosts that its checks write to,
 * and the team's own systems. Pure. They are compared as plans write them.
 */
public final class Touched {
  private Touched() {}

  /** All of it, such as {@code name shop.example.com.} or {@code host 10.0.0.2:8080}; sorted. */
  public static List<String> by(Plan plan) {
    TreeSet<String> all = new TreeSet<>();
    Claims.of(plan).forEach(claim -> all.add(claim.toLowerCase(Locale.ROOT)));
    Stream.concat(plan.writingChecks().stream(), plan.sourceChecks().stream())
        .forEach(
            check -> {
              if (check.itself() instanceof DataCheck.HttpFlow flow && flow.writes()) {
                all.add(host(flow.baseUrl()));
              }
            });
    for (TeamStep step : plan.teamSteps()) {
      Stream.concat(Stream.of(step.work()), step.undo().stream())
          .flatMap(work -> system(work).stream())
          .forEach(all::add);
    }
    return List.copyOf(all);
  }

  /**
   * What a rehearsal of that plan must leave alone: all that the plan changes, and the hosts whose
   * health it watches or reads.
   */
  public static List<String> sparedBy(Plan plan) {
    TreeSet<String> all = new TreeSet<>(by(plan));
    plan.watch().stream()
        .flatMap(watch -> Stream.of(watch.source(), watch.target()))
        .flatMap(side -> Stream.of(side.metricsUrl(), side.probeUrl()))
        .filter(url -> !url.isBlank())
        .forEach(url -> all.add(host(url)));
    plan.readingChecks()
        .forEach(
            check -> {
              if (check.itself() instanceof DataCheck.HttpFlow flow) {
                all.add(host(flow.baseUrl()));
              }
            });
    return List.copyOf(all);
  }

  /** What of production a rehearsal would touch; empty when it may be carried out. */
  static List<String> ofProduction(Plan plan) {
    return common(plan, plan.rehearsal().rehearses().map(Rehearsed::spared).orElse(List.of()));
  }

  /** The same, by production's plan itself. */
  static List<String> common(Plan rehearsal, Plan production) {
    return common(rehearsal, sparedBy(production));
  }

  private static List<String> common(Plan rehearsal, List<String> spared) {
    return by(rehearsal).stream().filter(spared::contains).toList();
  }

  private static Optional<String> system(TeamStep.Work work) {
    return switch (work) {
      case TeamStep.Work.Http http -> Optional.of(host(http.call().url()));
      case TeamStep.Work.Participant participant -> Optional.of("topic " + participant.topic());
      case TeamStep.Work.ByHand _, TeamStep.Work.Prove _ -> Optional.empty();
    };
  }

  private static String host(String url) {
    URI uri = URI.create(url.replaceAll("[{}$ ]", "_"));
    String authority = uri.getRawAuthority() == null ? url : uri.getRawAuthority();
    int port = uri.getPort();
    boolean named = port >= 0 || uri.getHost() == null;
    String full =
        named ? authority : authority + ("https".equals(uri.getScheme()) ? ":443" : ":80");
    return "host " + full.toLowerCase(Locale.ROOT);
  }
}
