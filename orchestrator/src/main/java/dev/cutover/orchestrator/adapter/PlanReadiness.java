package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.HttpCall;
import dev.cutover.contract.ReadinessLine;
import dev.cutover.orchestrator.domain.ReadinessPolicy;
import dev.cutover.orchestrator.domain.ReadinessPolicy.BackupProof;
import dev.cutover.orchestrator.domain.ReadinessPolicy.Declared;
import dev.cutover.orchestrator.domain.ReadinessPolicy.PlanSignature;
import dev.cutover.orchestrator.domain.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads what must be proven before go, the change freeze, and what time asks for. */
final class PlanReadiness {
  private static final ReadinessPolicy USUAL = ReadinessPolicy.DEFAULT;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MONTH = Duration.ofDays(31);
  private static final Duration YEAR = Duration.ofDays(366);

  private static final List<String> LINES =
      Arrays.stream(ReadinessLine.values()).map(ReadinessLine::wireName).toList();

  private PlanReadiness() {}

  /**
   * Reads {@code readiness}, {@code freeze} and {@code milestones} of a plan.
   *
   * @param approvers who may sign critical lines in the plan
   * @param rehearsal critical lines stop no rehearsal unless the plan says so: it is what proves
   *     one of them
   */
  static ReadinessPolicy read(
      YamlSection root, Window window, List<String> approvers, boolean rehearsal) {
    ZoneId zone = ZoneId.of(window.zone());
    YamlSection section = root.sectionOrEmpty("readiness");
    Optional<Instant> freezeFrom =
        root.optionalSection("freeze")
            .flatMap(
                freeze -> {
                  Optional<Instant> from = PlanYaml.moment(freeze, "from", zone);
                  freeze.end();
                  return from;
                });
    ReadinessPolicy policy =
        new ReadinessPolicy(
            section.valueOr("requireCritical", "true or false", !rehearsal, PlanValues::flag),
            span(section, "reviewEvery", SECOND, Duration.ofHours(24), USUAL.reviewEvery()),
            span(section, "maxAge", SECOND, YEAR, USUAL.maxAge()),
            span(section, "ttlLead", Duration.ZERO, MONTH, USUAL.ttlLead()),
            freezeFrom,
            signed(section, zone, approvers),
            new Declared(
                section.optionalText("externalMonitoring"),
                section.optionalText("customerCommunication"),
                optionalSpan(section, "decommissionAfter", SECOND, YEAR)),
            section.optionalSection("changeTicket").map(PlanCall::read),
            section.optionalSection("backup").map(PlanReadiness::backup),
            milestones(root));
    section.end();
    return policy;
  }

  /** Reads what a window says besides its ends. */
  static Window expectations(YamlSection section, Window window) {
    Optional<Duration> expected = optionalSpan(section, "expected", SECOND, Duration.ofDays(7));
    Optional<Double> rate =
        section.valueOr(
            "requestsPerSecondMax",
            "a number above 0",
            Optional.empty(),
            text -> Optional.of(PlanValues.above(0).apply(text)));
    if (expected.isPresent() && window.length().isEmpty()) {
      section.fault(
          "expected", "Expected a window that opens and closes, but it is open at one end");
    }
    return new Window(window.zone(), window.opensAt(), window.closesAt(), expected, rate);
  }

  private static BackupProof backup(YamlSection section) {
    HttpCall call = PlanCall.read(section);
    if (call.youngerThan().isEmpty()) {
      section.fault(
          "youngerThan",
          "Expected youngerThan with a JSON pointer to the time of the last good backup, but it is"
              + " missing");
    }
    return new BackupProof.ByHttp(call);
  }

  private static List<PlanSignature> signed(
      YamlSection section, ZoneId zone, List<String> approvers) {
    List<PlanSignature> signed = new ArrayList<>();
    for (YamlSection entry : section.sections("signed")) {
      Optional<ReadinessLine> line =
          entry.value(
              "line",
              "one of " + LINES,
              Optional.empty(),
              text -> Optional.of(ReadinessLine.named(text).orElseThrow()));
      String by = entry.text("by", "the name of one who answers for it");
      String reason = entry.text("reason", "a reason");
      Optional<Instant> until = PlanYaml.moment(entry, "until", zone);
      if (!entry.has("until")) {
        entry.fault("Expected a local date and time for until, but it is missing");
      }
      boolean critical = line.filter(l -> l.weight() == ReadinessLine.Weight.CRITICAL).isPresent();
      if (critical && !by.isEmpty() && !approvers.contains(by)) {
        entry.fault(
            "by",
            "Expected one of the approvers %s to sign a critical line, but found '%s'"
                .formatted(approvers, by));
      }
      entry.end();
      if (line.isPresent() && until.isPresent()) {
        signed.add(new PlanSignature(line.get(), by, reason, until.get()));
      }
    }
    return signed;
  }

  private static List<Duration> milestones(YamlSection root) {
    if (!root.has("milestones")) {
      return USUAL.milestones();
    }
    Function<String, Duration> parse = PlanValues.duration(SECOND, YEAR);
    List<Duration> milestones = new ArrayList<>();
    for (YamlSection.Text text : root.texts("milestones")) {
      try {
        Duration after = parse.apply(text.value());
        if (!milestones.isEmpty() && after.compareTo(milestones.getLast()) <= 0) {
          root.fault(
              text,
              "Expected milestones in order, but '%s' is not after the one before"
                  .formatted(text.value()));
        }
        milestones.add(after);
      } catch (RuntimeException e) {
        root.fault(
            text,
            "Expected %s in milestones, but found '%s'"
                .formatted(PlanValues.durationWord(SECOND, YEAR), text.value()));
      }
    }
    return milestones;
  }

  private static Duration span(
      YamlSection section, String key, Duration min, Duration max, Duration fallback) {
    return section.valueOr(
        key, PlanValues.durationWord(min, max), fallback, PlanValues.duration(min, max));
  }

  private static Optional<Duration> optionalSpan(
      YamlSection section, String key, Duration min, Duration max) {
    return section.valueOr(
        key,
        PlanValues.durationWord(min, max),
        Optional.empty(),
        text -> Optional.of(PlanValues.duration(min, max).apply(text)));
  }
}
