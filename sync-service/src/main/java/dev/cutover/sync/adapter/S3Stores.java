package dev.cutover.sync.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ObjectsFenced.FencedBucket;
import dev.cutover.contract.ObjectsLost;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ObjectsSpec.BucketPair;
import dev.cutover.contract.ObjectsSpec.Fence;
import dev.cutover.contract.ObjectsSpec.ObjectPlace;
import dev.cutover.contract.Side;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.ObjectPair.OnBoth;
import dev.cutover.sync.domain.ObjectPair.OnSource;
import dev.cutover.sync.domain.ObjectPair.OnTarget;
import dev.cutover.sync.domain.ObjectStores;
import dev.cutover.sync.domain.ObjectTerms;
import dev.cutover.sync.domain.ObjectsCopied;
import dev.cutover.sync.domain.ObjectsProgress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** The objects of a replication in S3-compatible stores. Keeps connections, and nothing else. */
public final class S3Stores implements ObjectStores, AutoCloseable {
  private static final int WORKERS = 16;

  /** Below the prefix; never comes to be. */
  private static final String PROBE_KEY = "cutover-probe";

  private final Function<Optional<String>, AwsCredentialsProvider> credentials;
  private final Map<Login, S3Bucket> buckets = new ConcurrentHashMap<>();

  private record Login(ObjectPlace place, Optional<String> profile) {}

  /** With credentials of AWS's shared files and whatever else the SDK finds by itself. */
  public S3Stores() {
    this(profile -> DefaultCredentialsProvider.builder().profileName(profile.orElse(null)).build());
  }

  /** With credentials by the names of their profiles. */
  S3Stores(Function<Optional<String>, AwsCredentialsProvider> credentials) {
    this.credentials = credentials;
  }

  private S3Bucket bucket(ObjectPlace place) {
    return bucket(place, place.credential());
  }

  private S3Bucket bucket(ObjectPlace place, Optional<String> profile) {
    return buckets.computeIfAbsent(
        new Login(place, profile),
        _ ->
            S3Bucket.open(
                new S3Place(
                    place.bucket(),
                    place.prefix(),
                    place.region(),
                    place.endpoint().map(URI::create),
                    profile),
                credentials.apply(profile)));
  }

  @Override
  public List<String> examine(ObjectsSpec spec) {
    List<String> faults = new ArrayList<>();
    for (BucketPair pair : spec.buckets()) {
      for (Side side : Side.values()) {
        try {
          bucket(pair.on(side)).look();
          if (spec.fence() == Fence.POLICY) {
            examinePolicy(pair.on(side), faults);
          }
        } catch (S3Failure | IllegalArgumentException e) {
          faults.add(String.valueOf(e.getMessage()));
        }
      }
    }
    return List.copyOf(faults);
  }

  /** A policy that has no room for the fence is found out before there is an outage. */
  private void examinePolicy(ObjectPlace place, List<String> faults) throws S3Failure {
    Optional<String> policy = bucket(place).policy().read();
    String fenced =
        new FencePolicy(place, new CutoverId("examined")).fenced(policy, Long.MAX_VALUE);
    if (fenced.length() > FencePolicy.BYTES_MAX) {
      faults.add(
          "Expected room for the fence in the policy of %s, but it would have %d bytes of at most %d: shorten it"
              .formatted(place.address(), fenced.length(), FencePolicy.BYTES_MAX));
    }
  }

  @Override
  public Passed pass(ObjectsSpec spec, Pass pass, Consumer<ObjectsProgress> progress)
      throws GateRefused, InterruptedException {
    boolean isForward = pass.direction() == Direction.FORWARD;
    ObjectTerms terms =
        new ObjectTerms(
            WORKERS,
            spec.mirrorsDeletes(),
            isForward && spec.fence() == Fence.POLICY,
            pass.limited() ? spec.maxBytesPerSecond() : Optional.empty(),
            true,
            pass.fencedSince());
    Sum sum = new Sum();
    for (BucketPair pair : spec.buckets()) {
      S3Bucket from = bucket(isForward ? pair.source() : pair.target());
      S3Bucket to = bucket(isForward ? pair.target() : pair.source());
      S3Copy copy = new S3Copy(from, to, terms);
      try {
        sum.add(pair, copy.run(sum.then(progress)), copy);
      } catch (S3Failure e) {
        throw refused(e);
      }
    }
    return sum.passed();
  }

  @Override
  public List<FencedBucket> fence(ObjectsSpec spec, Side side, Owner owner) throws GateRefused {
    List<FencedBucket> fenced = new ArrayList<>();
    for (BucketPair pair : spec.buckets()) {
      ObjectPlace place = pair.on(side);
      FencePolicy ours = new FencePolicy(place, owner.cutover());
      Optional<String> before = policy(place);
      requireNotNewer(place, ours.epochs(before), owner);
      if (!ours.holds(before, owner.epoch()) || ours.epochs(before).size() > 1) {
        write(place, Optional.of(ours.fenced(before, owner.epoch())));
        Optional<String> after = policy(place);
        if (!ours.holds(after, owner.epoch())) {
          throw new GateRefused(
              Reason.NOT_PROVEN,
              "Expected the policy of %s with the fence that was just put into it, but another one was read back: somebody writes it too"
                  .formatted(place.address()));
        }
      }
      fenced.add(
          new FencedBucket(
              place.address(),
              ours.sidAt(policy(place), owner.epoch()).orElse(""),
              ours.opened(before)));
    }
    return List.copyOf(fenced);
  }

