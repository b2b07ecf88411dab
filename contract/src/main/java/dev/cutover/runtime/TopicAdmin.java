package dev.cutover.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics, or says what is missing or wrong and how to mend it. */
public final class TopicAdmin implements AutoCloseable {
  private static final long VISIBLE_POLL_MS = 50;
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Admin admin;
  private final KafkaSettings kafka;

  public TopicAdmin(KafkaSettings kafka) {
    this.kafka = kafka;
    this.admin = Admin.create(kafka.properties());
  }

  /**
   * Something about a topic that is not as it must be.
   *
   * @param sentence what was expected, what was found
   * @param command what to run to mend it; a comment where no command can
   */
  public record Finding(String sentence, String command) {}

  /**
   * Creates the topics that are missing and leaves the others alone.
   *
   * @return names of those created
   * @throws LogException when the broker refuses or does not answer
   */
  public List<String> create(Topics topics) {
    Set<String> existing = existing();
    List<Topics.Spec> missing =
        topics.all().stream().filter(spec -> !existing.contains(spec.name())).toList();
    List<NewTopic> wanted =
        missing.stream()
            .map(
                spec ->
                    new NewTopic(spec.name(), spec.partitions(), (short) spec.replicas())
                        .configs(spec.settings()))
            .toList();
    admin
        .createTopics(wanted)
        .values()
        .forEach(
            (name, created) -> {
              try {
                await("create topic " + name, created);
              } catch (LogException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                  throw e;
                }
              }
            });
    List<String> created = missing.stream().map(Topics.Spec::name).toList();
    awaitVisible(created);
    return created;
  }

  /** The controller has made them, but a broker that is busy may learn of them later. */
  private void awaitVisible(List<String> names) {
    long untilNanos = System.nanoTime() + TIMEOUT.toNanos();
    while (!existing().containsAll(names)) {
      if (System.nanoTime() - untilNanos > 0) {
        throw new LogException(
            "Expected Kafka at %s to show the topics that it has made within %s, but it does not"
                .formatted(kafka.bootstrapServers(), TIMEOUT),
            null);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(VISIBLE_POLL_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LogException("Interrupted while waiting for topics", e);
      }
    }
  }

  /** Lists what is missing or wrong; empty when all is well. */
  public List<Finding> verify(Topics topics) {
    Set<String> existing = existing();
    List<Topics.Spec> present =
        topics.all().stream().filter(spec -> existing.contains(spec.name())).toList();
    Map<String, TopicDescription> descriptions =
        await(
            "describe topics",
            admin.describeTopics(present.stream().map(Topics.Spec::name).toList()).allTopicNames());
    Map<String, Config> settings =
        await(
                "describe settings",
                admin
                    .describeConfigs(
                        present.stream()
                            .map(spec -> new ConfigResource(ConfigResource.Type.TOPIC, spec.name()))
                            .toList())
                    .all())
            .entrySet()
            .stream()
            .collect(Collectors.toMap(entry -> entry.getKey().name(), Map.Entry::getValue));
    List<Finding> findings = new ArrayList<>();
    for (Topics.Spec spec : topics.all()) {
      TopicDescription description = descriptions.get(spec.name());
      Config config = settings.get(spec.name());
      if (description == null || config == null) {
        findings.add(
            new Finding(
                "Expected topic %s, but it is missing".formatted(spec.name()), creation(spec)));
      } else {
        verifyPartitions(spec, description, findings);
        verifySettings(spec, config, findings);
      }
    }
    return List.copyOf(findings);
  }

  private void verifyPartitions(Topics.Spec spec, TopicDescription found, List<Finding> findings) {
    int partitions = found.partitions().size();
    if (partitions != spec.partitions()) {
      findings.add(
          new Finding(
              "Expected topic %s with %d partition(s), but it has %d"
                  .formatted(spec.name(), spec.partitions(), partitions),
              partitions < spec.partitions()
                  ? "kafka-topics --bootstrap-server %s --alter --topic %s --partitions %d"
                      .formatted(kafka.bootstrapServers(), spec.name(), spec.partitions())
                  : "# partitions cannot be taken away: delete and create %s, or configure %d partitions"
                      .formatted(spec.name(), partitions)));
    }
    int replicas =
        found.partitions().stream()
            .mapToInt(partition -> partition.replicas().size())
            .min()
            .orElse(0);
    if (replicas < spec.replicas()) {
      findings.add(
          new Finding(
              "Expected topic %s with %d replica(s) of each partition, but one has %d"
                  .formatted(spec.name(), spec.replicas(), replicas),
              "# raise the replicas of %s with kafka-reassign-partitions".formatted(spec.name())));
    }
  }

  private void verifySettings(Topics.Spec spec, Config found, List<Finding> findings) {
    Map<String, String> wrong = new TreeMap<>();
    List<String> sentences = new ArrayList<>();
    new TreeMap<>(spec.settings())
        .forEach(
            (name, expected) -> {
              ConfigEntry entry = found.get(name);
              String value = entry == null ? "nothing" : String.valueOf(entry.value());
              if (!value.equals(expected)) {
                wrong.put(name, expected);
                sentences.add("%s=%s, but found %s".formatted(name, expected, value));
              }
            });
    if (!wrong.isEmpty()) {
      findings.add(
          new Finding(
              "Expected topic %s with %s".formatted(spec.name(), String.join("; ", sentences)),
              "kafka-configs --bootstrap-server %s --alter --entity-type topics --entity-name %s --add-config %s"
                  .formatted(kafka.bootstrapServers(), spec.name(), joined(wrong, ","))));
    }
  }

  private String creation(Topics.Spec spec) {
    return "kafka-topics --bootstrap-server %s --create --topic %s --partitions %d --replication-factor %d --config %s"
        .formatted(
            kafka.bootstrapServers(),
            spec.name(),
            spec.partitions(),
            spec.replicas(),
            joined(spec.settings(), " --config "));
  }

  private static String joined(Map<String, String> settings, String separator) {
    return new TreeMap<>(settings)
        .entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(separator));
  }

  private Set<String> existing() {
    return await("list topics", admin.listTopics().names());
  }

  private <T> T await(String what, KafkaFuture<T> future) {
    try {
      return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new LogException(
          "Expected Kafka at %s to %s, but %s"
              .formatted(kafka.bootstrapServers(), what, e.getCause()),
          e.getCause());
    } catch (TimeoutException e) {
      throw new LogException(
          "Expected Kafka at %s to %s within %s, but it did not answer"
              .formatted(kafka.bootstrapServers(), what, TIMEOUT),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogException("Interrupted while waiting for Kafka to " + what, e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(5));
  }
}
