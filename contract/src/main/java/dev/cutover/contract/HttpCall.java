package dev.cutover.contract;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One HTTP call to a system of the team.
 *
 * <p>Address, values of headers, body and expected values may contain <code>${variable}</code>:
 * those given here, and <code>cutover</code>, <code>step</code>, <code>attempt</code>, <code>epoch
 * </code> and <code>idempotencyKey</code>.
 *
 * @param url absolute; its host must be allowed by configuration
 * @param headers no secrets: {@code authorizeWith} names one
 * @param statuses HTTP statuses that mean success; empty means any of 200 to 299
 * @param expectedJson JSON pointer to value, as text
 * @param youngerThan JSON pointer to the age that the time there may have at most
 * @param authorizeWith name of a credential of role {@code http}: Basic, or Bearer when its user is
 *     {@code bearer}
 * @param signWith name of a credential of role {@code webhook}: the call is signed by the Standard
 *     Webhooks scheme, HMAC-SHA256 over id, time and body
 */
public record HttpCall(
    String method,
    String url,
    Map<String, String> headers,
    Optional<String> body,
    List<Integer> statuses,
    Map<String, String> expectedJson,
    Map<String, Duration> youngerThan,
    Map<String, String> variables,
    Optional<String> authorizeWith,
    Optional<String> signWith) {
  public HttpCall {
    headers = Map.copyOf(headers);
    statuses = List.copyOf(statuses);
    expectedJson = Map.copyOf(expectedJson);
    youngerThan = Map.copyOf(youngerThan);
    variables = Map.copyOf(variables);
  }
}
