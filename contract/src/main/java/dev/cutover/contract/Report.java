package dev.cutover.contract;

/** Something that a service says unasked. */
public sealed interface Report extends Event
    permits ReplicationMeasured,
        CopyMeasured,
        ObjectsMeasured,
        FenceLost,
        FenceLeaseExpired,
        SchemaObserved,
        HealthReported,
        RollbackTrigger,
        RollbackRequested,
        RollbackRequestRefused,
        RecordsObserved,
        PropagationObserved,
        PartitionsAssigned,
        ParticipantAsked,
        UndecodableMessage,
        StateChanged,
        CutoverStatus,
        MemberProgressed,
        ProgrammeStatus {}
