package dev.cutover.contract;

import java.util.List;
import java.util.Optional;

/** Where the instances of an application are found, each as an address and a port. */
public sealed interface InstanceSource {
  /** Those that the plan lists. */
  record Listed(List<ServerAddress> instances) implements InstanceSource {
    public Listed {
      instances = List.copyOf(instances);
    }
  }

  /**
   * Those that DNS lists.
   *
   * @param service owner name of SRV records (RFC 2782), such as {@code _http._tcp.shop.example.}
   * @param resolver asked for them; the machine's own when empty
   */
  record DnsService(String service, Optional<ServerAddress> resolver) implements InstanceSource {}

  /**
   * Those that Consul's catalogue lists, whether they pass their checks or not
   * (developer.hashicorp.com/consul/api-docs/health, "List Service Instances").
   *
   * @param consul its address, without a path
   */
  record ConsulService(HttpQuestion consul, String service) implements InstanceSource {}

  /**
   * Those that a service of Kubernetes has, ready or not: its endpoint slices ({@code
   * discovery.k8s.io/v1}). The credential needs {@code list} on {@code endpointslices} in that
   * namespace.
   *
   * @param kubernetes address of the API server, without a path
   * @param portName which of the service's ports; the only one when empty
   */
  record KubernetesService(
      HttpQuestion kubernetes, String namespace, String service, Optional<String> portName)
      implements InstanceSource {}
}
