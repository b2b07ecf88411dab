package dev.cutover.contract;

import java.util.Map;
import java.util.Optional;

/**
 * A page that is read by GET, to be judged.
 *
 * @param url absolute, with path and query; its host must be allowed by configuration
 * @param headers values may contain <code>${user}</code> and <code>${password}</code> of the
 *     credential
 * @param credential name of a credential of role {@code application}. Where no header uses its
 *     password, it goes as Basic authorization, or Bearer when its user is {@code bearer}
 * @param timeoutMs upper bound of the whole exchange
 */
public record HttpQuestion(
    String url, Map<String, String> headers, Optional<String> credential, int timeoutMs) {
  public HttpQuestion {
    headers = Map.copyOf(headers);
  }

  /** The same with another address. */
  public HttpQuestion at(String otherUrl) {
    return new HttpQuestion(otherUrl, headers, credential, timeoutMs);
  }
}
