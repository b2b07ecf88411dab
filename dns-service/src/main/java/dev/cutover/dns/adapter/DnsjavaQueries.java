package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.DnsQueries;
import java.io.IOException;
import java.time.Duration;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** Asks through dnsjava's messages; never through its Lookup, which answers from a shared cache. */
public final class DnsjavaQueries implements DnsQueries {

  @Override
  public Answer ask(
      ServerAddress server, boolean recursive, String name, RecordType type, Duration within) {
    try {
      Message reply = DnsWire.ask(server, WireRecords.query(name, type, recursive), within);
      int rcode = reply.getRcode();
      if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
        return new Unanswered(name, type, Rcode.string(rcode));
      }
      return new Answered(
          WireRecords.answered(name, type, WireRecords.answerOf(reply)),
          reply.getHeader().getFlag(Flags.AA));
    } catch (IOException e) {
      return new Unanswered(name, type, String.valueOf(e.getMessage()));
    }
  }
}
