package dev.cutover.sync.domain;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.sync.domain.SequenceAlignment.Sequence;
import dev.cutover.sync.domain.SequenceAlignment.Setting;
import java.util.List;

/** Reads and sets the sequences of one database. */
public interface SequenceRegister {
  /**
   * Reads all sequences of users' schemas, sorted by name.
   *
   * @throws GateRefused UNREACHABLE, NOT_PREPARED (a right is missing)
   */
  List<Sequence> read(DatabaseEndpoint database) throws GateRefused;

  /**
   * Reads the sequences that columns own, each with the highest (or, counting down, lowest) value
   * in its column as the last one given out. Says less than {@link #read} of the side that gave
   * them out; for when that side is gone.
   *
   * @throws GateRefused UNREACHABLE, NOT_PREPARED (a right is missing)
   */
  List<Sequence> highestInRows(DatabaseEndpoint database) throws GateRefused;

  /**
   * Sets sequences, each as if the value had just been given out. Never backwards: one that has
   * moved past the value meanwhile is left alone.
   *
   * @throws GateRefused UNREACHABLE, NOT_PREPARED (a right is missing)
   */
  void set(DatabaseEndpoint database, List<Setting> settings) throws GateRefused;
}
