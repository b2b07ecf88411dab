package dev.cutover.monitor.adapter;

import dev.cutover.monitor.domain.MetricSource;
import dev.cutover.monitor.domain.Reading;
import io.vertx.ext.web.client.WebClient;
import java.time.Duration;
import java.time.InstantSource;

/** Reads whatever an address is of: a Prometheus server's query API, or a page of metrics. */
public final class MetricSources implements MetricSource {
  private final MetricSource pages;
  private final MetricSource servers;

  /**
   * Reads by this client.
   *
   * @param timeout for one whole exchange
   */
  public MetricSources(WebClient client, Duration timeout, InstantSource clock) {
    pages = new PrometheusTextSource(client, timeout, clock);
    servers = new PrometheusApiSource(client, timeout, clock);
  }

  @Override
  public Reading read(Query query) throws InterruptedException {
    return (PrometheusApiSource.serves(query.url()) ? servers : pages).read(query);
  }
}