  @Override
  public void open(ObjectsSpec spec, Side side, Owner owner) throws GateRefused {
    for (BucketPair pair : spec.buckets()) {
      ObjectPlace place = pair.on(side);
      FencePolicy ours = new FencePolicy(place, owner.cutover());
      Optional<String> before = policy(place);
      requireNotNewer(place, ours.epochs(before), owner);
      if (!ours.epochs(before).isEmpty()) {
        write(place, ours.opened(before));
      }
    }
  }

  private static void requireNotNewer(ObjectPlace place, List<Long> epochs, Owner owner)
      throws GateRefused {
    if (!epochs.isEmpty() && epochs.getLast() > owner.epoch()) {
      throw new GateRefused(
          Reason.NEWER_EPOCH,
          "Expected the fence of %s at epoch %d or lower, but found the newer epoch %d: this command came too late"
              .formatted(place.address(), owner.epoch(), epochs.getLast()));
    }
  }

  @Override
  public Optional<Long> fencedAt(ObjectsSpec spec, Side side, CutoverId cutover)
      throws GateRefused {
    long lowest = Long.MAX_VALUE;
    for (BucketPair pair : spec.buckets()) {
      ObjectPlace place = pair.on(side);
      Optional<String> policy = policy(place);
      FencePolicy ours = new FencePolicy(place, cutover);
      List<Long> holding =
          ours.epochs(policy).stream().filter(epoch -> ours.holds(policy, epoch)).toList();
      if (holding.isEmpty()) {
        return Optional.empty();
      }
      lowest = Math.min(lowest, holding.getLast());
    }
    return Optional.of(lowest);
  }

  @Override
  public boolean isFencedAnywhere(ObjectsSpec spec, Side side, CutoverId cutover)
      throws GateRefused {
    for (BucketPair pair : spec.buckets()) {
      ObjectPlace place = pair.on(side);
      if (!new FencePolicy(place, cutover).epochs(policy(place)).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Probed probe(ObjectsSpec spec, Side side) throws GateRefused {
    int refused = 0;
    List<String> accepted = new ArrayList<>();
    for (BucketPair pair : spec.buckets()) {
      ObjectPlace place = pair.on(side);
      if (place.probe().isEmpty()) {
        continue;
      }
      try {
        if (bucket(place, place.probe()).uploads().refusesWriting(PROBE_KEY)) {
          refused++;
        } else {
          accepted.add(place.address());
        }
      } catch (S3Failure e) {
        throw refused(e);
      }
    }
    return new Probed(refused, accepted);
  }

  @Override
  public ObjectsLost missing(ObjectsSpec spec) throws GateRefused, InterruptedException {
    ObjectTerms terms = new ObjectTerms(WORKERS, false, false, Optional.empty());
    List<String> keys = new ArrayList<>();
    long[] count = {0};
    for (BucketPair pair : spec.buckets()) {
      ObjectTally tally = new ObjectTally();
      try (S3Pass pass = new S3Pass(bucket(pair.source()), bucket(pair.target()), terms, tally)) {
        pass.run(
            _ -> {},
            found -> {
              boolean isMissing =
                  switch (found) {
                    case OnTarget _ -> true;
                    case OnBoth both ->
                        !both.hasSameContent()
                            && both.target().modifiedAt().isAfter(both.source().modifiedAt());
                    case OnSource _ -> false;
                  };
              if (isMissing) {
                count[0]++;
                if (keys.size() < ObjectsCopied.FAULTS_MAX) {
                  keys.add(
                      "%s/%s%s"
                          .formatted(pair.target().bucket(), pair.target().prefix(), found.key()));
                }
              }
            });
      } catch (S3Failure e) {
        throw refused(e);
      }
    }
    return new ObjectsLost(count[0], keys, true, Optional.empty());
  }

  private Optional<String> policy(ObjectPlace place) throws GateRefused {
    try {
      return bucket(place).policy().read();
    } catch (S3Failure e) {
      throw refused(e);
    }
  }

  private void write(ObjectPlace place, Optional<String> policy) throws GateRefused {
    try {
      bucket(place).policy().write(policy);
    } catch (S3Failure e) {
      throw refused(e);
    }
  }

  private static GateRefused refused(S3Failure e) {
    Reason reason =
        switch (e.kind()) {
          case REFUSED, UNKNOWN, ARCHIVED, GONE -> Reason.NOT_PREPARED;
          case CHANGED, FAILED -> Reason.UNREACHABLE;
        };
    return new GateRefused(reason, String.valueOf(e.getMessage()), e);
  }

  @Override
  public void close() {
    buckets.values().forEach(S3Bucket::close);
  }

  /** Adds up what became of several pairs. */
  private static final class Sum {
    private Passed sum = Passed.NOTHING;

    void add(BucketPair pair, ObjectsCopied more, S3Copy copy) {
      String at = pair.source().bucket() + "/" + pair.source().prefix();
      sum =
          sum.plus(
              new Passed(
                  more.listed(),
                  more.same(),
                  more.copied(),
                  more.bytes(),
                  more.deleted(),
                  copy.late(),
                  copy.changing(),
                  more.unproven(),
                  more.faults().stream()
                      .map(fault -> "%s%s: %s".formatted(at, fault.key(), fault.reason()))
                      .toList()));
    }

    Consumer<ObjectsProgress> then(Consumer<ObjectsProgress> progress) {
      Passed before = sum;
      return now ->
          progress.accept(
              new ObjectsProgress(
                  before.objects() + now.listed(),
                  before.same() + now.same(),
                  before.copied() + now.copied(),
                  before.bytes() + now.bytes(),
                  now.bytesPerSecond(),
                  before.faults().size() + now.faults()));
    }

    Passed passed() {
      return sum;
    }
  }
}
