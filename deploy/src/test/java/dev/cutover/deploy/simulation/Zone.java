package dev.cutover.deploy.simulation;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.dns.domain.EpochMark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A zone: its primary with the mark, and a secondary that lags; as the public or others see it. */
final class Zone {
  static final String NAME = "shop.test.";
  static final int CAPTURED_TTL = 20;
  static final int LOWERED_TTL = 2;

  /** What is served, from when on. */
  private record Version(Instant from, Side side, int ttlSeconds) {}

  private final World world;
  private final String name;
  private final double lags;
  private final List<Version> primary = new ArrayList<>();
  private final List<Version> secondary = new ArrayList<>();
  final ServerAddress first;
  final ServerAddress second;
  EpochMark mark = new EpochMark.Absent();

  /** Whether its servers answer. */
  boolean reachable = true;

  /**
   * @param network of its two servers
   * @param lags probability that the secondary takes seconds to follow
   */
  Zone(World world, String name, String network, double lags) {
    this.world = world;
    this.name = name;
    this.lags = lags;
    this.first = new ServerAddress(network + ".53", 53);
    this.second = new ServerAddress(network + ".54", 53);
    primary.add(new Version(Instant.MIN, Side.SOURCE, CAPTURED_TTL));
    secondary.addAll(primary);
  }

  boolean has(ServerAddress server) {
    return server.equals(first) || server.equals(second);
  }

  Side side() {
    return primary.getLast().side();
  }

  int ttlSeconds() {
    return primary.getLast().ttlSeconds();
  }

  /** Changes the primary at once and the secondary after a while, in order. */
  void set(Side side, int ttlSeconds, EpochMark next) {
    mark = next;
    Instant now = world.baton.now();
    primary.add(new Version(now, side, ttlSeconds));
    Duration lag = world.baton.millis(5, world.baton.chance(lags) ? 3000 : 300);
    Instant last = secondary.getLast().from();
    Instant arrives = now.plus(lag).isBefore(last) ? last : now.plus(lag);
    secondary.add(new Version(arrives, side, ttlSeconds));
    world.changed(
        "%s serves %s ttl %d, mark %s".formatted(name, side, ttlSeconds, next.describe()));
  }

  private Version at(ServerAddress server) {
    List<Version> versions = server.equals(first) ? primary : secondary;
    Instant now = world.baton.now();
    return versions.reversed().stream()
        .filter(version -> !version.from().isAfter(now))
        .findFirst()
        .orElseThrow();
  }

  Side sideAt(ServerAddress server) {
    return at(server).side();
  }

  int ttlSecondsAt(ServerAddress server) {
    return at(server).ttlSeconds();
  }

  RecordSet servedBy(ServerAddress server) {
    Version version = at(server);
    return set(version.side(), version.ttlSeconds());
  }

  RecordSet stored() {
    return set(side(), ttlSeconds());
  }

  private static RecordSet set(Side side, int ttlSeconds) {
    return new RecordSet(
        NAME,
        RecordType.A,
        ttlSeconds,
        List.of(side == Side.SOURCE ? Clients.SOURCE_HOST : Clients.TARGET_HOST));
  }
}
