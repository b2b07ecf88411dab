package dev.cutover.sync;

import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.SequenceAlignment;
import dev.cutover.sync.domain.SequenceAlignment.Sequence;
import dev.cutover.sync.domain.SequenceRegister;
import java.util.List;

/** Sets the sequences of the side that is to take writes ahead of all that was given out. */
final class SequenceAligner {
  private final SequenceRegister register;

  /**
   * What came of it.
   *
   * @param sequences how many there are
   * @param faults why some are not ahead; empty when all are
   */
  record Aligned(int sequences, List<String> faults) {}

  SequenceAligner(SequenceRegister register) {
    this.register = register;
  }

  /** Sets those of one side ahead of the other's, and reads them again. */
  Aligned align(ReplicationSpec spec, Side ahead) throws GateRefused {
    List<Sequence> behind = register.read(spec.endpoint(ahead.other()));
    SequenceAlignment.Plan plan =
        SequenceAlignment.plan(behind, register.read(spec.endpoint(ahead)), spec.sequenceMargin());
    if (!plan.faults().isEmpty()) {
      return new Aligned(behind.size(), plan.faults());
    }
    register.set(spec.endpoint(ahead), plan.settings());
    return new Aligned(
        behind.size(), SequenceAlignment.verify(behind, register.read(spec.endpoint(ahead))));
  }

  /** Proves that the target's are ahead for good, and sets them once more where they are not. */
  List<String> proveAhead(ReplicationSpec spec) throws GateRefused {
    List<String> behind =
        SequenceAlignment.verify(register.read(spec.source()), register.read(spec.target()));
    return behind.isEmpty() ? List.of() : align(spec, Side.TARGET).faults();
  }

  /** The target cannot be asked how far its sequences are; its rows that came over can. */
  List<String> raiseAboveRows(ReplicationSpec spec) throws GateRefused {
    SequenceAlignment.Plan plan =
        SequenceAlignment.plan(
            register.highestInRows(spec.source()),
            register.read(spec.source()),
            spec.sequenceMargin());
    if (plan.faults().isEmpty()) {
      register.set(spec.source(), plan.settings());
    }
    return plan.faults();
  }
}
