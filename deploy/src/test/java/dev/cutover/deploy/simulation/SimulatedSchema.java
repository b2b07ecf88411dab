package dev.cutover.deploy.simulation;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.CutoverSchema;
import dev.cutover.sync.domain.DatabaseReader;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.Preflight;
import dev.cutover.sync.domain.SchemaBaseline;
import dev.cutover.sync.domain.SequenceAlignment.Sequence;
import dev.cutover.sync.domain.SequenceAlignment.Setting;
import dev.cutover.sync.domain.SequenceRegister;
import dev.cutover.sync.domain.WriterRow;
import dev.cutover.sync.domain.WriterRow.State;
import java.util.List;
import java.util.Optional;

/** Everything of a database beside its gate and its rows: the schema, findings, sequences. */
final class SimulatedSchema
    implements CutoverSchema, SchemaBaseline, DatabaseReader, Preflight, SequenceRegister {
  private final World world;
  private final Instance instance;

  SimulatedSchema(World world, Instance instance) {
    this.world = world;
    this.instance = instance;
  }

  private SimulatedDatabase reach(DatabaseEndpoint endpoint) throws GateRefused {
    instance.take(1, 20);
    SimulatedDatabase database = world.database(endpoint);
    database.requireReachable();
    if (instance.baton.chance(world.weather.errors())) {
      throw new GateRefused(Reason.UNREACHABLE, "Expected an answer, but the connection was lost");
    }
    return database;
  }

  @Override
  public Installed install(DatabaseEndpoint endpoint, Side side, StepRef step, long epoch)
      throws GateRefused {
    SimulatedDatabase database = reach(endpoint);
    State state = side == Side.SOURCE ? State.OPEN : State.FENCED;
    WriterRow row = database.row;
    if (row != null) {
      boolean foreign = row.cutover().isPresent() && !row.cutover().get().equals(step.cutover());
      if (foreign || row.state() != state) {
        throw new GateRefused(
            Reason.UNEXPECTED_STATE,
            "Expected the %s to be %s before a cutover, but it is %s"
                .formatted(side, state, row.state()));
      }
      if (row.cutover().isPresent() && row.epoch() > epoch) {
        throw new GateRefused(Reason.NEWER_EPOCH, "Expected a lower epoch than " + row.epoch());
      }
    }
    database.row =
        new WriterRow(
            epoch,
            state,
            Optional.of(step.toString()),
            Optional.of(world.baton.now()),
            Optional.empty(),
            Optional.of(instance.name),
            Optional.of(step.cutover()),
            Optional.empty(),
            Optional.empty());
    database.triggers = side == Side.TARGET || (row != null && database.triggers);
    world.changed("%s installed at %d".formatted(side, epoch));
    instance.take(1, 20);
    return new Installed(List.of(), List.of());
  }

  @Override
  public void keep(DatabaseEndpoint endpoint, List<TableName> tables, long epoch) {}

  @Override
  public List<String> drifts(DatabaseEndpoint endpoint, List<TableName> tables) {
    return List.of();
  }

  @Override
  public DatabaseState read(DatabaseEndpoint endpoint, String replication) {
    return DatabaseState.unreachable("nobody asks here");
  }

  @Override
  public List<String> drift(DatabaseEndpoint endpoint) {
    return List.of();
  }

  @Override
  public List<String> remove(DatabaseEndpoint endpoint) throws GateRefused {
    SimulatedDatabase database = reach(endpoint);
    database.row = null;
    database.triggers = false;
    database.forgetStreams();
    world.changed("%s without schema".formatted(database.side));
    instance.take(1, 20);
    return List.of();
  }

  @Override
  public void release(DatabaseEndpoint endpoint, CutoverId cutover) throws GateRefused {
    SimulatedDatabase database = reach(endpoint);
    WriterRow row = database.requireRow();
    if (row.cutover().equals(Optional.of(cutover))) {
      database.row =
          new WriterRow(
              row.epoch(),
              row.state(),
              row.step(),
              row.at(),
              row.manual(),
              row.by(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      world.changed("%s released".formatted(database.side));
    }
  }

  @Override
  public Findings examine(ReplicationSpec spec) throws GateRefused {
    reach(spec.source());
    reach(spec.target());
    return new Findings(List.of(), List.of(), List.of(), List.of());
  }

  @Override
  public List<Sequence> read(DatabaseEndpoint endpoint) throws GateRefused {
    return List.of(sequence(reach(endpoint).lastNumber));
  }

  @Override
  public List<Sequence> highestInRows(DatabaseEndpoint endpoint) throws GateRefused {
    SimulatedDatabase database = reach(endpoint);
    return List.of(sequence(database.rows.isEmpty() ? 0 : database.rows.lastKey()));
  }

  private static Sequence sequence(long last) {
    return new Sequence(
        SimulatedDatabase.SEQUENCE, Math.max(1, last), last > 0, 1, 1, Long.MAX_VALUE, false);
  }

  @Override
  public void set(DatabaseEndpoint endpoint, List<Setting> settings) throws GateRefused {
    SimulatedDatabase database = reach(endpoint);
    for (Setting setting : settings) {
      database.lastNumber = Math.max(database.lastNumber, setting.value());
      world.changed("%s sequence at %d".formatted(database.side, database.lastNumber));
    }
    instance.take(1, 10);
  }
}
