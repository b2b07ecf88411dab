package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Answers of the dns-service. */
public sealed interface DnsReply extends Reply {
  /**
   * @param records the exact sets found, which equal the source's; TTLs as found
   * @param ttlSeconds the highest TTL among them
   * @param keepers marks of other tools that the plan allows for; empty where there are none
   * @param delegation what the zone's parent delegates to, beside the zone's own name servers;
   *     empty where nobody looked
   * @param views the records of each view; empty where there are none
   * @param looks what else each view was looked through for; empty where there are none
   * @param signatures how long the zone's signatures last, in words; empty where nobody signs
   *     beforehand, or nobody looked
   */
  record RecordsCaptured(
      StepRef step,
      List<RecordSet> records,
      int ttlSeconds,
      Optional<List<KeeperMark>> keepers,
      Optional<Delegation> delegation,
      Optional<List<ViewRecords>> views,
      Optional<List<ViewLook>> looks,
      Optional<String> signatures)
      implements DnsReply {
    public RecordsCaptured {
      records = List.copyOf(records);
      keepers = keepers.map(List::copyOf);
      views = views.map(List::copyOf);
      looks = looks.map(List::copyOf);
    }

    /** Records that nobody else keeps, as far as marks say. */
    public RecordsCaptured(StepRef step, List<RecordSet> records, int ttlSeconds) {
      this(
          step,
          records,
          ttlSeconds,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    /** Marks of other tools. */
    public List<KeeperMark> marks() {
      return keepers.orElse(List.of());
    }
  }

  /**
   * What the parent of a zone says of who answers for it.
   *
   * @param detail sentences: what differs, or why nothing was seen; empty when all agree
   */
  record Delegation(Standing standing, String detail) {
    /** What a look at the parent came to. */
    public enum Standing {
      /** The parent names exactly the zone's own name servers, and each answers for the zone. */
      AGREES,
      /** They differ, in a way that sends nobody to old records. */
      DIFFERS,
      /** It could not be seen: neither good nor bad. */
      UNSEEN
    }
  }

  /**
   * @param forward the change that a shift will make, as text for a person
   * @param revert the change that a revert will make, as its provider's tool takes it: {@code
   *     nsupdate}, or a change batch of {@code aws route53}
   * @param revertHash SHA-256 of {@code revert}, hexadecimal
   * @param liftMark what takes a person's mark away again, in the same form
   * @param views the same of each view; empty where there are none
   */
  record SwitchStaged(
      StepRef step,
      String forward,
      String revert,
      String revertHash,
      String liftMark,
      Optional<List<ViewStaged>> views)
      implements DnsReply {
    public SwitchStaged {
      views = views.map(List::copyOf);
    }

    /** Of a switch without views. */
    public SwitchStaged(
        StepRef step, String forward, String revert, String revertHash, String liftMark) {
      this(step, forward, revert, revertHash, liftMark, Optional.empty());
    }
  }

  /** What {@link SwitchStaged} says, of one view. */
  record ViewStaged(
      String view, String forward, String revert, String revertHash, String liftMark) {}

  /**
   * @param oldTtlSeconds highest TTL before; what has to be waited out
   * @param ttlSeconds TTL now served
   * @param lastAuthorityAt when the last authority was seen to serve it: the wait counts from here
   */
  record TtlLowered(
      StepRef step,
      int oldTtlSeconds,
      int ttlSeconds,
      Instant lastAuthorityAt,
      List<ServerVerdict> servers)
      implements DnsReply {
    public TtlLowered {
      servers = List.copyOf(servers);
    }
  }

  /** The primary accepted the change. Authorities and resolvers are verified beside it. */
  record TrafficShifted(StepRef step, Instant acceptedAt, long tookMs) implements DnsReply {}

  /**
   * @param lastAuthorityAt when the last authority was seen to serve that side
   * @param ttlSeconds TTL that was in force before, to be waited out from {@code lastAuthorityAt}
   * @param classes how many resolvers of each class followed, each with its quorum; empty where the
   *     plan asks for none
   */
  record TrafficVerified(
      StepRef step,
      Side side,
      Instant lastAuthorityAt,
      int ttlSeconds,
      List<ServerVerdict> servers,
      Optional<List<ClassCount>> classes)
      implements DnsReply {
    public TrafficVerified {
      servers = List.copyOf(servers);
      classes = classes.map(List::copyOf);
    }

    /** Proven by authorities alone. */
    public TrafficVerified(
        StepRef step,
        Side side,
        Instant lastAuthorityAt,
        int ttlSeconds,
        List<ServerVerdict> servers) {
      this(step, side, lastAuthorityAt, ttlSeconds, servers, Optional.empty());
    }
  }

  /**
   * What a view serves, seen from where its people are.
   *
   * @param lastAuthorityAt when the last of its authorities was seen from there to serve that side
   * @param ttlSeconds as in {@link TrafficVerified}
   * @param classes as in {@link TrafficVerified}; none where the plan asks for none
   */
  record ViewVerified(
      StepRef step,
      String view,
      String vantage,
      Side side,
      Instant lastAuthorityAt,
      int ttlSeconds,
      List<ServerVerdict> servers,
      List<ClassCount> classes)
      implements DnsReply {
    public ViewVerified {
      servers = List.copyOf(servers);
      classes = List.copyOf(classes);
    }
  }

  /**
   * How many resolvers of a class gave exactly the wanted records.
   *
   * @param name of the class
   * @param asked those that there was a way to
   * @param untested those that there was none to: they count neither way
   */
  record ClassCount(String name, int held, int asked, int untested, int quorumPercent) {}

  /**
   * @param lastAuthorityAt when the last authority was seen to share out by that weight
   * @param counts what each was seen to answer
   */
  record SplitVerified(
      StepRef step, int weightPercent, Instant lastAuthorityAt, List<SplitCount> counts)
      implements DnsReply {
    public SplitVerified {
      counts = List.copyOf(counts);
    }
  }

  /**
   * How often one server answered one name and type with the target's values.
   *
   * @param answers of both sides
   * @param target those of the target
   */
  record SplitCount(ServerAddress server, String name, RecordType type, int answers, int target) {}

  /**
   * @param changed false when the records were at the source already (the mark was written all the
   *     same)
   */
  record TrafficReverted(StepRef step, Instant acceptedAt, boolean changed, long tookMs)
      implements DnsReply {}

  /**
   * The primaries accepted the change.
   *
   * @param changed false when everything had been put back already (the mark was written all the
   *     same)
   */
  record RecordsPutBack(StepRef step, Instant acceptedAt, boolean changed, long tookMs)
      implements DnsReply {}

  /** The records are being watched. */
  record RecordsWatched(StepRef step) implements DnsReply {}

  /**
   * How the switch stands.
   *
   * @param servers the primary first, then every authority
   * @param marks one for each switched name, as the primary has them
   * @param served which side all servers serve that answered
   * @param stagedRevertValid whether a revert of this cutover would be taken now: proven, not
   *     presumed
   * @param detail one sentence, such as why a revert would not be taken
   * @param views the same of each view; empty where there are none
   */
  record SwitchRead(
      StepRef step,
      List<ServerRecords> servers,
      List<SwitchMark> marks,
      ServedSide served,
      boolean stagedRevertValid,
      String detail,
      Optional<List<ViewRead>> views)
      implements DnsReply {
    public SwitchRead {
      servers = List.copyOf(servers);
      marks = List.copyOf(marks);
      views = views.map(List::copyOf);
    }

    /** Of a switch without views. */
    public SwitchRead(
        StepRef step,
        List<ServerRecords> servers,
        List<SwitchMark> marks,
        ServedSide served,
        boolean stagedRevertValid,
        String detail) {
      this(step, servers, marks, served, stagedRevertValid, detail, Optional.empty());
    }

    /** Of the switch itself, which has no name there, and of each view. */
    public List<ViewRead> parts() {
      ViewRead itself = new ViewRead("", servers, marks, served, stagedRevertValid, detail);
      return Stream.concat(Stream.of(itself), views.orElse(List.of()).stream()).toList();
    }
  }

  /**
   * What one server holds for all switched names.
   *
   * @param records existing sets only, with their TTL; empty when it did not answer
   * @param error why it gave no usable answer; empty when it did
   */
  record ServerRecords(ServerAddress server, List<RecordSet> records, String error) {
    public ServerRecords {
      records = List.copyOf(records);
    }
  }

  /**
   * The epoch mark of one switched name.
   *
   * @param name the switched name
   * @param epoch -1 when there is no mark of this product
   * @param cutover whose mark it is; empty when there is none of this product
   * @param ended whether that cutover is over
   * @param text as found; empty when there is none; {@code "manual"} when a person has taken over
   */
  record SwitchMark(
      String name, long epoch, Optional<CutoverId> cutover, boolean ended, String text) {}

  /**
   * @param ttlSeconds highest TTL now served
   */
  record TtlRestored(StepRef step, int ttlSeconds) implements DnsReply {}
}
