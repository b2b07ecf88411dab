package dev.cutover.dns.domain.proof;

import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.proof.DnsProbe.Entry;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import java.util.List;

/** What one server replied to the question for one name and type. */
public record Reading(
    Server server, Transport transport, String name, RecordType type, Reply reply) {

  /**
   * What stands at a name: the records of the type, or the alias that takes their place.
   *
   * @param type the type asked for, or CNAME
   * @param values sorted; empty for none
   * @param ttlSeconds the lowest given; -1 for none
   */
  record Content(RecordType type, List<String> values, int ttlSeconds) {
    Content {
      values = values.stream().sorted().toList();
    }
  }

  /** What the reply says of the name itself. */
  Content content(Given given) {
    List<Entry> own = given.answers(name, QueryType.of(type));
    RecordType found = type;
    if (own.isEmpty()) {
      List<Entry> alias = given.answers(name, QueryType.CNAME);
      own = alias;
      found = alias.isEmpty() ? type : RecordType.CNAME;
    }
    return new Content(
        found,
        own.stream().map(Entry::value).distinct().toList(),
        own.stream().mapToInt(Entry::ttlSeconds).min().orElse(-1));
  }
}
