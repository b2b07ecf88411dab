package dev.cutover.validator.adapter.system;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SystemCheck.KafkaLag;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import dev.cutover.validator.domain.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.SaslConfigs;

/**
 * Asks Kafka how far a consumer group is behind. Needs {@code DESCRIBE} on the group and topics.
 */
final class KafkaLagLook {
  private final Reach reach;
  private final Credentials credentials;

  KafkaLagLook(Reach reach, Credentials credentials) {
    this.reach = reach;
    this.credentials = credentials;
  }

  Verdict look(KafkaLag check, Instant deadline) throws Unasked, InterruptedException {
    for (ServerAddress broker : check.brokers()) {
      reach.require(broker);
    }
    Duration timeout = reach.within(check.timeoutMs(), deadline);
    Instant until = reach.now().plus(timeout);
    try (Admin admin = Admin.create(settings(check, timeout))) {
      ConsumerGroupDescription group =
          admin
              .describeConsumerGroups(List.of(check.group()))
              .all()
              .get(leftMs(until), TimeUnit.MILLISECONDS)
              .get(check.group());
      Map<TopicPartition, OffsetAndMetadata> read =
          admin
              .listConsumerGroupOffsets(check.group())
              .partitionsToOffsetAndMetadata()
              .get(leftMs(until), TimeUnit.MILLISECONDS);
      Map<TopicPartition, Long> ends =
          admin
              .listOffsets(
                  read.keySet().stream()
                      .collect(Collectors.toMap(one -> one, _ -> OffsetSpec.latest())))
              .all()
              .get(leftMs(until), TimeUnit.MILLISECONDS)
              .entrySet()
              .stream()
              .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
      return judge(check, group == null ? 0 : group.members().size(), read, ends);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
      throw new Unasked(
          "Expected Kafka at %s to tell of group %s within %d ms, but %s"
              .formatted(
                  check.brokers(),
                  check.group(),
                  timeout.toMillis(),
                  cause.getMessage() == null ? "it did not" : cause.getMessage()),
          e);
    }
  }

  private static Verdict judge(
      KafkaLag check,
      int members,
      Map<TopicPartition, OffsetAndMetadata> read,
      Map<TopicPartition, Long> ends) {
    long lag = 0;
    List<String> evidence = new ArrayList<>();
    evidence.add("%d members".formatted(members));
    for (Map.Entry<TopicPartition, OffsetAndMetadata> one : read.entrySet()) {
      long behind = ends.getOrDefault(one.getKey(), 0L) - one.getValue().offset();
      lag += Math.max(0, behind);
      evidence.add("%s is %d behind".formatted(one.getKey(), behind));
    }
    if (members == 0) {
      return new Verdict.Mismatch(
          "Expected members of group %s, but it has none: nobody works".formatted(check.group()),
          evidence);
    }
    if (read.isEmpty()) {
      return new Verdict.Inconclusive(
          "Expected offsets of group %s, but it has committed none".formatted(check.group()),
          evidence);
    }
    return lag <= check.lagMax()
        ? new Verdict.Match("%d members are %d records behind".formatted(members, lag), evidence)
        : new Verdict.Mismatch(
            "Expected group %s at most %d records behind, but it is %d"
                .formatted(check.group(), check.lagMax(), lag),
            evidence);
  }

  private long leftMs(Instant until) {
    return Math.max(1, Duration.between(reach.now(), until).toMillis());
  }

  private Map<String, Object> settings(KafkaLag check, Duration timeout) throws Unasked {
    Map<String, Object> settings = new HashMap<>();
    settings.put(
        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
        check.brokers().stream().map(ServerAddress::toString).collect(Collectors.joining(",")));
    settings.put(AdminClientConfig.SECURITY_PROTOCOL_CONFIG, check.protocol());
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) timeout.toMillis());
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) timeout.toMillis());
    if (check.protocol().startsWith("SASL") && check.credential().isPresent()) {
      settings.put(SaslConfigs.SASL_MECHANISM, check.mechanism());
      settings.put(SaslConfigs.SASL_JAAS_CONFIG, login(check, check.credential().get()));
    }
    return settings;
  }

  private String login(KafkaLag check, String credential) throws Unasked {
    try {
      Credentials.Credential login = credentials.of(credential, "application");
      String module =
          check.mechanism().equals("PLAIN")
              ? "org.apache.kafka.common.security.plain.PlainLoginModule"
              : "org.apache.kafka.common.security.scram.ScramLoginModule";
      return "%s required username=\"%s\" password=\"%s\";"
          .formatted(module, quoted(login.user()), quoted(login.password().value()));
    } catch (ConfigException e) {
      throw new Unasked(String.valueOf(e.getMessage()), e);
    }
  }

  private static String quoted(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
