package dev.cutover.monitor.adapter;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.List;

/** Makes clients that look anew each time: no kept connection, no long-kept address (trap 40). */
public final class WebClients {
  private static final int ADDRESS_KEPT_SECONDS = 5;
  private static final int SIDE_BY_SIDE_MAX = 64;

  private WebClients() {}

  /**
   * Makes the engine below.
   *
   * @param resolvers name servers, {@code address:port}; empty for the system's
   */
  public static Vertx vertx(List<String> resolvers) {
    AddressResolverOptions names =
        new AddressResolverOptions()
            .setCacheMaxTimeToLive(ADDRESS_KEPT_SECONDS)
            .setCacheNegativeTimeToLive(0);
    resolvers.forEach(names::addServer);
    return Vertx.vertx(new VertxOptions().setAddressResolverOptions(names));
  }

  public static WebClient client(Vertx vertx) {
    return WebClient.create(
        vertx,
        new WebClientOptions()
            .setKeepAlive(false)
            .setFollowRedirects(false)
            .setUserAgent("cutover-monitor"),
        new PoolOptions().setHttp1MaxSize(SIDE_BY_SIDE_MAX));
  }
}
