package dev.cutover.validator.domain;

import dev.cutover.contract.SystemCheck.TlsCertificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges what a server presented. Pure. */
public final class CertificateJudge {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private CertificateJudge() {}

  /** One certificate of a chain. */
  public record Certificate(String subject, Instant validFrom, Instant validUntil) {}

  /** What the stapled answer says about revocation. */
  public enum Stapled {
    NONE,
    GOOD,
    REVOKED,
    /** It is there, and can't be believed: expired, of another certificate, not signed rightly. */
    UNUSABLE
  }

  /**
   * What a server presented.
   *
   * @param chain its own first
   * @param protocol such as {@code TLSv1.3}
   * @param refusal why a client refuses it, dates left out; empty when it doesn't
   */
  public record Presented(
      List<Certificate> chain, String protocol, Optional<String> refusal, Stapled stapled) {
    public Presented {
      chain = List.copyOf(chain);
    }
  }

  /** Whether clients will accept it, for long enough. */
  public static Verdict judge(TlsCertificate check, Presented presented, Instant now) {
    List<String> faults = new ArrayList<>();
    for (Certificate certificate : presented.chain) {
      dates(check, certificate, now).ifPresent(faults::add);
    }
    presented.refusal.ifPresent(faults::add);
    switch (presented.stapled) {
      case NONE, GOOD -> {}
      case REVOKED ->
          faults.add("Expected a certificate that holds, but its stapled answer says revoked");
      case UNUSABLE ->
          faults.add(
              "Expected a stapled answer that clients believe, but it is expired, of another certificate, or not signed by its issuer");
    }
    List<String> evidence = new ArrayList<>();
    evidence.add("%s for %s, %s".formatted(check.server(), check.serverName(), presented.protocol));
    presented.chain.forEach(
        one ->
            evidence.add(
                "%s: %s to %s"
                    .formatted(
                        one.subject, DAY.format(one.validFrom), DAY.format(one.validUntil))));
    evidence.add(
        switch (presented.stapled) {
          case NONE -> "no answer about revocation is stapled";
          case GOOD -> "a stapled answer says that it is not revoked";
          case REVOKED -> "a stapled answer says that it is revoked";
          case UNUSABLE -> "the stapled answer can't be believed";
        });
    if (!faults.isEmpty()) {
      return new Verdict.Mismatch(String.join("; ", faults), evidence);
    }
    return new Verdict.Match(
        "valid for %s until %s"
            .formatted(check.serverName(), DAY.format(earliestEnd(presented.chain))),
        evidence);
  }

  private static Optional<String> dates(
      TlsCertificate check, Certificate certificate, Instant now) {
    if (now.isBefore(certificate.validFrom)) {
      return Optional.of(
          "Expected %s to be valid, but it is not before %s"
              .formatted(certificate.subject, DAY.format(certificate.validFrom)));
    }
    if (!now.isBefore(certificate.validUntil)) {
      return Optional.of(
          "Expected %s to be valid, but it expired at %s"
              .formatted(certificate.subject, DAY.format(certificate.validUntil)));
    }
    Duration left = Duration.between(now, certificate.validUntil);
    return left.compareTo(check.validFor()) < 0
        ? Optional.of(
            "Expected %s to be valid for another %s, but it expires at %s: renew it"
                .formatted(
                    certificate.subject,
                    Text.duration(check.validFor()),
                    DAY.format(certificate.validUntil)))
        : Optional.empty();
  }

  private static Instant earliestEnd(List<Certificate> chain) {
    return chain.stream().map(Certificate::validUntil).min(Instant::compareTo).orElseThrow();
  }
}
