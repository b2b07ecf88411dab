package dev.cutover.deploy.dns;

import dev.cutover.contract.Keeper;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.deploy.cli.Table;
import dev.cutover.dns.SingleChanges;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.orchestrator.domain.KeeperForms;
import dev.cutover.orchestrator.domain.KeeperForms.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who else keeps the records of a single change, and what their source has to say afterwards.
 *
 * @param marks what tools have left in the zone
 * @param unknown why that could not be told; empty when it could
 */
record Kept(SingleChange change, List<KeeperMark> marks, String unknown) {
  /** Looks for marks; that none could be looked for keeps nobody from planning. */
  static Kept of(SingleChanges changes, SingleChange change) throws InterruptedException {
    try {
      return new Kept(change, changes.keepers(change), "");
    } catch (SwitchFailure e) {
      return new Kept(change, List.of(), e.failure().reason());
    }
  }

  /** What a person has to know before the change is made. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (!unknown.isEmpty()) {
      lines.add("Not known whether a tool keeps these records: " + unknown);
    }
    for (SwitchedName name : change.spec().names()) {
      Optional<Keeper> said = name.managedBy().map(by -> by.tool());
      List<KeeperMark> own =
          marks.stream().filter(mark -> mark.name().equals(name.name())).toList();
      if (said.filter(tool -> tool == Keeper.NONE).isEmpty()) {
        own.forEach(mark -> lines.add(line(mark.describe(), mark.keeper())));
        said.filter(_ -> own.isEmpty())
            .ifPresent(
                tool ->
                    lines.add(
                        line(
                            "The plan says that %s keeps %s".formatted(tool.word(), name.name()),
                            tool)));
      }
    }
    return lines.stream().map(Table::shown).toList();
  }

  private static String line(String who, Keeper tool) {
    return "%s: it puts back what is changed. Pause it first; before it goes on its own source has to say what --as %s prints."
        .formatted(who, tool.word());
  }

  /**
   * The records afterwards as that tool has them.
   *
   * @throws IllegalArgumentException if there is no such form of them
   */
  String as(String word) {
    Keeper tool =
        Keeper.of(word)
            .filter(found -> found != Keeper.NONE)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Expected --as external-dns, octodns or terraform, but got " + word));
    SwitchSpec spec = change.spec();
    if (spec.provider() instanceof SwitchProvider.HaProxy || spec.weighted()) {
      throw new IllegalArgumentException(
          "Expected records of one side for --as, but %s has %s"
              .formatted(spec.zone(), spec.weighted() ? "shares of both" : "servers of a backend"));
    }
    return spec.names().stream()
        .map(name -> KeeperForms.of(tool, records(name.name())))
        .collect(Collectors.joining("\n"));
  }

  private Records records(String name) {
    List<RecordSet> sets = named(change.after(), name);
    return new Records(
        change.spec(),
        name,
        sets,
        named(change.before().sets(), name).stream()
            .map(RecordSet::type)
            .filter(type -> sets.stream().noneMatch(set -> set.type() == type))
            .toList(),
        marks.stream()
            .filter(mark -> mark.name().equals(name) && !mark.resource().isEmpty())
            .map(KeeperMark::resource)
            .findFirst()
            .orElse(""));
  }

  private static List<RecordSet> named(List<RecordSet> sets, String name) {
    return sets.stream().filter(set -> set.name().equals(name)).toList();
  }
}
