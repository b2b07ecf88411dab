package dev.cutover.dns.adapter;

import dev.cutover.contract.FailureKind;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import java.util.Locale;
import org.xbill.DNS.Name;
import org.xbill.DNS.TSIG;

/**
 * Finds TSIG keys by the name that plans use, in the service's own credentials: entry {@code
 * <name>.tsig.user} holds {@code [algorithm:]key-name} as for {@code nsupdate -y}, default {@code
 * hmac-sha256}; {@code <name>.tsig.password} the Base64 secret.
 */
public final class TsigKeys {
  private static final String ROLE = "tsig";

  private final Credentials credentials;

  public TsigKeys(Credentials credentials) {
    this.credentials = credentials;
  }

  TSIG find(String name) throws SwitchFailure {
    try {
      Credentials.Credential credential = credentials.of(name, ROLE);
      int colon = credential.user().indexOf(':');
      String algorithm =
          colon < 0
              ? "hmac-sha256"
              : credential.user().substring(0, colon).toLowerCase(Locale.ROOT);
      Name algorithmName = TSIG.algorithmToName(algorithm);
      return new TSIG(
          algorithmName, credential.user().substring(colon + 1), credential.password().value());
    } catch (ConfigException e) {
      throw unusable(name, String.join("; ", e.faults()));
    } catch (IllegalArgumentException e) {
      throw unusable(name, "its algorithm, name or Base64 secret can't be read");
    }
  }

  private static SwitchFailure unusable(String name, String reason) {
    return new SwitchFailure(
        FailureKind.UNSUITABLE,
        "Expected a TSIG key named %s in the credentials of the dns-service, but: %s"
            .formatted(name, reason),
        false);
  }
}
