package dev.cutover.deploy.validate;

import dev.cutover.contract.DataCheck;
import dev.cutover.contract.DataCheck.HttpFlow;
import dev.cutover.contract.DataCheck.SideQuery;
import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.InstanceSource;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SystemCheck;
import dev.cutover.orchestrator.domain.Plan;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/**
 * Hosts that a plan's comparisons and checks may touch when a person runs them: those that it
 * names. Of instances that are only found while looking, any address, or any host below the
 * service's name.
 */
final class CheckedHosts {
  private static final List<String> ANY_ADDRESS = List.of("0.0.0.0/0", "::/0");

  private CheckedHosts() {}

  static List<String> of(Plan plan) {
    return Stream.concat(
            plan.data().stream()
                .flatMap(spec -> Stream.of(spec.source().host(), spec.target().host())),
            Stream.of(plan.dataChecks(), plan.readingChecks(), plan.sourceChecks())
                .flatMap(List::stream)
                .flatMap(check -> hosts(check)))
        .distinct()
        .toList();
  }

  private static Stream<String> hosts(DataCheck check) {
    return switch (check) {
      case HttpFlow flow -> Stream.ofNullable(URI.create(flow.baseUrl()).getHost());
      case SideQuery query -> Stream.of(query.database().host());
      case DataCheck.RowCounts _, DataCheck.Checksums _, DataCheck.SampleQuery _ -> Stream.empty();
      case DataCheck.Recommended _, DataCheck.Dependent _ -> hosts(check.itself());
      case SystemCheck system -> ofSystem(system);
    };
  }

  private static Stream<String> ofSystem(SystemCheck check) {
    return switch (check) {
      case SystemCheck.TlsCertificate tls -> Stream.of(tls.server().host());
      case SystemCheck.TcpReach tcp -> tcp.servers().stream().map(ServerAddress::host);
      case SystemCheck.JsonAnswer json -> host(json.question());
      case SystemCheck.PrometheusQuery query -> host(query.prometheus());
      case SystemCheck.LokiLines lines -> host(lines.loki());
      case SystemCheck.TestAlert alert -> host(alert.alertmanager());
      case SystemCheck.HaProxyServers servers -> host(servers.statistics());
      case SystemCheck.KafkaLag lag -> lag.brokers().stream().map(ServerAddress::host);
      case SystemCheck.Instances all ->
          Stream.concat(found(all.instances()), all.others().stream().flatMap(o -> found(o)));
      case SystemCheck.DatabaseClients clients ->
          Stream.concat(Stream.of(clients.database().host()), found(clients.instances()));
    };
  }

  private static Stream<String> found(InstanceSource source) {
    return switch (source) {
      case InstanceSource.Listed(List<ServerAddress> listed) ->
          listed.stream().map(ServerAddress::host);
      case InstanceSource.DnsService(String service, var resolver) ->
          Stream.concat(
              resolver.stream().map(ServerAddress::host),
              Stream.of("*" + service.replaceFirst("^_[^.]+\\._[^.]+", "").replaceAll("\\.$", "")));
      case InstanceSource.ConsulService consul ->
          Stream.concat(host(consul.consul()), ANY_ADDRESS.stream());
      case InstanceSource.KubernetesService kubernetes ->
          Stream.concat(host(kubernetes.kubernetes()), ANY_ADDRESS.stream());
    };
  }

  private static Stream<String> host(HttpQuestion question) {
    return Stream.ofNullable(URI.create(question.url()).getHost());
  }
}
