package dev.cutover.contract;

import java.util.Map;
import java.util.Optional;

/**
 * One request of a flow.
 *
 * @param path with query; may contain <code>${variable}</code>
 * @param headers values may contain variables
 * @param body may contain variables
 * @param expectedStatus HTTP status
 * @param expectedJson JSON pointer to value (as text, may contain variables)
 * @param extract variable name to JSON pointer in the answer
 * @param timeoutMs upper bound for the whole exchange
 */
public record HttpStep(
    String name,
    String method,
    String path,
    Map<String, String> headers,
    Optional<String> body,
    int expectedStatus,
    Map<String, String> expectedJson,
    Map<String, String> extract,
    int timeoutMs) {
  public HttpStep {
    headers = Map.copyOf(headers);
    expectedJson = Map.copyOf(expectedJson);
    extract = Map.copyOf(extract);
  }
}
