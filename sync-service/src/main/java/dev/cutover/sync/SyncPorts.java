package dev.cutover.sync;

import dev.cutover.sync.domain.ByHand;
import dev.cutover.sync.domain.CutoverSchema;
import dev.cutover.sync.domain.DatabaseReader;
import dev.cutover.sync.domain.Deltas;
import dev.cutover.sync.domain.ObjectStores;
import dev.cutover.sync.domain.Preflight;
import dev.cutover.sync.domain.Replicator;
import dev.cutover.sync.domain.SchemaBaseline;
import dev.cutover.sync.domain.SchemaCarrier;
import dev.cutover.sync.domain.SequenceRegister;
import dev.cutover.sync.domain.WriteGate;

/**
 * Everything outside that the service needs: the two databases and the objects, seen from several
 * sides.
 */
public record SyncPorts(
    Preflight preflight,
    SchemaCarrier carrier,
    CutoverSchema schema,
    SchemaBaseline baseline,
    WriteGate gate,
    SequenceRegister sequences,
    DatabaseReader reader,
    Replicator replicator,
    Deltas deltas,
    ByHand byHand,
    ObjectStores objects) {}
