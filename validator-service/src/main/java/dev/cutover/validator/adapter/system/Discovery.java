package dev.cutover.validator.adapter.system;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.InstanceSource;
import dev.cutover.contract.InstanceSource.ConsulService;
import dev.cutover.contract.InstanceSource.DnsService;
import dev.cutover.contract.InstanceSource.KubernetesService;
import dev.cutover.contract.InstanceSource.Listed;
import dev.cutover.contract.ServerAddress;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Finds the instances of an application. None found is an answer; who can't be asked is not. */
final class Discovery {
  private static final int DNS_TIMEOUT_MS = 5_000;

  private final Web web;
  private final Reach reach;

  Discovery(Web web, Reach reach) {
    this.web = web;
    this.reach = reach;
  }

  List<ServerAddress> find(InstanceSource source, Instant deadline)
      throws Unasked, InterruptedException {
    return switch (source) {
      case Listed(List<ServerAddress> instances) -> instances;
      case DnsService(String service, Optional<ServerAddress> resolver) ->
          named(service, resolver, deadline);
      case ConsulService consul -> consul(consul, deadline);
      case KubernetesService kubernetes -> kubernetes(kubernetes, deadline);
    };
  }

  private List<ServerAddress> named(
      String service, Optional<ServerAddress> resolver, Instant deadline) throws Unasked {
    Duration timeout = reach.within(DNS_TIMEOUT_MS, deadline);
    try {
      Name name = Name.fromString(service, Name.root);
      Resolver asked = resolver(resolver);
      asked.setTimeout(timeout);
      Message answer = asked.send(Message.newQuery(Record.newRecord(name, Type.SRV, DClass.IN)));
      int rcode = answer.getRcode();
      if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
        throw new Unasked(
            "Expected SRV records of %s, but the resolver says %s"
                .formatted(name, Rcode.string(rcode)));
      }
      List<ServerAddress> found = new ArrayList<>();
      for (Record record : answer.getSection(Section.ANSWER)) {
        // A target of "." says that the service is not available (RFC 2782).
        if (record instanceof SRVRecord srv && !srv.getTarget().equals(Name.root)) {
          found.add(new ServerAddress(srv.getTarget().toString(true), srv.getPort()));
        }
      }
      return found;
    } catch (TextParseException e) {
      throw new Unasked("Expected a name of a service, but found '%s'".formatted(service), e);
    } catch (IOException e) {
      throw new Unasked(
          "Expected SRV records of %s, but the resolver did not answer: %s"
              .formatted(service, e.getMessage()),
          e);
    }
  }

  private Resolver resolver(Optional<ServerAddress> given) throws Unasked, UnknownHostException {
    if (given.isPresent()) {
      reach.require(given.get());
      SimpleResolver resolver = new SimpleResolver(given.get().host());
      resolver.setPort(given.get().port());
      return resolver;
    }
    return new SimpleResolver(ResolverConfig.getCurrentConfig().servers().getFirst());
  }

  private List<ServerAddress> consul(ConsulService consul, Instant deadline)
      throws Unasked, InterruptedException {
    String url =
        "%s/v1/health/service/%s".formatted(consul.consul().url(), Web.encoded(consul.service()));
    List<ServerAddress> found = new ArrayList<>();
    for (JsonNode entry : web.json(consul.consul().at(url), deadline)) {
      // A service without an address of its own is at its node's.
      String own = entry.at("/Service/Address").asText();
      String host = own.isEmpty() ? entry.at("/Node/Address").asText() : own;
      found.add(address(url, host, entry.at("/Service/Port").asInt()));
    }
    return found;
  }

  private List<ServerAddress> kubernetes(KubernetesService service, Instant deadline)
      throws Unasked, InterruptedException {
    String url =
        "%s/apis/discovery.k8s.io/v1/namespaces/%s/endpointslices?labelSelector=%s"
            .formatted(
                service.kubernetes().url(),
                Web.encoded(service.namespace()),
                Web.encoded("kubernetes.io/service-name=" + service.service()));
    List<ServerAddress> found = new ArrayList<>();
    for (JsonNode slice : web.json(service.kubernetes().at(url), deadline).path("items")) {
      int port = port(service, slice.path("ports"));
      for (JsonNode endpoint : slice.path("endpoints")) {
        // All addresses of an endpoint are one instance; consumers take the first.
        ServerAddress one = address(url, endpoint.at("/addresses/0").asText(), port);
        if (!found.contains(one)) {
          found.add(one);
        }
      }
    }
    return found;
  }

  private static int port(KubernetesService service, JsonNode ports) throws Unasked {
    for (JsonNode port : ports) {
      boolean wanted =
          service
              .portName()
              .map(name -> name.equals(port.path("name").asText()))
              .orElse(ports.size() == 1);
      if (wanted) {
        return port.path("port").asInt();
      }
    }
    throw new Unasked(
        "Expected a port%s of service %s, but it has %d: name one of them as 'port'"
            .formatted(
                service.portName().map(name -> " '" + name + "'").orElse(""),
                service.service(),
                ports.size()));
  }

  private static ServerAddress address(String url, String host, int port) throws Unasked {
    try {
      return new ServerAddress(host, port);
    } catch (IllegalArgumentException e) {
      throw new Unasked(
          "Expected instances with address and port from %s, but one has '%s' and %d"
              .formatted(url, host, port),
          e);
    }
  }
}
