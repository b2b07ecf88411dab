package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.REFUSED;

import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TSIGRecord;

/** Says what a server's answer to an update means (RFC 2136, RFC 8945). Pure. */
final class Rfc2136Answers {
  private Rfc2136Answers() {}

  /**
   * What became of an update.
   *
   * @param alias whether it asked for a name to be without the types of others
   */
  static Outcome meaning(Message reply, Rfc2136 server, String zone, boolean alias) {
    TSIGRecord signature = reply.getTSIG();
    if (signature != null && signature.getError() != Rcode.NOERROR) {
      return new Outcome.Denied(REFUSED, keyFault(signature, server));
    }
    int rcode = reply.getRcode();
    return switch (rcode) {
      case Rcode.REFUSED ->
          new Outcome.Denied(
              REFUSED,
              "Expected %s to take an update of %s signed with key %s, but it answered REFUSED%s: the key lacks the right, the zone takes no updates or is frozen, a record can't stand beside another, or the server is a secondary"
                  .formatted(
                      server.primary(),
                      zone,
                      server.tsigKey(),
                      // PowerDNS 4.7 says no more of a key that it does not know.
                      signature == null
                          ? " without a signature: it may know no key of that name, algorithm and secret, or its clock differs; else"
                          : ""));
      case Rcode.NOTAUTH ->
          new Outcome.Denied(
              REFUSED,
              "Expected %s to be the primary of zone %s, but it answered NOTAUTH: it does not serve that zone"
                  .formatted(server.primary(), zone));
      case Rcode.NOTZONE ->
          new Outcome.Denied(
              REFUSED,
              "Expected all names to lie within zone %s, but %s answered NOTZONE"
                  .formatted(zone, server.primary()));
      case Rcode.NOTIMP, Rcode.FORMERR ->
          new Outcome.Denied(
              REFUSED,
              "Expected %s to understand RFC 2136 updates, but it answered %s"
                  .formatted(server.primary(), Rcode.string(rcode)));
      default -> {
        if (!reply.isVerified()) {
          yield new Outcome.Unknown(
              "Expected a reply signed with key %s from %s, but it answered %s unsigned or badly signed; a reply that anybody could have sent is not believed"
                  .formatted(server.tsigKey(), server.primary(), Rcode.string(rcode)));
        }
        yield switch (rcode) {
          case Rcode.NOERROR -> new Outcome.Accepted();
          case Rcode.NXRRSET, Rcode.YXRRSET, Rcode.NXDOMAIN, Rcode.YXDOMAIN ->
              new Outcome.Unmet(
                  alias && rcode == Rcode.YXRRSET
                      ? "YXRRSET: there may be records of a type that the plan does not name, such as TXT or MX, and a CNAME must stand alone"
                      : Rcode.string(rcode));
          default ->
              new Outcome.Unknown(
                  "Expected %s to make the update, but it answered %s"
                      .formatted(server.primary(), Rcode.string(rcode)));
        };
      }
    };
  }

  private static String keyFault(TSIGRecord signature, Rfc2136 server) {
    String error = Rcode.TSIGstring(signature.getError());
    String remedy =
        switch (signature.getError()) {
          case Rcode.BADSIG -> "the secret differs from the server's";
          case Rcode.BADKEY ->
              "the server knows no key of that name and algorithm, or (Knot) no access list gives the key this right";
          case Rcode.BADTIME ->
              "the clocks differ too much, the server's says %s: synchronise them"
                  .formatted(signature.getTimeSigned());
          default -> "compare name, algorithm and secret with the server's";
        };
    return "Expected %s to accept key %s, but it answered NOTAUTH(%s): %s"
        .formatted(server.primary(), server.tsigKey(), error, remedy);
  }
}
