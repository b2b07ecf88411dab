package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.proof.DnsProbe;
import dev.cutover.dns.domain.proof.DnsProbe.Query;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Silence;
import dev.cutover.dns.domain.proof.DnsProbe.Silent;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Asks many questions side by side. */
final class ProbePoll {
  /** Far servers answer within a few hundred milliseconds; a resolver may have to ask others. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

  private final DnsProbe probe;
  private final Pace pace;

  ProbePoll(DnsProbe probe, Pace pace) {
    this.probe = probe;
    this.pace = pace;
  }

  static Query ofAuthority(ServerAddress server, Transport transport, String name, QueryType type) {
    return new Query(server, transport, false, name, type, ANSWER_MAX);
  }

  static Query ofResolver(ServerAddress server, String name, QueryType type) {
    return new Query(server, Transport.UDP, true, name, type, ANSWER_MAX);
  }

  /** The replies, in the order of the questions. */
  List<Reply> ask(List<Query> queries) throws InterruptedException {
    List<Future<Reply>> asked = new ArrayList<>();
    for (Query query : queries) {
      asked.add(pace.fork("dns-probe", () -> ask(query)));
    }
    List<Reply> replies = new ArrayList<>();
    try {
      for (Future<Reply> reply : asked) {
        replies.add(reply.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected a reply or its absence, but asking failed", e);
    } finally {
      asked.forEach(reply -> reply.cancel(true)); // no effect on those that have answered
    }
    return replies;
  }

  /** A lost datagram is no outage: asked once more. */
  Reply ask(Query query) {
    Reply reply = probe.ask(query);
    return reply instanceof Silent(Silence silence, String _)
            && silence == Silence.NO_ANSWER
            && query.transport() == Transport.UDP
        ? probe.ask(query)
        : reply;
  }
}
