package dev.cutover.dns.adapter;

import dev.cutover.contract.FailureKind;
import dev.cutover.dns.adapter.DesignateSettings.Cloud;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the clouds of OpenStack by the name that plans use. The credential is {@code
 * <cloud>.designate.user} and {@code <cloud>.designate.password}: an application credential's id
 * and secret, or, where the cloud has a project, a user's name and password.
 */
public final class DesignateClouds implements AutoCloseable {
  private static final String ROLE = "designate";
  private static final Duration CONNECT_MAX = Duration.ofSeconds(2);

  private final Credentials credentials;
  private final DesignateSettings settings;
  private final InstantSource clock;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_MAX)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final Map<String, DesignateApi> apis = new ConcurrentHashMap<>();

  public DesignateClouds(Credentials credentials, DesignateSettings settings, InstantSource clock) {
    this.credentials = credentials;
    this.settings = settings;
    this.clock = clock;
  }

  DesignateApi find(String cloud) throws SwitchFailure {
    Cloud found = settings.clouds().get(cloud);
    if (found == null) {
      throw new SwitchFailure(
          FailureKind.REFUSED,
          "Expected a cloud that the dns-service is allowed to touch, but the plan names %s: add it to CUTOVER_DNS_DESIGNATE_CLOUDS if that is meant"
              .formatted(cloud),
          false);
    }
    try {
      return apis.computeIfAbsent(
          cloud,
          name ->
              new DesignateApi(
                  name,
                  http,
                  new KeystoneSession(name, found, credentials.of(name, ROLE), http, clock)));
    } catch (ConfigException e) {
      throw new SwitchFailure(
          FailureKind.UNSUITABLE,
          "Expected a credential for cloud %s in the credentials of the dns-service, but: %s"
              .formatted(cloud, String.join("; ", e.faults())),
          false,
          e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
