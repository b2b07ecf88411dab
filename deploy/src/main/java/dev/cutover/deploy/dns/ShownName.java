package dev.cutover.deploy.dns;

import dev.cutover.contract.RecordType;
import dev.cutover.deploy.cli.Table;
import dev.cutover.dns.NameCheck.Look;
import dev.cutover.dns.domain.proof.Finding;
import dev.cutover.dns.domain.proof.NameReport;
import dev.cutover.dns.domain.proof.NameReport.Link;
import dev.cutover.dns.domain.proof.Quorums.Tally;
import dev.cutover.dns.domain.proof.Server;
import dev.cutover.dns.domain.proof.WatchMemory.Change;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What was found of a name, as lines for people. */
final class ShownName {
  private ShownName() {}

  /** A whole look. */
  static List<String> lines(NameReport report) {
    List<String> lines = new ArrayList<>();
    lines.addAll(chain(report));
    lines.add("");
    boolean rows = false;
    Table table =
        new Table("server", "class", "by", "type", "verdict", "TTL", "values", "serial", "because");
    Set<RecordType> absent = absent(report);
    for (Finding finding : report.findings()) {
      if (!absent.contains(finding.type())) {
        rows = true;
        table.row(
            finding.server().shown(),
            finding.server().group(),
            finding.transport(),
            finding.type().name(),
            finding.verdict().word(),
            finding.ttlSeconds() < 0 ? "" : String.valueOf(finding.ttlSeconds()),
            values(finding),
            finding.serial().map(String::valueOf).orElse(""),
            finding.reason());
      }
    }
    if (rows) {
      lines.addAll(table.lines());
      lines.add("");
    }
    if (!absent.isEmpty()) {
      lines.add(
          "No authority has records of type %s."
              .formatted(
                  absent.stream().map(RecordType::name).collect(Collectors.joining(" or "))));
    }
    lines.add(sentence("DNSSEC: " + report.dnssec().sentence()));
    report.notes().forEach(note -> lines.add(sentence("Note: " + note)));
    lines.add(sentence(report.summary()));
    return lines;
  }

  private static String sentence(String text) {
    return Table.shown(text.endsWith(".") ? text : text + ".");
  }

  /** The name, its zone and who answers for it; then what it is an alias of. */
  private static List<String> chain(NameReport report) {
    List<String> lines = new ArrayList<>();
    for (Link link : report.links()) {
      String by =
          link.parentHosts().isEmpty() && link.apexHosts().isEmpty()
              ? ""
              : ", served by "
                  + String.join(
                      ", ", link.apexHosts().isEmpty() ? link.parentHosts() : link.apexHosts());
      lines.add(
          Table.shown(
              "%s%s  zone %s%s%s"
                  .formatted(
                      lines.isEmpty() ? "" : "  -> ",
                      link.name(),
                      link.zone().isEmpty() ? "not known" : link.zone(),
                      by,
                      link.alias().map(target -> "; an alias of " + target).orElse(""))));
    }
    return lines;
  }

  /** Types of which nobody has, and nobody should have, a record: a line for all of them. */
  private static Set<RecordType> absent(NameReport report) {
    Set<RecordType> absent = EnumSet.noneOf(RecordType.class);
    report.authorities().stream()
        .filter(f -> f.server().group().equals(Server.AUTHORITY))
        .forEach(f -> absent.add(f.type()));
    report.findings().stream()
        .filter(f -> !f.values().isEmpty() || !f.holds())
        .forEach(f -> absent.remove(f.type()));
    return absent;
  }

  private static String values(Finding finding) {
    return finding.values().isEmpty()
        ? finding.ttlSeconds() < 0 && finding.reason().isEmpty() ? "none" : ""
        : shortened(finding);
  }

  private static String shortened(Finding finding) {
    return finding.values().stream()
        .map(value -> finding.type() == RecordType.AAAA ? Server.shortened(value) : value)
        .collect(Collectors.joining(" "));
  }

  /** One change, with its time. */
  static String line(Instant at, Change change) {
    Finding after = change.after();
    return Table.shown(
        "%s  %s (%s, %s)  %s  %s%s%s%s"
            .formatted(
                time(at),
                after.server().shown(),
                after.server().group(),
                after.transport(),
                after.type(),
                change.before().map(before -> before.verdict().word() + " -> ").orElse(""),
                after.verdict().word(),
                after.values().isEmpty()
                    ? ""
                    : " %s TTL %d".formatted(String.join(" ", after.values()), after.ttlSeconds()),
                after.reason().isEmpty() ? "" : " (" + after.reason() + ")"));
  }

  /** How far it has come, and when it must be over. */
  static String progress(Look look) {
    String counts =
        look.report().tallies().stream().map(Tally::words).collect(Collectors.joining(", "));
    return look.overAt()
        .map(
            at ->
                at.isAfter(look.report().at())
                    ? "%s; over at %s, TTL included".formatted(counts, time(at))
                    : "%s; over for honest caches since %s".formatted(counts, time(at)))
        .orElse(counts + "; no end is known before the last authority has it");
  }

  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
