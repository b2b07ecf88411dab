package dev.cutover.orchestrator.domain;

import dev.cutover.contract.ReadinessLine;
import dev.cutover.contract.ReadinessLine.Weight;
import dev.cutover.contract.ReadinessStatus.Fact;
import dev.cutover.contract.ReadinessStatus.LineStatus;
import dev.cutover.contract.ReadinessStatus.Standing;
import dev.cutover.contract.ReadinessStatus.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The readiness checklist: each line proven, signed, or neither. Pure. */
final class Checklist {
  private Checklist() {}

  /**
   * What stops the go.
   *
   * @param name short and stable: approvals rest on the set of these
   * @param sentence for people
   */
  record Shortfall(String name, String sentence) {}

  /** All lines, in the pattern's order. */
  static List<LineStatus> lines(Cutover cutover, Instant now) {
    return Arrays.stream(ReadinessLine.values()).map(line -> line(line, cutover, now)).toList();
  }

  /** Critical lines that are neither proven nor signed. */
  static List<ReadinessLine> open(Cutover cutover, Instant now) {
    return lines(cutover, now).stream()
        .filter(line -> line.weight() == Weight.CRITICAL && isOpen(line))
        .map(LineStatus::line)
        .toList();
  }

  /** Whatever stops the go: critical lines, unless the plan lets them be, and the way back. */
  static List<Shortfall> shortfalls(Cutover cutover, Instant now) {
    return shortfalls(lines(cutover, now), cutover, now);
  }

  /**
   * The same, of what is already known.
   *
   * @param lines all of them at this moment
   */
  static List<Shortfall> shortfalls(List<LineStatus> lines, Cutover cutover, Instant now) {
    List<Shortfall> all = new ArrayList<>();
    if (cutover.requiredPlan().readiness().requireCritical()) {
      lines.stream()
          .filter(line -> line.weight() == Weight.CRITICAL && isOpen(line))
          .map(
              line ->
                  new Shortfall(
                      line.line().wireName(), line.line().wireName() + " (" + line.detail() + ")"))
          .forEach(all::add);
      all.addAll(Forecasts.shortfalls(cutover));
    }
    WayBack.unproven(cutover, now).stream()
        .map(
            fact ->
                new Shortfall(
                    "way back: " + fact.name(),
                    "the way back: %s (%s)".formatted(fact.name(), fact.detail())))
        .forEach(all::add);
    return all;
  }

  /** Why nobody may say go. */
  static String refusal(Cutover cutover, Instant now) {
    return "Expected every critical line of readiness to be proven or signed, but these are not: "
        + shortfalls(cutover, now).stream()
            .map(Shortfall::sentence)
            .collect(Collectors.joining("; "));
  }

  /** Lines that stop nothing and are not as recommended. */
  static List<String> warnings(List<LineStatus> lines, Cutover cutover) {
    boolean required = cutover.requiredPlan().readiness().requireCritical();
    return lines.stream()
        .filter(
            line ->
                line.weight() == Weight.RECOMMENDED
                    || (line.weight() == Weight.CRITICAL && !required)
                    || (line.weight() == Weight.OPTIONAL && line.verdict() == Verdict.FAILED))
        .filter(Checklist::isOpen)
        .map(line -> line.line().wireName() + ": " + line.detail())
        .toList();
  }

  static boolean isOpen(LineStatus line) {
    return line.verdict() == Verdict.UNPROVEN || line.verdict() == Verdict.FAILED;
  }

  static LineStatus line(ReadinessLine line, Cutover cutover, Instant now) {
    return switch (Proofs.of(line, cutover, now)) {
      case Finding.Proven(String what, Optional<Instant> at, String origin) ->
          status(line, Verdict.PROVEN, what, at, origin, Optional.empty());
      case Finding.Missing(String part) ->
          status(
              line,
              Verdict.NOT_APPLICABLE,
              "the plan has no '" + part + "'",
              Optional.empty(),
              part,
              Optional.empty());
      case Finding.Unproven(String why) ->
          signature(line, cutover, now)
              .map(signature -> signed(line, signature, why))
              .orElseGet(
                  () ->
                      status(line, Verdict.UNPROVEN, why, Optional.empty(), "", Optional.empty()));
      case Finding.Failed(String why, Instant since, String origin) ->
          signature(line, cutover, now)
              .filter(signature -> !signature.at().isBefore(since)) // it was seen, and signed
              .map(signature -> signed(line, signature, why))
              .orElseGet(
                  () -> status(line, Verdict.FAILED, why, known(since), origin, Optional.empty()));
    };
  }

  /** A person's signature, otherwise the plan's; one that is over is none. */
  private static Optional<Readiness.Signature> signature(
      ReadinessLine line, Cutover cutover, Instant now) {
    return Optional.ofNullable(cutover.readiness().signatures().get(line))
        .or(
            () ->
                cutover.requiredPlan().readiness().signed().stream()
                    .filter(entry -> entry.line() == line)
                    .map(
                        entry ->
                            new Readiness.Signature(
                                entry.by(), entry.reason(), Instant.EPOCH, entry.until()))
                    .findFirst())
        .filter(signature -> now.isBefore(signature.until()));
  }

  private static LineStatus signed(
      ReadinessLine line, Readiness.Signature signature, String otherwise) {
    return status(
        line,
        Verdict.SIGNED,
        "%s signed: %s (otherwise: %s)".formatted(signature.by(), signature.reason(), otherwise),
        known(signature.at()),
        known(signature.at()).isEmpty() ? "readiness.signed" : "sign",
        Optional.of(signature.until()));
  }

  /** What the plan itself says has no time. */
  private static Optional<Instant> known(Instant at) {
    return at.equals(Instant.EPOCH) ? Optional.empty() : Optional.of(at);
  }

  private static LineStatus status(
      ReadinessLine line,
      Verdict verdict,
      String detail,
      Optional<Instant> at,
      String origin,
      Optional<Instant> until) {
    return new LineStatus(line, line.weight(), verdict, detail, at, origin, until);
  }

  /** A fact that is good. */
  static Fact good(String name, String detail) {
    return new Fact(name, Standing.GOOD, detail);
  }

  static Fact unknown(String name, String detail) {
    return new Fact(name, Standing.UNKNOWN, detail);
  }

  static Fact bad(String name, String detail) {
    return new Fact(name, Standing.BAD, detail);
  }
}
