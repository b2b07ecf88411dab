package dev.cutover.dns.adapter;

import dev.cutover.contract.Alias;
import dev.cutover.contract.Checked;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.RecordSets;
import java.io.IOException;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Turns the contract's record sets into dnsjava's records and back, always in normal form. */
final class WireRecords {
  private WireRecords() {}

  /**
   * The same switch with every name and value in the form in which answers are read.
   *
   * @throws IllegalArgumentException if a name or value can't be on a wire; the message names it
   */
  static SwitchSpec normalise(SwitchSpec spec) {
    return new SwitchSpec(
        RecordSets.normaliseName(spec.zone()),
        spec.provider(),
        spec.names().stream()
            .map(
                name ->
                    new SwitchedName(
                        RecordSets.normaliseName(name.name()),
                        normalise(name.source()),
                        normalise(name.target()),
                        name.managedBy()))
            .toList(),
        spec.authorities(),
        spec.resolvers(),
        spec.loweredTtlSeconds(),
        spec.weighted(),
        spec.proof(),
        spec.views());
  }

  private static List<RecordSet> normalise(List<RecordSet> sets) {
    return sets.stream().map(WireRecords::normalise).toList();
  }

  /**
   * The same set in the form in which answers are read. An alias is on no wire, and no check of a
   * value is.
   */
  static RecordSet normalise(RecordSet set) {
    RecordSet normal = RecordSets.normalise(set);
    return new RecordSet(
        normal.name(),
        normal.type(),
        normal.ttlSeconds(),
        normal.values().stream()
            .map(Checked::of)
            .map(checked -> checked.with(normalValue(normal, checked.value())).text())
            .distinct()
            .toList());
  }

  private static String normalValue(RecordSet set, String value) {
    if (Alias.parse(value).isPresent()) {
      return value;
    }
    RecordSet alone = new RecordSet(set.name(), set.type(), set.ttlSeconds(), List.of(value));
    return toSet(set.name(), set.type(), set.ttlSeconds(), toRecords(alone)).values().getFirst();
  }

  static Name toName(String name) {
    try {
      return Name.fromString(RecordSets.normaliseName(name));
    } catch (TextParseException e) {
      throw new IllegalArgumentException(
          "Expected a DNS name, but got '%s': %s".formatted(name, e.getMessage()), e);
    }
  }

  static int toType(RecordType type) {
    if (type == RecordType.SERVER) {
      throw new IllegalArgumentException(
          "Expected records of a zone, but got servers of a backend");
    }
    return Type.value(type.name());
  }

  static List<Record> toRecords(RecordSet set) {
    Name name = toName(set.name());
    return RecordSets.normalise(set).values().stream()
        .map(value -> toRecord(name, set.type(), set.ttlSeconds(), value))
        .toList();
  }

  private static Record toRecord(Name name, RecordType type, int ttlSeconds, String value) {
    try {
      return Record.fromString(name, toType(type), DClass.IN, ttlSeconds, value, Name.root);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected the value of a record of type %s for %s, but got '%s': %s"
              .formatted(type, name, value, e.getMessage()),
          e);
    }
  }

  /**
   * The records of exactly this name and type in an answer; those of an alias's target are no part
   * of the set. The TTL is the lowest given.
   */
  static RecordSet answered(String name, RecordType type, List<Record> answer) {
    Name owner = toName(name);
    List<Record> own =
        answer.stream()
            .filter(r -> r.getName().equals(owner) && r.getType() == toType(type))
            .toList();
    long ttlSeconds = own.stream().mapToLong(Record::getTTL).min().orElse(0);
    return toSet(name, type, (int) Math.min(ttlSeconds, Integer.MAX_VALUE), own);
  }

  private static RecordSet toSet(
      String name, RecordType type, int ttlSeconds, List<Record> records) {
    List<String> values =
        records.stream()
            .map(
                r ->
                    Record.newRecord(
                        r.getName(), r.getType(), DClass.IN, 0, r.rdataToWireCanonical()))
            .map(Record::rdataToString)
            .toList();
    return RecordSets.normalise(
        new RecordSet(RecordSets.normaliseName(name), type, ttlSeconds, values));
  }

  static Message query(String name, RecordType type, boolean recursive) {
    return query(name, toType(type), recursive);
  }

  /**
   * @param type by its number, for types that no cutover moves
   */
  static Message query(String name, int type, boolean recursive) {
    Message query = Message.newQuery(Record.newRecord(toName(name), type, DClass.IN));
    if (!recursive) {
      query.getHeader().unsetFlag(Flags.RD);
    }
    return query;
  }

  static List<Record> answerOf(Message reply) {
    return reply.getSection(Section.ANSWER);
  }
}
