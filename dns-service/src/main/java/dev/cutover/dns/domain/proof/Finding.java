package dev.cutover.dns.domain.proof;

import dev.cutover.contract.RecordType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one server was found to serve for one name and type.
 *
 * @param transport {@code udp}, {@code tcp} or {@code udp+tcp} when both say the same
 * @param holds whether it counts as agreeing; a clamped resolver with the right values does
 * @param ttlSeconds as given; -1 without records
 * @param values sorted; empty when there are none
 * @param serial of the zone at an authority
 * @param reason why the verdict is what it is; may be empty
 */
public record Finding(
    Server server,
    String transport,
    String name,
    RecordType type,
    Verdict verdict,
    boolean holds,
    int ttlSeconds,
    List<String> values,
    Optional<Long> serial,
    String reason) {
  public Finding {
    values = List.copyOf(values);
  }

  /** What identifies it from look to look. */
  public String key() {
    return key(server, name, type);
  }

  private Finding by(String transports) {
    return new Finding(
        server, transports, name, type, verdict, holds, ttlSeconds, values, serial, reason);
  }

  /** One for both transports where these say the same. */
  static List<Finding> folded(Collection<Finding> findings) {
    Map<Finding, List<String>> transports = new LinkedHashMap<>();
    for (Finding finding : findings) {
      transports.computeIfAbsent(finding.by(""), _ -> new ArrayList<>()).add(finding.transport());
    }
    return transports.entrySet().stream()
        .map(same -> same.getKey().by(String.join("+", same.getValue())))
        .toList();
  }

  static String key(Reading reading) {
    return key(reading.server(), reading.name(), reading.type());
  }

  private static String key(Server server, String name, RecordType type) {
    return "%s %s %s %s".formatted(server.group(), server.address(), name, type);
  }
}
