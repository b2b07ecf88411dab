package dev.cutover.contract;

import dev.cutover.contract.DnsReply.ServerRecords;
import dev.cutover.contract.DnsReply.SwitchMark;
import java.util.List;

/** What {@link DnsReply.SwitchRead} says, of one view of the switch. */
public record ViewRead(
    String view,
    List<ServerRecords> servers,
    List<SwitchMark> marks,
    ServedSide served,
    boolean stagedRevertValid,
    String detail) {
  public ViewRead {
    servers = List.copyOf(servers);
    marks = List.copyOf(marks);
  }
}
