package dev.cutover.dns;

import dev.cutover.contract.DnsCommand.VerifyView;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.DnsReply.ViewVerified;
import dev.cutover.contract.Event;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import dev.cutover.dns.domain.SwitchFailure;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Proves what a view serves, from where this instance is. Changes nothing. */
record ViewCheck(TrafficProof proof, DnsQueries queries) {
  /** Of a network that nobody has (RFC 5737, TEST-NET-1): who answers there is on the way. */
  static final ServerAddress NOBODY = new ServerAddress("192.0.2.53", 53);

  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);

  /** A refusal is an answer, too; what is not there says nothing or in a sentence. */
  private static final Pattern RESPONSE_CODE = Pattern.compile("[A-Z]{4,}");

  /**
   * Waits for it.
   *
   * @param spec the view's, in normal form
   * @throws SwitchFailure who does not serve it; INCONCLUSIVE when nothing can be proven from here
   */
  ViewVerified verify(VerifyView order, SwitchSpec spec, Duration within, Consumer<Event> reports)
      throws SwitchFailure, InterruptedException {
    requireOpenWay(order, spec);
    TrafficVerified seen = proof.verify(order.header().step(), spec, order.side(), within, reports);
    return new ViewVerified(
        seen.step(),
        order.view(),
        order.vantage(),
        seen.side(),
        seen.lastAuthorityAt(),
        seen.ttlSeconds(),
        seen.servers(),
        seen.classes().orElse(List.of()));
  }

  private void requireOpenWay(VerifyView order, SwitchSpec spec) throws SwitchFailure {
    boolean standard =
        Stream.concat(spec.authorities().stream(), spec.everyResolver().stream())
            .anyMatch(server -> server.port() == NOBODY.port());
    boolean intercepted =
        standard
            && switch (queries.ask(NOBODY, false, spec.zone(), RecordType.A, ANSWER_MAX)) {
              case Answered _ -> true;
              case Unanswered(String _, RecordType _, String reason) ->
                  RESPONSE_CODE.matcher(reason).matches();
            };
    if (intercepted) {
      throw new SwitchFailure(
          FailureKind.INCONCLUSIVE,
          "Expected no answer of %s, which nobody has, but one came to vantage point '%s': port 53 is intercepted on the way from there. What is seen there is no evidence"
              .formatted(NOBODY, order.vantage()),
          true);
    }
  }
}
