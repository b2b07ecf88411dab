package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Keeper;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.SwitchSpec;
import java.util.List;

/**
 * Writes records out as a tool's own source has them, for a person who puts them there before the
 * tool goes on. Pure.
 */
public final class KeeperForms {
  private KeeperForms() {}

  /**
   * One name's records.
   *
   * @param name absolute, with the final dot
   * @param sets what shall be there, each with the TTL that it shall have
   * @param gone types that were there and shall not be
   * @param resource what external-dns makes the record from, as its mark says; empty if not known
   */
  public record Records(
      SwitchSpec spec, String name, List<RecordSet> sets, List<RecordType> gone, String resource) {
    public Records {
      sets = List.copyOf(sets);
      gone = List.copyOf(gone);
    }

    /** The name before the zone's; empty for the apex. */
    String relative() {
      return name.equals(spec.zone())
          ? ""
          : name.substring(0, name.length() - spec.zone().length() - 1);
    }

    /** The name without its final dot. */
    String undotted() {
      return undot(name);
    }
  }

  /** The text for that tool; ends with a line break. */
  public static String of(Keeper tool, Records records) {
    return switch (tool) {
      case EXTERNAL_DNS -> ExternalDnsForm.of(records);
      case OCTODNS -> OctodnsForm.of(records);
      case TERRAFORM -> TerraformForm.of(records);
      case NONE -> throw new IllegalArgumentException("Expected a tool, but nobody has no form");
    };
  }

  static String undot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** In double quotes, as YAML and HCL both read it. */
  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
