package dev.cutover.dns.domain.proof;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Asks one server one question and gives its whole reply: flags, referral and signatures included.
 * No cache, no second server, no retry.
 */
public interface DnsProbe {
  Reply ask(Query query);

  /** How a question travels. */
  enum Transport {
    UDP,
    TCP
  }

  /**
   * Types that may be asked for: those that a cutover may move, and those that lead to them. Of
   * DNSKEY and SOA the records themselves are not told.
   */
  enum QueryType {
    A,
    AAAA,
    CNAME,
    HTTPS,
    TXT,
    NS,
    SOA,
    DNSKEY;

    /** The same type. */
    public static QueryType of(RecordType type) {
      return valueOf(type.name());
    }
  }

  /**
   * One question.
   *
   * @param recursive true for a resolver; an authority is asked without the wish for recursion, and
   *     for signatures
   * @param name absolute
   * @param within how long to wait for the answer
   */
  record Query(
      ServerAddress server,
      Transport transport,
      boolean recursive,
      String name,
      QueryType type,
      Duration within) {}

  /** What came back. */
  sealed interface Reply {}

  /**
   * The server answered, with records, a referral, or the absence of both (NOERROR, NXDOMAIN).
   *
   * @param exists false for NXDOMAIN: the name has no record of any type
   * @param authoritative whether the AA flag was set
   * @param recursionOffered whether the RA flag was set
   * @param soa of the answer or, where something is absent, beside it
   */
  record Given(
      boolean exists,
      boolean authoritative,
      boolean recursionOffered,
      List<Entry> answer,
      List<Entry> authority,
      List<Entry> additional,
      Optional<Soa> soa,
      List<Signature> signatures)
      implements Reply {
    public Given {
      answer = List.copyOf(answer);
      authority = List.copyOf(authority);
      additional = List.copyOf(additional);
      signatures = List.copyOf(signatures);
    }

    /** The records of exactly that name and type in the answer. */
    List<Entry> answers(String name, QueryType type) {
      return answer.stream().filter(e -> e.type() == type && e.name().equals(name)).toList();
    }

    /** What that name is an alias of, as far as the answer says. */
    Optional<Entry> alias(String name) {
      return answers(name, QueryType.CNAME).stream().findFirst();
    }
  }

  /**
   * There was no usable answer.
   *
   * @param reason such as {@code SERVFAIL} or {@code no answer within 1000 ms}
   */
  record Silent(Silence silence, String reason) implements Reply {}

  /** Kinds of missing answers. */
  enum Silence {
    /** This machine has no way to such an address: it says nothing about the server. */
    NO_ROUTE,
    /** Nothing came in time, or the port is closed. */
    NO_ANSWER,
    /** The server answered that it can't or won't. */
    REFUSED
  }

  /**
   * One record, in normal form.
   *
   * @param value in presentation format
   */
  record Entry(String name, QueryType type, int ttlSeconds, String value) {}

  /**
   * Start of authority.
   *
   * @param zone name of the zone
   * @param serial 0 to 4294967295; compare with {@link Serials}
   * @param negativeTtlSeconds how long absence may be remembered (RFC 2308, 5)
   */
  record Soa(String zone, long serial, int negativeTtlSeconds) {}

  /**
   * An RRSIG.
   *
   * @param covers the type of the signed set; empty for one that can't be asked for here
   * @param labels of the name that was signed; fewer than the name's own tell of a wildcard (RFC
   *     4034, 3.1.3)
   */
  record Signature(String name, Optional<QueryType> covers, Instant expiresAt, int labels) {}
}
