package dev.cutover.validator.adapter.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.InstanceSource;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SystemCheck;
import dev.cutover.contract.SystemCheck.HaProxyServers;
import dev.cutover.contract.SystemCheck.Instances;
import dev.cutover.contract.SystemCheck.KafkaLag;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.validator.domain.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real HAProxy, BIND and Kafka. */
final class ServerLooksIT {
  @TempDir Path directory;
  private Looking looking;

  @BeforeEach
  void start() {
    looking = new Looking();
  }

  @AfterEach
  void stop() {
    looking.close();
  }

  @Test
  void shouldSeeServersOfHaProxy() throws Exception {
    // given
    ServerAddress statistics = Program.free();
    try (Pages healthy = new Pages().with("/", 200, "")) {
      Files.writeString(
          directory.resolve("haproxy.cfg"),
          """
          defaults
            mode http
            timeout connect 1s
            timeout client 5s
            timeout server 5s
          frontend statistics
            bind %s
            stats enable
            stats uri /stats
          backend good
            option httpchk GET /
            server one 127.0.0.1:%d check inter 100ms
          backend bad
            option httpchk GET /
            server one 127.0.0.1:%d check inter 100ms
            server two 127.0.0.1:1 check inter 100ms fall 1
          backend unchecked
            server one 127.0.0.1:%d
          """
              .formatted(statistics, healthy.port(), healthy.port(), healthy.port()));
      try (Program _ =
          Program.start(
              directory,
              statistics,
              List.of(Program.installed("haproxy", "haproxy"), "-db", "-f", "haproxy.cfg"))) {
        String url = "http://%s/stats;csv".formatted(statistics);
        await("HAProxy saw who is down")
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(looking.at(haProxy(url, "bad")).detail())
                        .isEqualTo("Expected bad/two to be up, but it is DOWN"));
        // when, then
        assertThat(looking.at(haProxy(url, "good"))).isInstanceOf(Verdict.Match.class);
        assertThat(looking.at(haProxy(url, "unchecked")).detail())
            .startsWith("Expected a health check of unchecked/one, but it has none");
        assertThat(looking.at(haProxy(url, "gone")).detail())
            .isEqualTo("Expected servers in backend gone, but there are none");
        assertThat(looking.at(haProxy(url)).detail())
            .contains("bad/two", "unchecked/one")
            .doesNotContain("statistics");
        assertThat(looking.at(haProxy(url.replace(";csv", ""), "good")))
            .isInstanceOf(Verdict.Inconclusive.class);
      }
    }
  }

  @Test
  void shouldFindInstancesByDns() throws Exception {
    // given
    ServerAddress bind = Program.free();
    try (Pages instance = new Pages().with("/health", 200, "{\"version\": \"1\"}")) {
      Files.writeString(
          directory.resolve("shop.zone"),
          """
          $TTL 60
          @ SOA ns hostmaster 1 60 60 60 60
          @ NS ns
          ns A 127.0.0.1
          one A 127.0.0.1
          _http._tcp SRV 0 0 %d localhost.
          _none._tcp SRV 0 0 0 .
          """
              .formatted(instance.port()));
      Files.writeString(
          directory.resolve("named.conf"),
          """
          options { directory "%s"; pid-file none; listen-on port %d { 127.0.0.1; };
                    listen-on-v6 { none; }; recursion no; };
          controls { };
          zone "shop.example" { type primary; file "shop.zone"; };
          """
              .formatted(directory, bind.port()));
      try (Program _ =
          Program.start(
              directory,
              bind,
              List.of(
                  Program.installed("named", "bind9"), "-g", "-c", directory + "/named.conf"))) {
        // when, then
        assertThat(looking.at(instances(bind, "_http._tcp.shop.example.", 1)))
            .isInstanceOf(Verdict.Match.class);
        for (String none : List.of("_none._tcp.shop.example", "_gone._tcp.shop.example.")) {
          assertThat(looking.at(instances(bind, none, 1)).detail())
              .isEqualTo("Expected 1 instances or more, but found 0");
        }
        assertThat(looking.at(instances(bind, "_http._tcp.elsewhere.example.", 1)))
            .isInstanceOfSatisfying(
                Verdict.Inconclusive.class,
                refused -> assertThat(refused.detail()).endsWith("but the resolver says REFUSED"));
      }
      assertThat(looking.at(instances(bind, "_http._tcp.shop.example.", 1)))
          .isInstanceOf(Verdict.Inconclusive.class);
    }
  }

  @Test
  void shouldSeeHowFarAConsumerGroupIsBehind() throws Exception {
    try (KafkaBroker broker = new KafkaBroker()) {
      // given
      broker.start();
      String servers = broker.bootstrapServers();
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
        admin.createTopics(List.of(new NewTopic("orders", 2, (short) 1))).all().get();
      }
      try (KafkaProducer<String, String> producer =
              new KafkaProducer<>(
                  Map.of("bootstrap.servers", servers),
                  new StringSerializer(),
                  new StringSerializer());
          KafkaConsumer<String, String> consumer =
              new KafkaConsumer<>(
                  Map.of(
                      "bootstrap.servers",
                      servers,
                      "group.id",
                      "workers",
                      "auto.offset.reset",
                      "earliest",
                      "enable.auto.commit",
                      "false"),
                  new StringDeserializer(),
                  new StringDeserializer())) {
        producer.send(new ProducerRecord<>("orders", "1")).get();
        consumer.subscribe(List.of("orders"));
        await("a record").atMost(Duration.ofSeconds(30)).until(() -> read(consumer) > 0);
        consumer.commitSync();
        for (int i = 0; i < 5; i++) {
          producer.send(new ProducerRecord<>("orders", "more")).get();
        }
        // when, then
        assertThat(looking.at(lag(servers, "workers", 5))).isInstanceOf(Verdict.Match.class);
        assertThat(looking.at(lag(servers, "workers", 4)).detail())
            .isEqualTo("Expected group workers at most 4 records behind, but it is 5");
      }
      assertThat(looking.at(lag(servers, "workers", 5)).detail())
          .isEqualTo("Expected members of group workers, but it has none: nobody works");
    }
    assertThat(looking.at(lag(Program.free().toString(), "workers", 5)))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  private static int read(KafkaConsumer<String, String> consumer) {
    return consumer.poll(Duration.ofMillis(200)).count();
  }

  private static KafkaLag lag(String broker, String group, long max) {
    return new KafkaLag(
        "jobs",
        List.of(ServerAddress.parse(broker, 9092)),
        group,
        max,
        "PLAINTEXT",
        "PLAIN",
        Optional.empty(),
        5_000);
  }

  private static HaProxyServers haProxy(String url, String... backends) {
    return new HaProxyServers("balancer", Looking.question(url), List.of(backends));
  }

  private static SystemCheck instances(ServerAddress resolver, String service, int atLeast) {
    return new Instances(
        "instances",
        new InstanceSource.DnsService(service, Optional.of(resolver)),
        Optional.empty(),
        atLeast,
        Optional.of(Looking.question("http://${instance}/health")),
        List.of());
  }
}
