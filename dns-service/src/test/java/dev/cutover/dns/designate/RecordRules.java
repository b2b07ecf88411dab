package dev.cutover.dns.designate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Designate refuses, in its order: the schema, then the role, then the place. Each rule was
 * seen on release 15.0.2 unless another source is named. Pure.
 */
final class RecordRules {
  /** designate/conf/base.py, supported_record_type: neither HTTPS nor SVCB is among them. */
  private static final Set<String> TYPES =
      Set.of(
          "A", "AAAA", "CNAME", "MX", "SRV", "TXT", "SPF", "NS", "PTR", "SSHFP", "SOA", "NAPTR",
          "CAA", "CERT");

  /** {@code invalid_object} whose faults are a list, as validators of fields give it. */
  static final String LISTED = "invalid_object, listed";

  /** Default quota of a record set. */
  private static final int RECORDS_MAX = 20;

  private RecordRules() {}

  /** Why a request is refused. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String type;

    Refused(int status, String type, String message) {
      super(message);
      this.status = status;
      this.type = type;
    }

    int status() {
      return status;
    }

    String type() {
      return type;
    }
  }

  /** Name, type, TTL and values of a new set. */
  static void schema(JsonNode body) throws Refused {
    String type = body.path("type").asText();
    if (!TYPES.contains(type)) {
      throw invalidValue("'%s' is not a valid record type".formatted(type));
    }
    if (!body.path("name").asText().endsWith(".")) {
      throw invalid(
          "Provided object is not valid. Got a ValueError error with message Host name %s does not end with a dot"
              .formatted(body.path("name").asText()));
    }
    if (body.path("name").asText().lastIndexOf('*') > 0) {
      throw invalid(
          "Provided object is not valid. Got a ValueError error with message Host name %s is invalid"
              .formatted(body.path("name").asText()));
    }
    values(type, body);
  }

  /** TTL and values of a set. */
  static void values(String type, JsonNode body) throws Refused {
    if (body.hasNonNull("ttl")
        && (!body.path("ttl").canConvertToInt() || body.path("ttl").asInt() < 0)) {
      throw invalid(
          "Provided object is not valid. Got a ValueError error with message Value must be >= 0 for"
              + " field ttl");
    }
    for (String value : records(body, List.of())) {
      boolean valid =
          switch (type) {
            case "A" -> value.matches("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");
            case "AAAA" -> value.matches("[0-9a-fA-F:.]+") && value.contains(":");
            case "CNAME", "NS" -> value.matches("([a-zA-Z0-9_-]+\\.)+");
            case "TXT" -> value.matches("\".*\"") || !value.contains(" ");
            default -> true;
          };
      if (!valid) {
        throw invalidValue("'%s' is not a '%s' Record".formatted(value, type));
      }
    }
  }

  /** Policy: changes need the role member (common/policies/recordset.py, new defaults). */
  static void role(Set<String> roles) throws Refused {
    if (!roles.contains("member")) {
      throw new Refused(403, "forbidden", "");
    }
  }

  /** Policy: looking needs the role reader. */
  static void reader(Set<String> roles) throws Refused {
    if (!roles.contains("reader")) {
      throw new Refused(403, "forbidden", "");
    }
  }

  /** Where a new set may be (central/service.py, _validate_recordset and what follows it). */
  static void place(String zone, String name, String type, Collection<StoredRecords> stored)
      throws Refused {
    if (!name.equals(zone) && !name.endsWith("." + zone)) {
      throw misplaced("RecordSet is not contained within it's parent zone");
    }
    if (type.equals("CNAME") && name.equals(zone)) {
      throw misplaced("CNAME recordsets may not be created at the zone apex");
    }
    boolean beside =
        stored.stream()
            .anyMatch(
                set ->
                    set.name().equals(name)
                        && !set.type().equals(type)
                        && (type.equals("CNAME") || set.type().equals("CNAME")));
    if (beside) {
      throw misplaced("CNAME recordsets may not share a name with any other records");
    }
    if (stored.stream().anyMatch(set -> set.name().equals(name) && set.type().equals(type))) {
      throw new Refused(409, "duplicate_recordset", "Duplicate RecordSet");
    }
  }

  /** What a set may be changed to. */
  static void change(StoredRecords set, JsonNode body) throws Refused {
    if (set.managed()) {
      throw new Refused(400, "bad_request", "Managed records may not be updated");
    }
    for (String fixed : List.of("name", "type")) {
      String stored = fixed.equals("name") ? set.name() : set.type();
      if (body.has(fixed) && !body.path(fixed).asText().equals(stored)) {
        throw invalid(
            "Provided object does not match schema. Keys ['%s'] are not valid for recordset"
                .formatted(fixed));
      }
    }
  }

  /** How many values a set may have. */
  static void quota(List<String> records) throws Refused {
    if (records.size() > RECORDS_MAX) {
      throw new Refused(413, "over_quota", "Quota exceeded for recordset_records.");
    }
  }

  /** The values of a body; those that are kept where it has none: a PUT merges. */
  static List<String> records(JsonNode body, List<String> kept) {
    if (!body.has("records")) {
      return kept;
    }
    List<String> records = new ArrayList<>();
    body.path("records").forEach(value -> records.add(value.asText()));
    return records.stream().distinct().toList();
  }

  /** The TTL of a body, likewise. */
  static @Nullable Integer ttl(JsonNode body, @Nullable Integer kept) {
    if (!body.has("ttl")) {
      return kept;
    }
    return body.path("ttl").isNull() ? null : Integer.valueOf(body.path("ttl").asInt());
  }

  private static Refused invalid(String message) {
    return new Refused(400, "invalid_object", message);
  }

  private static Refused invalidValue(String message) {
    return new Refused(400, LISTED, message);
  }

  private static Refused misplaced(String message) {
    return new Refused(400, "invalid_recordset_location", message);
  }
}
