package dev.cutover.deploy.demo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SetResponse;
import org.xbill.DNS.Type;
import org.xbill.DNS.Zone;

/**
 * Holds one version of a zone. Never changes: an update makes the next version, so that an answer
 * sees the whole of an update or nothing of it.
 *
 * @param origin absolute name of the zone
 * @param records all records, the SOA among them; order has no meaning
 * @param lookup the same records, indexed
 */
record DemoDnsZone(Name origin, List<Record> records, Zone lookup) {
  private static final int ALIASES_MAX = 8;

  static DemoDnsZone of(Name origin, List<Record> records) {
    try {
      return new DemoDnsZone(
          origin, List.copyOf(records), new Zone(origin, records.toArray(Record[]::new)));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected a zone with a SOA and an NS record, but %s has not".formatted(origin), e);
    }
  }

  static DemoDnsZone parse(String origin, String masterFile) {
    Name name = Name.fromConstantString(origin.endsWith(".") ? origin : origin + ".");
    try {
      Zone zone =
          new Zone(name, new ByteArrayInputStream(masterFile.getBytes(StandardCharsets.UTF_8)));
      List<Record> records = new ArrayList<>();
      zone.iterator().forEachRemaining(set -> records.addAll(set.rrs(false)));
      return of(name, records);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Expected the text of zone %s in master file form, but: %s"
              .formatted(name, e.getMessage()),
          e);
    }
  }

  SOARecord soa() {
    return lookup.getSOA();
  }

  List<Record> at(Name name, int type) {
    return records.stream().filter(r -> r.getName().equals(name) && r.getType() == type).toList();
  }

  boolean hasName(Name name) {
    return records.stream().anyMatch(r -> r.getName().equals(name));
  }

  /** Writes answer, authority, AA and rcode for a question within this zone into the response. */
  void answer(Name name, int type, Message response) {
    response.getHeader().setFlag(Flags.AA);
    Name asked = name;
    for (int aliases = 0; aliases <= ALIASES_MAX && asked.subdomain(origin); aliases++) {
      SetResponse found = lookup.findRecords(asked, type);
      if (found.isSuccessful()) {
        found.answers().forEach(set -> addAll(set, response, Section.ANSWER));
        return;
      }
      if (found.isCNAME()) {
        CNAMERecord alias = found.getCNAME();
        response.addRecord(alias, Section.ANSWER);
        asked = alias.getTarget();
        continue;
      }
      if (found.isDelegation()) {
        response.getHeader().unsetFlag(Flags.AA);
        addAll(found.getNS(), response, Section.AUTHORITY);
        return;
      }
      response.addRecord(negativeSoa(), Section.AUTHORITY);
      if (found.isNXDOMAIN() && !hasDescendant(asked)) {
        response.getHeader().setRcode(Rcode.NXDOMAIN);
      }
      return;
    }
  }

  private static void addAll(RRset set, Message response, int section) {
    set.rrs(false).forEach(record -> response.addRecord(record, section));
  }

  /**
   * An empty non-terminal exists (RFC 8020): a name below it is reason for NODATA, not NXDOMAIN.
   */
  private boolean hasDescendant(Name name) {
    return records.stream().anyMatch(r -> r.getName().subdomain(name));
  }

  /** A negative answer lives for the lesser of the SOA's TTL and its minimum (RFC 2308). */
  private Record negativeSoa() {
    SOARecord soa = soa();
    return withTtl(soa, Math.min(soa.getTTL(), soa.getMinimum()));
  }

  static Record withTtl(Record record, long ttlSeconds) {
    return Record.newRecord(
        record.getName(), record.getType(), DClass.IN, ttlSeconds, record.rdataToWireCanonical());
  }

  static boolean sameData(Record left, Record right) {
    return left.getType() == right.getType()
        && left.getName().equals(right.getName())
        && Arrays.equals(left.rdataToWireCanonical(), right.rdataToWireCanonical());
  }

  boolean isApexSet(Name name, int type) {
    return name.equals(origin) && (type == Type.SOA || type == Type.NS);
  }
}
