package dev.cutover.validator.adapter.system;

import dev.cutover.runtime.ConfigException;
import dev.cutover.validator.domain.CertificateJudge.Stapled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Authorities that clients trust: those of the JDK, and a company's own. */
final class Authorities {
  private static final int CAUSES_MAX = 10;

  private final X509ExtendedTrustManager trust;

  private Authorities(X509ExtendedTrustManager trust) {
    this.trust = trust;
  }

  /**
   * Reads a company's own.
   *
   * @param own certificates as PEM; the JDK's alone when empty
   * @throws ConfigException when the file can't be read
   */
  static Authorities with(Optional<Path> own) {
    try {
      if (own.isEmpty()) {
        return new Authorities(manager(null));
      }
      KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
      all.load(null, null);
      int number = 0;
      for (X509Certificate usual : manager(null).getAcceptedIssuers()) {
        all.setCertificateEntry("usual-" + number++, usual);
      }
      try (InputStream pem = Files.newInputStream(own.get())) {
        for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
          all.setCertificateEntry("own-" + number++, one);
        }
      }
      return new Authorities(manager(all));
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          List.of(
              "Expected certificates as PEM in %s, but %s"
                  .formatted(own.map(Path::toString).orElse("the JDK's store"), e.getMessage())));
    }
  }

  private static X509ExtendedTrustManager manager(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("it has no X.509 trust");
  }

  X509ExtendedTrustManager trust() {
    return trust;
  }

  /** For HTTPS. */
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Expected TLS on this machine, but " + e.getMessage(), e);
    }
  }

  /** Whether a chain leads to one of them, whatever its name is. */
  boolean trusts(List<X509Certificate> chain) {
    try {
      trust.checkServerTrusted(
          chain.toArray(X509Certificate[]::new), "UNKNOWN"); // whatever the key exchange
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** What a stapled answer (RFC 6960) says of the server's certificate; nobody else is asked. */
  Stapled revocation(List<X509Certificate> chain, byte[] answer) {
    try {
      Set<TrustAnchor> anchors = new HashSet<>();
      Arrays.stream(trust.getAcceptedIssuers())
          .forEach(issuer -> anchors.add(new TrustAnchor(issuer, null)));
      CertPathValidator validator = CertPathValidator.getInstance("PKIX");
      PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
      checker.setOptions(EnumSet.of(Option.ONLY_END_ENTITY, Option.NO_FALLBACK));
      checker.setOcspResponses(Map.of(chain.getFirst(), answer));
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.addCertPathChecker(checker);
      CertPath path =
          CertificateFactory.getInstance("X.509")
              .generateCertPath(chain.stream().filter(one -> !anchor(one, anchors)).toList());
      validator.validate(path, parameters);
      return Stapled.GOOD;
    } catch (CertPathValidatorException e) {
      return e.getReason() == CertPathValidatorException.BasicReason.REVOKED
          ? Stapled.REVOKED
          : e.getReason() == CertPathValidatorException.BasicReason.EXPIRED
              ? Stapled.NONE // its dates are judged already, and stop the look at the answer
              : Stapled.UNUSABLE;
    } catch (GeneralSecurityException e) {
      return Stapled.UNUSABLE;
    }
  }

  private static boolean anchor(X509Certificate one, Set<TrustAnchor> anchors) {
    return anchors.stream().anyMatch(anchor -> one.equals(anchor.getTrustedCert()));
  }

  /** The innermost cause, which names what is wrong. */
  static String sentence(Throwable why) {
    Throwable cause = why;
    for (int depth = 0; depth < CAUSES_MAX && cause.getCause() != null; depth++) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}
