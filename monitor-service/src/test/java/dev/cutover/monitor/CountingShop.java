package dev.cutover.monitor;

import io.vertx.core.http.HttpServerRequest;

/** A shop that has served so many more requests each time it is asked for its metrics. */
final class CountingShop {
  volatile int perScrape = 100;
  volatile double errorShare;
  volatile boolean journeyBroken;
  volatile boolean metricsBroken;
  volatile int scrapes;
  private long good;
  private long bad;

  void answer(HttpServerRequest request) {
    if (!request.path().equals("/metrics")) {
      request.response().setStatusCode(journeyBroken ? 500 : 200).end();
    } else {
      request.response().setStatusCode(metricsBroken ? 503 : 200).end(page());
    }
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // only this server's event loop writes
  private synchronized String page() {
    scrapes = scrapes + 1;
    bad += Math.round(perScrape * errorShare);
    good += perScrape - Math.round(perScrape * errorShare);
    long all = good + bad;
    return """
        http_requests_total{status="200"} %d
        http_requests_total{status="500"} %d
        http_request_duration_seconds_bucket{le="0.1"} %d
        http_request_duration_seconds_bucket{le="0.25"} %d
        http_request_duration_seconds_bucket{le="+Inf"} %d
        """
        .formatted(good, bad, all, all, all);
  }
}
