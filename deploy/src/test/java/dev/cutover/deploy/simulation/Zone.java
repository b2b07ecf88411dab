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

  /** Where somebody else sends people, and the TTL that goes with it. */
  static final String STRANGE_HOST = "10.0.9.9";

  static final int STRANGE_TTL = 77;

  /**
   * What is served, from when on.
   *
   * @param strange whether somebody else has put another address in place of that side's
   */
  private record Version(Instant from, Side side, int ttlSeconds, boolean strange) {}

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

  /** Whether somebody else has ever written. */
  boolean meddled;

  /** Whether an order to put records back took effect after a later revert had. */
  boolean putBackAfterRevert;

  private long revertedEpoch = -1;

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
    primary.add(new Version(Instant.MIN, Side.SOURCE, CAPTURED_TTL, false));
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
    set(new Version(world.baton.now(), side, ttlSeconds, false));
    world.changed(
        "%s serves %s ttl %d, mark %s".formatted(name, side, ttlSeconds, next.describe()));
  }

  private void set(Version version) {
    primary.add(version);
    Duration lag = world.baton.millis(5, world.baton.chance(lags) ? 3000 : 300);
    Instant last = secondary.getLast().from();
    Instant follows = version.from().plus(lag);
    Instant arrives = follows.isBefore(last) ? last : follows;
    secondary.add(new Version(arrives, version.side(), version.ttlSeconds(), version.strange()));
  }

  /**
   * Somebody else writes, and leaves the mark alone.
   *
   * @param address whether it is another address; otherwise another TTL
   */
  void meddle(boolean address) {
    meddled = true;
    Version now = primary.getLast();
    set(
        new Version(
            world.baton.now(),
            now.side(),
            address ? now.ttlSeconds() : STRANGE_TTL,
            address || now.strange()));
    world.changed("%s is meddled with: another %s".formatted(name, address ? "address" : "TTL"));
  }

  /** Traffic went back by an order of that epoch. */
  void reverted(long epoch) {
    revertedEpoch = Math.max(revertedEpoch, epoch);
  }

  /** What was meddled with is put back by an order of that epoch. */
  void putBack(long epoch) {
    putBackAfterRevert |= epoch < revertedEpoch;
  }

  boolean isStrange() {
    return primary.getLast().strange();
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

  boolean isStrangeAt(ServerAddress server) {
    return at(server).strange();
  }

  RecordSet servedBy(ServerAddress server) {
    return records(at(server));
  }

  RecordSet stored() {
    return records(primary.getLast());
  }

  private static RecordSet records(Version version) {
    String host = version.side() == Side.SOURCE ? Clients.SOURCE_HOST : Clients.TARGET_HOST;
    return new RecordSet(
        NAME, RecordType.A, version.ttlSeconds(), List.of(version.strange() ? STRANGE_HOST : host));
  }
}
