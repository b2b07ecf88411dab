package dev.cutover.contract;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A look at the systems around an application, from where the validator-service runs. None of them
 * changes data; every host must be allowed by configuration.
 */
public sealed interface SystemCheck extends DataCheck {
  @Override
  default boolean writes() {
    return false;
  }

  /**
   * A certificate that clients will accept: chain, dates, name, protocol, and the stapled answer
   * about its revocation where there is one (RFC 6960, RFC 6066 section 8).
   *
   * @param server where to connect; any protocol that begins with TLS
   * @param serverName asked for (RFC 6066 section 3) and expected in the certificate
   * @param validFor how much longer it has to be valid
   */
  record TlsCertificate(
      String name, ServerAddress server, String serverName, Duration validFor, int timeoutMs)
      implements SystemCheck {}

  /** Servers that take connections. */
  record TcpReach(String name, List<ServerAddress> servers, int timeoutMs) implements SystemCheck {
    public TcpReach {
      servers = List.copyOf(servers);
    }
  }

  /** A JSON document that is as required: queue depths, states, times of last runs. */
  record JsonAnswer(String name, HttpQuestion question, List<JsonRequirement> requirements)
      implements SystemCheck {
    public JsonAnswer {
      requirements = List.copyOf(requirements);
    }
  }

  /**
   * A query of Prometheus, or of what speaks its API (prometheus.io/docs/prometheus/latest/querying
   * /api, "Instant queries"). A warning in the answer, NaN, or no series decides nothing.
   *
   * @param prometheus its address, with the path before {@code /api/v1}
   * @param atLeast lower bound of every series
   * @param atMost upper bound of every series
   * @param seriesMin how many series there have to be
   * @param youngerThan age that the newest sample of so many series may have; the query is a
   *     selector then
   * @param against what the value is compared with
   */
  record PrometheusQuery(
      String name,
      HttpQuestion prometheus,
      String query,
      Optional<Double> atLeast,
      Optional<Double> atMost,
      int seriesMin,
      Optional<Duration> youngerThan,
      Optional<Against> against)
      implements SystemCheck {}

  /**
   * Another value, such as the source's baseline.
   *
   * @param query of one series
   * @param ratioAtLeast lower bound of the value divided by this one
   * @param ratioAtMost upper bound
   * @param samplesQuery of one series: how many samples the value is made of
   * @param samplesMin below that the comparison decides nothing; 0 where nobody counts
   */
  record Against(
      String query,
      Optional<Double> ratioAtLeast,
      Optional<Double> ratioAtMost,
      Optional<String> samplesQuery,
      int samplesMin) {}

  /**
   * Lines of logs that arrive (grafana.com/docs/loki/latest/reference/loki-http-api, "Query logs
   * within a range of time").
   *
   * @param loki its address, with the path before {@code /loki/api/v1}
   * @param linesMin how many lines of the last {@code youngerThan} there have to be
   */
  record LokiLines(String name, HttpQuestion loki, String query, Duration youngerThan, int linesMin)
      implements SystemCheck {}

  /**
   * An alert that is fired, seen and resolved again (API v2 of Alertmanager). People whom its
   * labels are routed to hear of it.
   *
   * @param alertmanager its address, with the path before {@code /api/v2}
   * @param labels beside {@code alertname="CutoverTestAlert"}; they decide who hears of it
   * @param receiver it has to be routed to; any when empty
   * @param within so soon it has to be seen, and so soon gone after it was resolved
   */
  record TestAlert(
      String name,
      HttpQuestion alertmanager,
      Map<String, String> labels,
      Optional<String> receiver,
      Duration within)
      implements SystemCheck {
    public TestAlert {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * All instances of an application: as many as there should be, each healthy, all alike.
   *
   * @param others those of the other side, which have to be like these; never counted, and not
   *     asked for their health
   * @param health asked of each with <code>${instance}</code> replaced by its address and port; 200
   *     means healthy
   * @param same JSON pointers into the answers whose values have to be the same for all: versions,
   *     hashes of configurations
   */
  record Instances(
      String name,
      InstanceSource instances,
      Optional<InstanceSource> others,
      int atLeast,
      Optional<HttpQuestion> health,
      List<String> same)
      implements SystemCheck {
    public Instances {
      same = List.copyOf(same);
    }
  }

  /**
   * Backends of HAProxy, by its statistics as CSV (docs.haproxy.org, management guide, section
   * 9.1): every server is up by a health check.
   *
   * @param statistics its page, such as {@code http://10.0.0.1:8404/stats;csv}
   * @param backends all when empty
   */
  record HaProxyServers(String name, HttpQuestion statistics, List<String> backends)
      implements SystemCheck {
    public HaProxyServers {
      backends = List.copyOf(backends);
    }
  }

  /**
   * Sessions in a database from every instance. Needs {@code pg_read_all_stats}; sees the address
   * that connects, which is not the instance's behind a proxy.
   */
  record DatabaseClients(String name, DatabaseEndpoint database, InstanceSource instances)
      implements SystemCheck {}

  /**
   * A consumer group of Kafka that has members and keeps up.
   *
   * @param lagMax records, over all partitions
   * @param protocol {@code PLAINTEXT}, {@code SSL}, {@code SASL_PLAINTEXT} or {@code SASL_SSL}
   * @param mechanism {@code PLAIN}, {@code SCRAM-SHA-256} or {@code SCRAM-SHA-512}
   * @param credential of role {@code application}, for SASL
   */
  record KafkaLag(
      String name,
      List<ServerAddress> brokers,
      String group,
      long lagMax,
      String protocol,
      String mechanism,
      Optional<String> credential,
      int timeoutMs)
      implements SystemCheck {
    public KafkaLag {
      brokers = List.copyOf(brokers);
    }
  }
}
