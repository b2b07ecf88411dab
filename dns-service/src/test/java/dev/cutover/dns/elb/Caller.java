package dev.cutover.dns.elb;

import com.sun.net.httpserver.HttpExchange;
import java.util.Optional;

/**
 * Who has signed a request, and what that one may do.
 *
 * @param key the access key's id
 * @param scope what the request was signed for
 */
public record Caller(String key, String scope) {
  /** May do all. */
  public static final String GOOD = "GOOD";

  /** May describe, and nothing else. */
  public static final String WEAK = "WEAK";

  /** May do all but tag. */
  public static final String UNTAGGED = "UNTAGGED";

  /** A key that does not exist. */
  public static final String NOBODY = "NOBODY";

  /** {@code Authorization: AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/...}. */
  static Caller of(HttpExchange exchange) {
    String header =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
    return new Caller(header.replaceAll(".*Credential=([^/]+)/.*", "$1"), header);
  }

  /** Rights are looked at before the request itself is (IAM user guide, evaluation logic). */
  void requireRight(String region, String action, String arn) throws Refused {
    // Signature version 4: the scope names region and service (service model, endpointPrefix).
    if (!scope.contains("/" + region + "/elasticloadbalancing/aws4_request")) {
      throw new Refused(403, "SignatureDoesNotMatch", "Credential should be scoped to " + region);
    }
    if (key.equals(NOBODY)) {
      // Common errors of the API reference: the access key does not exist.
      throw new Refused(403, "InvalidClientTokenId", "The security token is invalid.");
    }
    boolean changes = !action.startsWith("Describe");
    boolean denied =
        changes && (key.equals(WEAK) || (key.equals(UNTAGGED) && action.endsWith("Tags")));
    if (denied) {
      throw new Refused(
          403,
          "AccessDenied",
          "User: arn:aws:iam::123456789012:user/%s is not authorized to perform: elasticloadbalancing:%s on resource: %s"
              .formatted(key, action, arn));
    }
  }
}
