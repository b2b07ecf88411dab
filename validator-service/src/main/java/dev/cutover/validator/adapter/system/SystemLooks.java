package dev.cutover.validator.adapter.system;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.SystemCheck;
import dev.cutover.contract.SystemCheck.JsonAnswer;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import dev.cutover.validator.domain.JsonJudge;
import dev.cutover.validator.domain.SystemProber;
import dev.cutover.validator.domain.TableReader;
import dev.cutover.validator.domain.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** All kinds of looks, over the network. */
public final class SystemLooks implements SystemProber, AutoCloseable {
  private final Web web;
  private final Reach reach;
  private final TlsLook tls;
  private final TcpLook tcp;
  private final PrometheusLook prometheus;
  private final LokiLook loki;
  private final AlertLook alert;
  private final InstanceLook instances;
  private final HaProxyLook haProxy;
  private final ClientsLook clients;
  private final KafkaLagLook kafka;

  /**
   * Connects nowhere yet.
   *
   * @param authorities a company's own certificate authorities, PEM; the JDK's alone when empty
   * @param databases gives a reader of each
   * @throws ConfigException when the authorities can't be read
   */
  public SystemLooks(
      AllowedHosts allowed,
      Credentials credentials,
      Optional<Path> authorities,
      Function<DatabaseEndpoint, TableReader> databases,
      InstantSource clock) {
    Authorities trusted = Authorities.with(authorities);
    this.reach = new Reach(allowed, clock);
    this.web = new Web(reach, credentials, trusted.context());
    Discovery discovery = new Discovery(web, reach);
    this.tls = new TlsLook(reach, trusted);
    this.tcp = new TcpLook(reach);
    this.prometheus = new PrometheusLook(web, reach);
    this.loki = new LokiLook(web, reach);
    this.alert = new AlertLook(web, reach, Pace.MACHINE);
    this.instances = new InstanceLook(discovery, web, Pace.MACHINE);
    this.haProxy = new HaProxyLook(web);
    this.clients = new ClientsLook(reach, discovery, databases);
    this.kafka = new KafkaLagLook(reach, credentials);
  }

  @Override
  public Verdict look(SystemCheck check, Instant deadline) throws InterruptedException {
    try {
      return switch (check) {
        case SystemCheck.TlsCertificate one -> tls.look(one, deadline);
        case SystemCheck.TcpReach one -> tcp.look(one, deadline);
        case JsonAnswer one -> json(one, deadline);
        case SystemCheck.PrometheusQuery one -> prometheus.look(one, deadline);
        case SystemCheck.LokiLines one -> loki.look(one, deadline);
        case SystemCheck.TestAlert one -> alert.look(one, deadline);
        case SystemCheck.Instances one -> instances.look(one, deadline);
        case SystemCheck.HaProxyServers one -> haProxy.look(one, deadline);
        case SystemCheck.DatabaseClients one -> clients.look(one, deadline);
        case SystemCheck.KafkaLag one -> kafka.look(one, deadline);
      };
    } catch (Unasked e) {
      return new Verdict.Inconclusive(e.sentence(), List.of());
    }
  }

  private Verdict json(JsonAnswer check, Instant deadline) throws Unasked, InterruptedException {
    JsonNode document = web.json(check.question(), deadline);
    return JsonJudge.judge(
        check.requirements().stream()
            .map(
                requirement ->
                    new JsonJudge.Answered(requirement, JsonValues.at(document, requirement.at())))
            .toList(),
        reach.now());
  }

  @Override
  public void close() {
    web.close();
  }
}
