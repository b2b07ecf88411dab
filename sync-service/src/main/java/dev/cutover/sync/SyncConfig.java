package dev.cutover.sync;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ObjectsSpec.ObjectPlace;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Wire;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Configuration of the sync-service.
 *
 * @param kafka where messages and changes go
 * @param wire how messages are read and written there
 * @param credentials properties file with {@code <credential>.<role>.user} and {@code .password};
 *     key {@code CUTOVER_SYNC_CREDENTIALS}
 * @param databases the only databases that it ever touches, whatever a plan says, each as {@code
 *     credential@host:port/database}; leases of an earlier process are looked for there; key {@code
 *     CUTOVER_SYNC_DATABASES}
 * @param copyWorkers connections to each side during the copy, 1 to 64, default 4; key {@code
 *     CUTOVER_SYNC_COPY_WORKERS}
 * @param deltaDirectory where what a rollback leaves behind is written, rows and all, for the
 *     service's own user only; without it no such export is possible; key {@code
 *     CUTOVER_SYNC_DELTA_DIRECTORY}
 * @param buckets the only buckets that it ever touches, whatever a plan says, each as {@code
 *     s3://bucket/prefix} or {@code s3://bucket/prefix@https://endpoint}; none by default; key
 *     {@code CUTOVER_SYNC_BUCKETS}
 */
public record SyncConfig(
    KafkaSettings kafka,
    Wire wire,
    Path credentials,
    List<DatabaseEndpoint> databases,
    int copyWorkers,
    Optional<Path> deltaDirectory,
    List<String> buckets) {
  static final String DELTA_DIRECTORY = "CUTOVER_SYNC_DELTA_DIRECTORY";
  private static final String BUCKETS = "CUTOVER_SYNC_BUCKETS";
  private static final Pattern BUCKET = Pattern.compile("s3://[^/@,]+(/[^@,]*)?(@https?://[^,]+)?");
  private static final Pattern DATABASE = Pattern.compile("([^@/]+)@(.+):(\\d{1,5})/([^/]+)");

  /** Without buckets. */
  public SyncConfig(
      KafkaSettings kafka,
      Wire wire,
      Path credentials,
      List<DatabaseEndpoint> databases,
      int copyWorkers,
      Optional<Path> deltaDirectory) {
    this(kafka, wire, credentials, databases, copyWorkers, deltaDirectory, List.of());
  }

  public SyncConfig {
    databases = List.copyOf(databases);
    buckets = List.copyOf(buckets);
    if (copyWorkers < 1) {
      throw new IllegalArgumentException(
          "Expected at least one copy worker, but got " + copyWorkers);
    }
  }

  /** Reads the keys above; all faults are the reader's. */
  public static SyncConfig read(ConfigReader reader) {
    KafkaSettings kafka = KafkaSettings.read(reader);
    Wire wire = Wire.read(reader);
    Path credentials = reader.file("CUTOVER_SYNC_CREDENTIALS");
    List<DatabaseEndpoint> databases = new ArrayList<>();
    for (String text : reader.list("CUTOVER_SYNC_DATABASES")) {
      Matcher matcher = DATABASE.matcher(text);
      if (matcher.matches()) {
        databases.add(
            new DatabaseEndpoint(
                matcher.group(2),
                Integer.parseInt(matcher.group(3)),
                matcher.group(4),
                matcher.group(1)));
      } else {
        reader.fault(
            "CUTOVER_SYNC_DATABASES: expected credential@host:port/database, but found '%s'"
                .formatted(text));
      }
    }
    int copyWorkers = reader.integer("CUTOVER_SYNC_COPY_WORKERS", 1, 64, 4);
    Optional<Path> deltaDirectory = reader.optional(DELTA_DIRECTORY).map(Path::of);
    List<String> buckets = reader.optional(BUCKETS).stream().flatMap(SyncConfig::listed).toList();
    for (String text : buckets) {
      if (!BUCKET.matcher(text).matches()) {
        reader.fault(
            "%s: expected s3://bucket/prefix or s3://bucket/prefix@https://endpoint, but found '%s'"
                .formatted(BUCKETS, text));
      }
    }
    return reader.build(
        () ->
            new SyncConfig(
                kafka, wire, credentials, databases, copyWorkers, deltaDirectory, buckets));
  }

  /** Says which database of a spec this service may not touch; empty when it may. */
  Optional<String> forbids(ReplicationSpec spec) {
    for (Side side : Side.values()) {
      if (!databases.contains(spec.endpoint(side))) {
        return Optional.of(
            "Expected the %s %s@%s among CUTOVER_SYNC_DATABASES of this service, but it is not: add it there if it may be touched"
                .formatted(
                    side.name().toLowerCase(Locale.ROOT),
                    spec.endpoint(side).credential(),
                    spec.endpoint(side).address()));
      }
    }
    return spec.objects().flatMap(this::forbids);
  }

  private Optional<String> forbids(ObjectsSpec spec) {
    return spec.buckets().stream()
        .flatMap(pair -> Stream.of(pair.source(), pair.target()))
        .map(ObjectPlace::address)
        .filter(address -> !buckets.contains(address))
        .findFirst()
        .map(
            address ->
                "Expected %s among %s of this service, but it is not: add it there if it may be touched"
                    .formatted(address, BUCKETS));
  }

  private static Stream<String> listed(String text) {
    return Stream.of(text.split(",")).map(String::strip).filter(part -> !part.isEmpty());
  }
}
