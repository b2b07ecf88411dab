package dev.cutover.sync.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import java.util.List;

/** Puts into a database what a fence needs, long before it is needed. */
public interface CutoverSchema {
  /**
   * Creates what is missing and writes the epoch into the row; may be run again at any time.
   *
   * @param epoch of the command; a row that has a higher one is not touched
   * @throws GateRefused NEWER_EPOCH, UNEXPECTED_STATE (another cutover's, or the row is not OPEN on
   *     the source and FENCED on the target), MANUAL, UNREACHABLE
   */
  Installed install(DatabaseEndpoint database, Side side, StepRef step, long epoch)
      throws GateRefused;

  /**
   * Says what has drifted since the installation, as sentences; changes nothing.
   *
   * @throws GateRefused NOT_PREPARED, UNREACHABLE
   */
  List<String> drift(DatabaseEndpoint database) throws GateRefused;

  /**
   * Removes triggers and schema: the side is then open to all. Nothing there: no error.
   *
   * @return what could not be removed, as sentences
   * @throws GateRefused UNREACHABLE
   */
  List<String> remove(DatabaseEndpoint database) throws GateRefused;

  /**
   * Leaves the fence in place but lets another cutover take the row over.
   *
   * @throws GateRefused NOT_PREPARED, UNREACHABLE
   */
  void release(DatabaseEndpoint database, CutoverId cutover) throws GateRefused;

  /**
   * What an installation found and did.
   *
   * @param faults what keeps the fence from working, as sentences that say what to do
   * @param warnings what weakens it
   */
  record Installed(List<String> faults, List<String> warnings) {
    public Installed {
      faults = List.copyOf(faults);
      warnings = List.copyOf(warnings);
    }
  }
}
