package dev.cutover.validator.adapter.system;

import dev.cutover.contract.SystemCheck.TlsCertificate;
import dev.cutover.validator.domain.CertificateJudge;
import dev.cutover.validator.domain.CertificateJudge.Certificate;
import dev.cutover.validator.domain.CertificateJudge.Presented;
import dev.cutover.validator.domain.CertificateJudge.Stapled;
import dev.cutover.validator.domain.Verdict;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * Shakes hands as a client does, and looks at what was presented. Whatever is wrong with a
 * certificate is noted and the handshake goes on, so that all of it is seen at once; nothing is
 * ever sent over such a connection.
 */
final class TlsLook {
  private final Reach reach;
  private final Authorities authorities;

  TlsLook(Reach reach, Authorities authorities) {
    this.reach = reach;
    this.authorities = authorities;
  }

  Verdict look(TlsCertificate check, Instant deadline) throws Unasked {
    reach.require(check.server());
    Duration timeout = reach.within(check.timeoutMs(), deadline);
    NotingTrust trust = new NotingTrust(authorities.trust());
    InetSocketAddress address = new InetSocketAddress(check.server().host(), check.server().port());
    try (Socket plain = new Socket()) {
      plain.setSoTimeout((int) timeout.toMillis());
      plain.connect(address, (int) timeout.toMillis());
      return shake(check, plain, trust);
    } catch (UnknownHostException | ConnectException | SocketTimeoutException e) {
      throw new Unasked(
          "Expected to reach %s within %d ms, but %s: check the address and whether it is up"
              .formatted(check.server(), timeout.toMillis(), e.getMessage()),
          e);
    } catch (SSLException e) {
      return new Verdict.Mismatch(
          "Expected %s to speak TLS 1.2 or 1.3, but %s".formatted(check.server(), e.getMessage()),
          List.of());
    } catch (IOException e) {
      throw new Unasked(
          "Expected %s to answer, but %s".formatted(check.server(), e.getMessage()), e);
    }
  }

  private Verdict shake(TlsCertificate check, Socket plain, NotingTrust trust)
      throws IOException, Unasked {
    SSLSocket socket =
        (SSLSocket)
            context(trust)
                .getSocketFactory()
                .createSocket(plain, check.serverName(), check.server().port(), false);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(check.serverName())));
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    Instant now = reach.now();
    ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
    return CertificateJudge.judge(
        check,
        new Presented(
            certificates(trust.chain()),
            session.getProtocol(),
            trust.refusal().flatMap(why -> reason(check, why, trust.chain(), now)),
            stapled(trust.chain(), session.getStatusResponses())),
        now);
  }

  private static SSLContext context(NotingTrust trust) throws Unasked {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      return context;
    } catch (NoSuchAlgorithmException | KeyManagementException e) {
      throw new Unasked("Expected TLS on this machine, but " + e.getMessage(), e);
    }
  }

  private static List<Certificate> certificates(List<X509Certificate> chain) {
    return chain.stream()
        .map(
            one ->
                new Certificate(
                    one.getSubjectX500Principal().getName(),
                    one.getNotBefore().toInstant(),
                    one.getNotAfter().toInstant()))
        .toList();
  }

  /** Dates are judged by themselves, with the name of the certificate. */
  private Optional<String> reason(
      TlsCertificate check,
      GeneralSecurityException why,
      List<X509Certificate> chain,
      Instant now) {
    boolean dated =
        chain.stream()
            .anyMatch(
                one ->
                    now.isBefore(one.getNotBefore().toInstant())
                        || !now.isBefore(one.getNotAfter().toInstant()));
    if (dated) {
      return Optional.empty();
    }
    if (authorities.trusts(chain)) {
      return Optional.of(
          "Expected a certificate for %s, but it is for %s"
              .formatted(check.serverName(), names(chain.getFirst())));
    }
    return Optional.of(
        isSelfSigned(chain.getFirst())
            ? "Expected a certificate of an authority that clients trust, but it is signed by itself"
            : "Expected a chain to an authority that clients trust, but "
                + Authorities.sentence(why));
  }

  private static boolean isSelfSigned(X509Certificate one) {
    return one.getSubjectX500Principal().equals(one.getIssuerX500Principal());
  }

  private static String names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      var alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        alternatives.forEach(one -> names.add(String.valueOf(one.get(1))));
      }
    } catch (GeneralSecurityException e) {
      names.add("names that can't be read");
    }
    return names.isEmpty()
        ? certificate.getSubjectX500Principal().getName() + " without alternative names"
        : String.join(", ", names);
  }

  private Stapled stapled(List<X509Certificate> chain, List<byte[]> answers) {
    return answers.isEmpty() || answers.getFirst().length == 0
        ? Stapled.NONE
        : authorities.revocation(chain, answers.getFirst());
  }
}
