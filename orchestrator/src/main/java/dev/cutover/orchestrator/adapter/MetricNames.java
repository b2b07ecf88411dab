package dev.cutover.orchestrator.adapter;

import java.util.Arrays;
import java.util.List;

/** What the counters and histograms of common servers are called, so that a plan need not. */
enum MetricNames {
  /** What client libraries recommend, and Cutover's own default. */
  USUAL("usual", "http_requests_total", "status", "http_request_duration_seconds"),

  /**
   * Micrometer's {@code http.server.requests} (Spring Boot, Micronaut). The histogram is there with
   * {@code management.metrics.distribution.percentiles-histogram.http.server.requests=true}.
   */
  SPRING("spring", "http_server_requests_seconds_count", "status", "http_server_requests_seconds"),

  /** Traefik: metrics overview, service metrics; {@code addServicesLabels}. */
  TRAEFIK(
      "traefik",
      "traefik_service_requests_total",
      "code",
      "traefik_service_request_duration_seconds"),

  /** Kubernetes' ingress-nginx: user guide, monitoring. */
  INGRESS_NGINX(
      "ingressNginx",
      "nginx_ingress_controller_requests",
      "status",
      "nginx_ingress_controller_request_duration_seconds"),

  /** HAProxy's own exporter (2.0 and later), whose code is such as 5xx; it has no histogram. */
  HAPROXY("haproxy", "haproxy_backend_http_responses_total", "code", "");

  private final String word;
  private final String requestsCounter;
  private final String statusLabel;
  private final String latencyHistogram;

  MetricNames(String word, String requestsCounter, String statusLabel, String latencyHistogram) {
    this.word = word;
    this.requestsCounter = requestsCounter;
    this.statusLabel = statusLabel;
    this.latencyHistogram = latencyHistogram;
  }

  /** As plans call them. */
  static List<String> words() {
    return Arrays.stream(values()).map(names -> names.word).toList();
  }

  /**
   * The names that a plan means.
   *
   * @throws IllegalArgumentException when it means none
   */
  static MetricNames of(String word) {
    return Arrays.stream(values())
        .filter(names -> names.word.equals(word))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("Expected one of " + words() + ", but got " + word));
  }

  String requestsCounter() {
    return requestsCounter;
  }

  String statusLabel() {
    return statusLabel;
  }

  /** Blank where there is none. */
  String latencyHistogram() {
    return latencyHistogram;
  }
}
