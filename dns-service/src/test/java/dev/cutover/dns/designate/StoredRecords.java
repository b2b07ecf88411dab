package dev.cutover.dns.designate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record set as Designate keeps it.
 *
 * @param ttl null: the zone's
 * @param version 1 when created, one more with each write, also one that changes nothing
 * @param serial of the zone that has it
 * @param status PENDING, ACTIVE or ERROR
 * @param action CREATE, UPDATE, DELETE or NONE
 * @param managed made by Designate itself
 */
record StoredRecords(
    String id,
    String name,
    String type,
    @Nullable Integer ttl,
    List<String> records,
    long version,
    long serial,
    String status,
    String action,
    boolean managed) {
  StoredRecords {
    records = List.copyOf(records);
  }

  StoredRecords with(String newStatus, String newAction) {
    return new StoredRecords(
        id, name, type, ttl, records, version, serial, newStatus, newAction, managed);
  }

  StoredRecords written(
      @Nullable Integer newTtl, List<String> newRecords, String newAction, long now) {
    return new StoredRecords(
        id, name, type, newTtl, newRecords, version + 1, now, "PENDING", newAction, managed);
  }
}
