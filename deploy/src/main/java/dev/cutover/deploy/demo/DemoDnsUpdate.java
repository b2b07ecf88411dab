package dev.cutover.deploy.demo;

import static dev.cutover.deploy.demo.DemoDnsZone.sameData;
import static dev.cutover.deploy.demo.DemoDnsZone.withTtl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Judges and applies one UPDATE message as RFC 2136 section 3 demands, with BIND's choices where
 * the RFC leaves one: the policy is asked before the prerequisites, and an added record sets the
 * TTL of its whole set. Pure: the zone given is never changed.
 */
final class DemoDnsUpdate {
  private DemoDnsUpdate() {}

  /**
   * @param rcode what to answer; anything but NOERROR means that nothing was applied
   * @param changed false when the update asked for what is there already
   * @param zone the zone after the update
   */
  record Outcome(int rcode, boolean changed, DemoDnsZone zone) {}

  static Outcome apply(DemoDnsZone zone, Message update, boolean mayUpdate) {
    List<Record> prerequisites = update.getSection(Section.PREREQ);
    List<Record> changes = update.getSection(Section.UPDATE);
    int rcode = scan(zone, changes);
    if (rcode == Rcode.NOERROR && !changes.isEmpty() && !mayUpdate) {
      rcode = Rcode.REFUSED;
    }
    if (rcode == Rcode.NOERROR) {
      rcode = check(zone, prerequisites);
    }
    return rcode == Rcode.NOERROR ? change(zone, changes) : new Outcome(rcode, false, zone);
  }

  private static int check(DemoDnsZone zone, List<Record> prerequisites) {
    Map<SetKey, List<Record>> wanted = new LinkedHashMap<>();
    for (Record record : prerequisites) {
      if (record.getTTL() != 0) {
        return Rcode.FORMERR;
      }
      if (!record.getName().subdomain(zone.origin())) {
        return Rcode.NOTZONE;
      }
      int rcode = checkOne(zone, record, wanted);
      if (rcode != Rcode.NOERROR) {
        return rcode;
      }
    }
    for (Map.Entry<SetKey, List<Record>> set : wanted.entrySet()) {
      List<Record> found = zone.at(set.getKey().name(), set.getKey().type());
      if (!sameSet(found, set.getValue())) {
        return Rcode.NXRRSET;
      }
    }
    return Rcode.NOERROR;
  }

  private static int checkOne(DemoDnsZone zone, Record record, Map<SetKey, List<Record>> wanted) {
    Name name = record.getName();
    int type = record.getType();
    switch (record.getDClass()) {
      case DClass.ANY -> {
        if (hasData(record)) {
          return Rcode.FORMERR;
        }
        if (type == Type.ANY) {
          return zone.hasName(name) ? Rcode.NOERROR : Rcode.NXDOMAIN;
        }
        return zone.at(name, type).isEmpty() ? Rcode.NXRRSET : Rcode.NOERROR;
      }
      case DClass.NONE -> {
        if (hasData(record)) {
          return Rcode.FORMERR;
        }
        if (type == Type.ANY) {
          return zone.hasName(name) ? Rcode.YXDOMAIN : Rcode.NOERROR;
        }
        return zone.at(name, type).isEmpty() ? Rcode.NOERROR : Rcode.YXRRSET;
      }
      case DClass.IN -> {
        wanted.computeIfAbsent(new SetKey(name, type), k -> new ArrayList<>()).add(record);
        return Rcode.NOERROR;
      }
      default -> {
        return Rcode.FORMERR;
      }
    }
  }

  private static boolean sameSet(List<Record> found, List<Record> wanted) {
    return found.stream().allMatch(f -> wanted.stream().anyMatch(w -> sameData(f, w)))
        && wanted.stream().allMatch(w -> found.stream().anyMatch(f -> sameData(f, w)));
  }

  private static int scan(DemoDnsZone zone, List<Record> changes) {
    for (Record record : changes) {
      if (!record.getName().subdomain(zone.origin())) {
        return Rcode.NOTZONE;
      }
      boolean wellFormed =
          switch (record.getDClass()) {
            case DClass.IN -> Type.isRR(record.getType());
            case DClass.ANY -> record.getTTL() == 0 && !hasData(record);
            case DClass.NONE -> record.getTTL() == 0 && record.getType() != Type.ANY;
            default -> false;
          };
      if (!wellFormed) {
        return Rcode.FORMERR;
      }
    }
    return Rcode.NOERROR;
  }

