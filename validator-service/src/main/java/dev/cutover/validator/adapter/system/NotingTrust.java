package dev.cutover.validator.adapter.system;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Asks the usual trust, keeps what it says, and lets the handshake go on. For one connection. */
final class NotingTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager usual;
  private List<X509Certificate> chain = List.of();
  private @Nullable GeneralSecurityException refusal;

  NotingTrust(X509ExtendedTrustManager usual) {
    this.usual = usual;
  }

  /** What was presented, the server's own first. */
  List<X509Certificate> chain() {
    return chain;
  }

  /** Why it is refused; empty when it isn't. */
  Optional<GeneralSecurityException> refusal() {
    return Optional.ofNullable(refusal);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] presented, String type, Socket socket) {
    chain = List.of(presented);
    try {
      usual.checkServerTrusted(presented, type, socket);
    } catch (CertificateException e) {
      refusal = e;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] presented, String type, SSLEngine engine)
      throws CertificateException {
    usual.checkServerTrusted(presented, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] presented, String type)
      throws CertificateException {
    usual.checkServerTrusted(presented, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] presented, String type, Socket socket)
      throws CertificateException {
    usual.checkClientTrusted(presented, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] presented, String type, SSLEngine engine)
      throws CertificateException {
    usual.checkClientTrusted(presented, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] presented, String type)
      throws CertificateException {
    usual.checkClientTrusted(presented, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return usual.getAcceptedIssuers();
  }
}
