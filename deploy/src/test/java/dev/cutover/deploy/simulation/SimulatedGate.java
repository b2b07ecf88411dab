package dev.cutover.deploy.simulation;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.StepRef;
import dev.cutover.sync.domain.FenceLease;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.WriteGate;
import dev.cutover.sync.domain.WriterRow;
import dev.cutover.sync.domain.WriterRow.Lease;
import dev.cutover.sync.domain.WriterRow.State;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The gate as PostgreSQL keeps it: each statement takes time before and after it takes effect, may
 * lose its connection on either side of it, and follows the rules of the SQL to the letter.
 */
final class SimulatedGate implements WriteGate {
  private static final double BLOCKED = 0.03;

  private final World world;
  private final Instance instance;

  SimulatedGate(World world, Instance instance) {
    this.world = world;
    this.instance = instance;
  }

  private SimulatedDatabase reachForEffect(DatabaseEndpoint endpoint, StepRef step)
      throws GateRefused {
    instance.beforeEffect(step.step(), world);
    return reach(endpoint);
  }

  private SimulatedDatabase reach(DatabaseEndpoint endpoint) throws GateRefused {
    instance.take(1, 15);
    SimulatedDatabase database = world.database(endpoint);
    database.requireReachable();
    lose();
    return database;
  }

  /** The answer comes back, or doesn't. */
  private void answered() throws GateRefused {
    instance.take(1, 10);
    lose();
  }

  private void lose() throws GateRefused {
    if (instance.baton.chance(world.weather.errors())) {
      throw new GateRefused(Reason.UNREACHABLE, "Expected an answer, but the connection was lost");
    }
  }

  @Override
  public Fenced fence(FenceOrder order) throws GateRefused, InterruptedException {
    SimulatedDatabase database = reachForEffect(order.database(), order.step());
    Instant begun = world.baton.now();
    WriterRow row = database.requireRow();
    requireOwn(row, order.step());
    boolean lower = row.epoch() < order.epoch();
    if (!lower && !(row.epoch() == order.epoch() && row.isFenced())) {
      throw newer(row, order.epoch());
    }
    database.row = written(row, order.epoch(), State.FENCED, order.step(), order.lease());
    database.triggers = true;
    world.changed("%s fenced at %d by %s".formatted(database.side, order.epoch(), order.step()));
    Instant refusedAt = world.baton.now();
    instance.take(3, 40);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    database.requireReachable();
    if (instance.baton.chance(BLOCKED)) {
      throw new GateRefused(
          Reason.BLOCKED, "Expected the end of older transactions, but one stays");
    }
    lose();
    String marker = database.mark("fence-" + order.epoch());
    answered();
    return new Fenced(order.epoch(), begun, refusedAt, marker, 1, 0, true, List.of(), 1, 1, 1);
  }

