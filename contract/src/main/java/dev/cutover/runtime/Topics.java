package dev.cutover.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;

/**
 * Names and shapes of all topics.
 *
 * <p>Every keyed topic has the same number of partitions, so that partition {@code p} of each of
 * them holds the same cutovers and one owner of {@code p} reads all that concerns them.
 *
 * @param prefix first part of each topic's, group's and transactional id's name, such as {@code
 *     cutover}
 * @param partitions of each keyed topic, 1 to 1000; never changed once cutovers have run
 * @param replicas of each partition, at least 1; from 3 on two of them must have each record
 * @param changeSlots how many change topics are made ready, at least 1
 */
public record Topics(String prefix, int partitions, int replicas, int changeSlots) {
  /** The services that take commands. */
  public static final List<String> COMMANDED =
      List.of("dns", "sync", "validator", "monitor", "outbound");

  private static final Map<String, String> FOR_EVER =
      Map.of("cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1");

  public Topics {
    if (!prefix.matches("[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}")) {
      throw new IllegalArgumentException(
          "Expected a topic prefix of letters, digits, '.', '_' and '-', but got '%s'"
              .formatted(prefix));
    }
    if (partitions < 1 || partitions > 1000 || replicas < 1 || changeSlots < 1) {
      throw new IllegalArgumentException(
          "Expected 1 to 1000 partitions, replicas >= 1 and changeSlots >= 1, but got %d, %d and %d"
              .formatted(partitions, replicas, changeSlots));
    }
  }

  /**
   * Reads {@code TOPICS_PREFIX} (cutover), {@code TOPICS_PARTITIONS} (6), {@code TOPICS_REPLICAS}
   * (3) and {@code TOPICS_CHANGE_SLOTS} (4); the same for every service.
   */
  public static Topics read(ConfigReader reader) {
    String prefix = reader.string("TOPICS_PREFIX", "cutover");
    int partitions = reader.integer("TOPICS_PARTITIONS", 1, 1000, 6);
    int replicas = reader.integer("TOPICS_REPLICAS", 1, 9, 3);
    int changeSlots = reader.integer("TOPICS_CHANGE_SLOTS", 1, 1000, 4);
    try {
      return new Topics(prefix, partitions, replicas, changeSlots);
    } catch (IllegalArgumentException e) {
      reader.fault("TOPICS_PREFIX: " + e.getMessage());
      return new Topics("unread", 1, 1, 1);
    }
  }

  /** A topic as it must be. */
  public record Spec(String name, int partitions, int replicas, Map<String, String> settings) {
    public Spec {
      settings = Map.copyOf(settings);
    }
  }

  public String requests() {
    return prefix + ".requests";
  }

  public String journal() {
    return prefix + ".journal";
  }

  /**
   * Names the command topic of a service: {@code dns}, {@code sync}, {@code validator}, {@code
   * monitor} or {@code outbound}.
   */
  public String commands(String service) {
    return prefix + "." + service + ".commands";
  }

  public String events() {
    return prefix + ".events";
  }

  public String rollbackTriggers() {
    return prefix + ".rollback-triggers";
  }

  public String rollbackRequests() {
    return prefix + ".rollback-requests";
  }

  public String status() {
    return prefix + ".status";
  }

  public String measurements() {
    return prefix + ".measurements";
  }

  /** Names a change topic: the {@code slot}-th of the set, from 1 to {@link #changeSlots()}. */
  public String changes(int slot) {
    return prefix + ".changes." + slot;
  }

  public String deadLetters() {
    return prefix + ".dead-letters";
  }

  /** Names the consumer group of a service's instances at a vantage point of its own. */
  public String group(String service, String vantage) {
    return group(service) + "-" + vantage;
  }

  /** Names the consumer group of a service. */
  public String group(String service) {
    return prefix + "-" + service;
  }

  /**
   * Names the transactional id that owns a partition's journal: whoever initialises it last fences
   * the others.
   */
  public String transactionalId(int partition) {
    return prefix + "-orchestrator-" + partition;
  }

  /** Returns the partition of a key in every keyed topic: Kafka's default, murmur2. */
  public int partitionOf(String key) {
    return partitionOf(key, partitions);
  }

  static int partitionOf(String key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
  }

  /** Lists what the orchestrator decides upon; all keyed alike. */
  public List<String> inputs() {
    return List.of(requests(), events(), rollbackTriggers(), measurements());
  }

  /**
   * Checks that topics are there with as many partitions as configured: with another number a key
   * belongs elsewhere than its readers think.
   *
   * @throws ConfigException naming each that is not
   */
  public void check(List<String> names, RecordSource source) {
    List<String> faults = new ArrayList<>();
    for (String name : names) {
      int found = source.partitions(name);
      if (found != partitions) {
        faults.add(
            "Expected topic %s with %d partitions, but %s: run topics verify"
                .formatted(
                    name, partitions, found == 0 ? "it is missing" : "it has %d".formatted(found)));
      }
    }
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }

  /** Returns a key that hashes to a partition, for what concerns the partition and no cutover. */
  public String keyOf(int partition) {
    for (int n = 0; ; n++) {
      String key = "partition-" + n;
      if (partitionOf(key) == partition) {
        return key;
      }
    }
  }

  /** Lists every topic, in a fixed order. */
  public List<Spec> all() {
    List<Spec> specs = new ArrayList<>();
    specs.add(keyed(requests(), kept(Duration.ofDays(7))));
    specs.add(keyed(journal(), FOR_EVER));
    COMMANDED.forEach(service -> specs.add(keyed(commands(service), kept(Duration.ofDays(7)))));
    specs.add(keyed(events(), kept(Duration.ofDays(28))));
    specs.add(keyed(rollbackTriggers(), kept(Duration.ofDays(28))));
    specs.add(keyed(rollbackRequests(), kept(Duration.ofDays(7))));
    specs.add(keyed(status(), Map.of("cleanup.policy", "compact", "segment.ms", "3600000")));
    specs.add(keyed(measurements(), kept(Duration.ofDays(1))));
    specs.add(keyed(deadLetters(), kept(Duration.ofDays(28))));
    // One partition each: the order of commits is the order of records. Pruned by whoever applies
    // them.
    IntStream.rangeClosed(1, changeSlots)
        .forEach(slot -> specs.add(spec(changes(slot), 1, FOR_EVER)));
    return List.copyOf(specs);
  }

  private Spec keyed(String name, Map<String, String> settings) {
    return spec(name, partitions, settings);
  }

  private Spec spec(String name, int partitionCount, Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("min.insync.replicas", replicas >= 3 ? "2" : "1");
    return new Spec(name, partitionCount, replicas, all);
  }

  private static Map<String, String> kept(Duration time) {
    return Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(time.toMillis()));
  }

  /** Lists the names of all topics whose key is the cutover's id. */
  public Stream<String> keyedNames() {
    return all().stream().map(Spec::name).filter(name -> !name.startsWith(prefix + ".changes."));
  }
}
