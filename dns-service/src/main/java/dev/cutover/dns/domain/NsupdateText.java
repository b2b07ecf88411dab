package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.List;

/** Writes a change as {@code nsupdate} commands. The same change gives the same text. Pure. */
public final class NsupdateText {
  private NsupdateText() {}

  /** One command a line, ended by {@code send}; names the key's place nowhere. */
  public static String of(SwitchSpec spec, ZoneChange change) {
    List<String> lines = new ArrayList<>();
    ServerAddress server = spec.provider().writtenAt();
    lines.add("server %s %d".formatted(server.host(), server.port()));
    lines.add("zone " + spec.zone());
    for (RecordSet set : change.required()) {
      for (String value : set.values()) {
        lines.add("prereq yxrrset %s IN %s %s".formatted(set.name(), set.type(), value));
      }
    }
    for (SetKey key : change.absent()) {
      lines.add("prereq nxrrset %s IN %s".formatted(key.name(), key.type()));
    }
    for (SetKey key : change.deleted()) {
      lines.add("update delete %s IN %s".formatted(key.name(), key.type()));
    }
    for (RecordSet set : change.withdrawn()) {
      for (String value : set.values()) {
        lines.add("update delete %s IN %s %s".formatted(set.name(), set.type(), value));
      }
    }
    for (RecordSet set : change.added()) {
      for (String value : set.values()) {
        lines.add(
            "update add %s %d IN %s %s".formatted(set.name(), set.ttlSeconds(), set.type(), value));
      }
    }
    lines.add("send");
    return String.join("\n", lines) + "\n";
  }
}