  @Override
  public Opened open(OpenOrder order) throws GateRefused {
    SimulatedDatabase database = reachForEffect(order.database(), order.step());
    WriterRow row = database.requireRow();
    requireOwn(row, order.step());
    boolean neverFenced = row.isOpen() && row.epoch() < order.expectedEpoch();
    boolean repeated = row.isOpen() && row.epoch() == order.newEpoch();
    boolean byLease = FenceLease.gaveBack(row, order.expectedEpoch());
    if (neverFenced || byLease) {
      database.row = written(row, order.newEpoch(), State.OPEN, order.step(), owed(order));
    } else if (row.isFenced() && row.epoch() == order.expectedEpoch()) {
      if (order.otherSide().isPresent()) {
        requireFenced(order.otherSide().get(), order.step());
      }
      database.row = written(row, order.newEpoch(), State.OPEN, order.step(), owed(order));
      world.changed(
          "%s opened at %d by %s".formatted(database.side, order.newEpoch(), order.step()));
    } else if (!repeated) {
      if (row.epoch() > order.newEpoch()) {
        throw newer(row, order.newEpoch());
      }
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected it FENCED at %d, but it is %s at %d"
              .formatted(order.expectedEpoch(), row.state(), row.epoch()));
    }
    Instant at = world.baton.now();
    answered();
    return new Opened(order.newEpoch(), at, neverFenced, byLease, 1);
  }

  private Optional<Lease> owed(OpenOrder order) {
    return order.deadSide().map(dead -> new Lease(world.baton.now(), order.newEpoch(), dead));
  }

  /** The other row is locked until this one is committed, so nothing happens in between. */
  private void requireFenced(DatabaseEndpoint endpoint, StepRef step) throws GateRefused {
    SimulatedDatabase other = world.database(endpoint);
    WriterRow row = other.row;
    if (!other.reachable || row == null) {
      throw new GateRefused(Reason.OTHER_SIDE_NOT_FENCED, "Expected to read the other side's row");
    }
    requireOwn(row, step);
    if (row.isOpen() || !other.triggers) {
      throw new GateRefused(
          Reason.OTHER_SIDE_NOT_FENCED,
          "Expected the %s to be fenced, but it is not".formatted(other.side));
    }
  }

  @Override
  public void raise(DatabaseEndpoint endpoint, long epoch, StepRef step) throws GateRefused {
    SimulatedDatabase database = reachForEffect(endpoint, step);
    WriterRow row = database.requireRow();
    boolean own = row.cutover().isEmpty() || row.cutover().get().equals(step.cutover());
    boolean again = row.epoch() == epoch && row.step().equals(Optional.of(step.toString()));
    if (row.isFenced() && row.manual().isEmpty() && own && (row.epoch() < epoch || again)) {
      database.row = written(row, epoch, State.FENCED, step, row.lease());
      world.changed("%s raised to %d by %s".formatted(database.side, epoch, step));
      answered();
      return;
    }
    requireOwn(row, step);
    if (row.isOpen()) {
      throw new GateRefused(Reason.UNEXPECTED_STATE, "Expected it to be fenced, but it is OPEN");
    }
    throw newer(row, epoch);
  }

  @Override
  public void renewLease(DatabaseEndpoint endpoint, long epoch, Optional<Instant> until)
      throws GateRefused {
    SimulatedDatabase database = reach(endpoint);
    WriterRow row = database.requireRow();
    if (row.epoch() == epoch && row.lease().isPresent()) {
      Lease lease = row.lease().get();
      if (lease.epoch() == row.epoch()) {
        database.row = withLease(row, until.map(at -> new Lease(at, lease.epoch(), lease.other())));
      }
    }
    answered();
  }

  @Override
  public WriterRow state(DatabaseEndpoint endpoint) throws GateRefused {
    WriterRow row = reach(endpoint).requireRow();
    answered();
    return row;
  }

  @Override
  public FenceEvidence evidence(DatabaseEndpoint endpoint) throws GateRefused {
    SimulatedDatabase database = reach(endpoint);
    FenceEvidence evidence =
        new FenceEvidence(
            database.requireRow(),
            database.triggers ? List.of() : List.of("public.orders"),
            Optional.of(database.triggers),
            1);
    answered();
    return evidence;
  }

  @Override
  public Probed probe(DatabaseEndpoint endpoint) throws GateRefused {
    if (reach(endpoint).isUnfenced()) {
      throw new GateRefused(
          Reason.NOT_PROVEN, "Expected every write to be refused, but one was not");
    }
    return new Probed(1, 0, "application", 1);
  }

  @Override
  public String mark(DatabaseEndpoint endpoint) throws GateRefused {
    SimulatedDatabase database = reach(endpoint);
    database.requireRow();
    String id = database.mark("proof");
    answered();
    return id;
  }

  @Override
  public int relax(DatabaseEndpoint endpoint, long epoch) throws GateRefused {
    SimulatedDatabase database = reach(endpoint);
    WriterRow row = database.requireRow();
    if (row.epoch() == epoch && row.isOpen()) {
      database.triggers = false;
    }
    answered();
    return 0;
  }

  @Override
  public void forgetOpening(DatabaseEndpoint target, DatabaseEndpoint source) {
    // only people read it
  }

  private static void requireOwn(WriterRow row, StepRef step) throws GateRefused {
    row.requireNotManual("it");
    if (row.cutover().isPresent() && !row.cutover().get().equals(step.cutover())) {
      throw new GateRefused(Reason.UNEXPECTED_STATE, "Expected the row to belong to this cutover");
    }
  }

  private static GateRefused newer(WriterRow row, long epoch) {
    return new GateRefused(
        Reason.NEWER_EPOCH,
        "Expected epoch %d or lower, but found %d (%s)".formatted(epoch, row.epoch(), row.state()));
  }

  private WriterRow written(
      WriterRow row, long epoch, State state, StepRef step, Optional<Lease> lease) {
    return new WriterRow(
        epoch,
        state,
        Optional.of(step.toString()),
        Optional.of(world.baton.now()),
        row.manual(),
        Optional.of(instance.name),
        Optional.of(step.cutover()),
        lease,
        Optional.empty());
  }

  private static WriterRow withLease(WriterRow row, Optional<Lease> lease) {
    return new WriterRow(
        row.epoch(),
        row.state(),
        row.step(),
        row.at(),
        row.manual(),
        row.by(),
        row.cutover(),
        lease,
        row.endsAt());
  }
}