  private static Outcome change(DemoDnsZone zone, List<Record> changes) {
    List<Record> records = new ArrayList<>(zone.records());
    for (Record record : changes) {
      switch (record.getDClass()) {
        case DClass.IN -> add(zone, records, record);
        case DClass.ANY -> deleteSets(zone, records, record.getName(), record.getType());
        default -> deleteOne(zone, records, record);
      }
    }
    if (records.equals(zone.records()) && sameTtls(records, zone.records())) {
      return new Outcome(Rcode.NOERROR, false, zone);
    }
    DemoDnsZone changed = DemoDnsZone.of(zone.origin(), records);
    boolean serialGiven = changed.soa().getSerial() != zone.soa().getSerial();
    return new Outcome(Rcode.NOERROR, true, serialGiven ? changed : withNextSerial(changed));
  }

  private static boolean sameTtls(List<Record> left, List<Record> right) {
    for (int i = 0; i < left.size(); i++) {
      if (left.get(i).getTTL() != right.get(i).getTTL()) {
        return false;
      }
    }
    return true;
  }

  /** Adds one record. A CNAME beside other data, or the reverse, is silently ignored (3.4.2.2). */
  private static void add(DemoDnsZone zone, List<Record> records, Record added) {
    Name name = added.getName();
    boolean alias = added.getType() == Type.CNAME;
    boolean conflict =
        records.stream()
            .filter(r -> r.getName().equals(name))
            .anyMatch(r -> alias != (r.getType() == Type.CNAME));
    if (conflict || (added.getType() == Type.SOA && !name.equals(zone.origin()))) {
      return;
    }
    if (alias || added.getType() == Type.SOA) {
      replaceIfOther(records, added);
      return;
    }
    long ttlSeconds = added.getTTL();
    records.replaceAll(
        r ->
            r.getName().equals(name) && r.getType() == added.getType() && r.getTTL() != ttlSeconds
                ? withTtl(r, ttlSeconds)
                : r);
    if (records.stream().noneMatch(r -> sameData(r, added))) {
      records.add(added);
    }
  }

  private static void replaceIfOther(List<Record> records, Record added) {
    boolean same =
        records.stream().anyMatch(r -> sameData(r, added) && r.getTTL() == added.getTTL());
    if (!same) {
      records.removeIf(r -> r.getName().equals(added.getName()) && r.getType() == added.getType());
      records.add(added);
    }
  }

  private static void deleteSets(DemoDnsZone zone, List<Record> records, Name name, int type) {
    records.removeIf(
        r ->
            r.getName().equals(name)
                && (type == Type.ANY || r.getType() == type)
                && !zone.isApexSet(name, r.getType()));
  }

  private static void deleteOne(DemoDnsZone zone, List<Record> records, Record deleted) {
    boolean lastApexNs =
        deleted.getType() == Type.NS
            && deleted.getName().equals(zone.origin())
            && records.stream()
                    .filter(r -> r.getType() == Type.NS && r.getName().equals(zone.origin()))
                    .count()
                == 1;
    if (deleted.getType() != Type.SOA && !lastApexNs) {
      records.removeIf(r -> sameData(r, deleted));
    }
  }

  private static DemoDnsZone withNextSerial(DemoDnsZone zone) {
    SOARecord soa = zone.soa();
    long next = (soa.getSerial() + 1) & 0xFFFF_FFFFL;
    SOARecord raised =
        new SOARecord(
            soa.getName(),
            DClass.IN,
            soa.getTTL(),
            soa.getHost(),
            soa.getAdmin(),
            next == 0 ? 1 : next,
            soa.getRefresh(),
            soa.getRetry(),
            soa.getExpire(),
            soa.getMinimum());
    List<Record> records = new ArrayList<>(zone.records());
    records.replaceAll(r -> r.getType() == Type.SOA ? raised : r);
    return DemoDnsZone.of(zone.origin(), records);
  }

  private static boolean hasData(Record record) {
    return record.rdataToWireCanonical().length > 0;
  }

  private record SetKey(Name name, int type) {}
}
