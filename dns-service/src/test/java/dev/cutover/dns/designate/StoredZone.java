package dev.cutover.dns.designate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.dns.designate.RecordRules.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A zone as Designate keeps it: what is wanted at once, what is served later. A set that is deleted
 * is gone from the API at once, and only the zone is PENDING until the servers follow; it may be
 * created again before that (both seen on release 15.0.2 with its name server stopped). Status is
 * the zone's: all that waits becomes ACTIVE, or ERROR, together.
 */
final class StoredZone {
  private final String name;
  private final Consumer<RecordSet> servers;
  private final int ttlSeconds;
  private final Map<String, StoredRecords> sets = new LinkedHashMap<>();
  private Map<String, RecordSet> served = new HashMap<>();
  private long serial = 1_700_000_000;
  private long version = 1;
  private String status = "ACTIVE";
  private String action = "NONE";

  /**
   * @param servers takes each set that they serve from now on; no values when it is gone
   */
  StoredZone(String name, int ttlSeconds, Consumer<RecordSet> servers) {
    this.name = name;
    this.ttlSeconds = ttlSeconds;
    this.servers = servers;
    for (String type : List.of("SOA", "NS")) {
      String id = UUID.randomUUID().toString();
      sets.put(
          id,
          new StoredRecords(
              id, name, type, null, List.of("ns1." + name), 1, serial, "ACTIVE", "NONE", true));
    }
  }

  String name() {
    return name;
  }

  int ttlSeconds() {
    return ttlSeconds;
  }

  synchronized long serial() {
    return serial;
  }

  synchronized long version() {
    return version;
  }

  synchronized String status() {
    return status;
  }

  synchronized String action() {
    return action;
  }

  synchronized List<StoredRecords> sets() {
    return List.copyOf(sets.values());
  }

  synchronized StoredRecords get(String id) throws Refused {
    StoredRecords found = sets.get(id);
    if (found == null) {
      throw new Refused(404, "recordset_not_found", "Could not find RecordSet");
    }
    return found;
  }

  synchronized StoredRecords create(JsonNode body, Set<String> roles) throws Refused {
    RecordRules.schema(body);
    RecordRules.role(roles);
    String owner = body.path("name").asText();
    String type = body.path("type").asText();
    RecordRules.place(name, owner, type, sets.values());
    List<String> records = RecordRules.records(body, List.of());
    RecordRules.quota(records);
    touched();
    String id = UUID.randomUUID().toString();
    StoredRecords made =
        new StoredRecords(
            id,
            owner,
            type,
            RecordRules.ttl(body, null),
            records,
            1,
            serial,
            "PENDING",
            "CREATE",
            false);
    sets.put(id, made);
    return made;
  }

  synchronized StoredRecords update(String id, JsonNode body, Set<String> roles) throws Refused {
    StoredRecords before = get(id);
    RecordRules.change(before, body);
    RecordRules.values(before.type(), body);
    RecordRules.role(roles);
    List<String> records = RecordRules.records(body, before.records());
    RecordRules.quota(records);
    touched();
    StoredRecords made =
        before.written(RecordRules.ttl(body, before.ttl()), records, "UPDATE", serial);
    sets.put(id, made);
    return made;
  }

  synchronized StoredRecords delete(String id, Set<String> roles) throws Refused {
    StoredRecords before = get(id);
    RecordRules.role(roles);
    if (before.managed()) {
      throw new Refused(400, "bad_request", "Managed records may not be deleted");
    }
    touched();
    sets.remove(id);
    return before.written(before.ttl(), before.records(), "DELETE", serial);
  }

  private void touched() {
    serial++;
    version++;
    status = "PENDING";
    action = "UPDATE";
  }

  /** The servers have followed to what is wanted now. */
  synchronized void spread() {
    if (status.equals("ACTIVE")) {
      return;
    }
    Map<String, RecordSet> wanted = new HashMap<>();
    for (StoredRecords set : sets.values()) {
      if (!set.managed()) {
        int ttl = set.ttl() == null ? ttlSeconds : set.ttl();
        wanted.put(
            set.name() + set.type(),
            new RecordSet(set.name(), RecordType.valueOf(set.type()), ttl, set.records()));
      }
    }
    List<RecordSet> news = new ArrayList<>();
    served.forEach(
        (key, was) -> {
          if (!wanted.containsKey(key)) {
            news.add(new RecordSet(was.name(), was.type(), 0, List.of()));
          }
        });
    wanted.forEach(
        (key, is) -> {
          if (!is.equals(served.get(key))) {
            news.add(is);
          }
        });
    news.forEach(servers);
    served = wanted;
    become("ACTIVE", "NONE");
  }

  /** The servers did not follow in time; Designate goes on trying. */
  synchronized void fail() {
    if (!status.equals("ACTIVE")) {
      become("ERROR", action);
    }
  }

  private void become(String newStatus, String newAction) {
    Stream.of(sets.values().toArray(StoredRecords[]::new))
        .filter(set -> !set.status().equals("ACTIVE"))
        .forEach(
            set ->
                sets.put(
                    set.id(),
                    set.with(newStatus, newStatus.equals("ACTIVE") ? newAction : set.action())));
    status = newStatus;
    action = newAction;
    version++;
  }
}
