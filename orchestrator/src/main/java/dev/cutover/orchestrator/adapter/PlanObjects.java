package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ObjectsSpec.BucketPair;
import dev.cutover.contract.ObjectsSpec.Fence;
import dev.cutover.contract.ObjectsSpec.ObjectPlace;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the objects of a plan. */
final class PlanObjects {
  /** Amazon S3 user guide, "General purpose bucket naming rules"; other stores allow some more. */
  private static final String BUCKET_SHAPE = "[A-Za-z0-9][A-Za-z0-9._-]{1,62}";

  /** Of a role or a user: of an assumed role {@code aws:PrincipalArn} is the role's. */
  private static final String COPIER_SHAPE = "arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[\\w+=,.@/-]+";

  private static final Duration SETTLE = Duration.ofSeconds(5);
  private static final Duration FINAL_PASS = Duration.ofSeconds(15);
  private static final Duration EVERY = Duration.ofMinutes(5);
  private static final Duration LEAST = Duration.ofMillis(100);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  private PlanObjects() {}

  /** What the plan says of objects; empty when that is faulty. */
  static Optional<ObjectsSpec> read(YamlSection section, YamlFaults faults) {
    Fence fence = section.value("fence", "policy, hook or none", Fence.POLICY, PlanObjects::fence);
    boolean mirrors =
        section.valueOr("deletes", "keep or mirror", false, PlanObjects::mirrorsDeletes);
    Duration settle = span(section, "settle", LEAST, HOUR, SETTLE);
    Duration finalPass = span(section, "finalPass", LEAST, HOUR, FINAL_PASS);
    Duration every = span(section, "every", LEAST, DAY, EVERY);
    Optional<Long> limit =
        section.has("maxBytesPerSecond")
            ? Optional.of(
                section.value(
                    "maxBytesPerSecond",
                    "a whole number of 1024 to 1000000000000",
                    1_024L,
                    PlanValues.whole(1_024, 1_000_000_000_000L)))
            : Optional.empty();
    List<BucketPair> buckets = new ArrayList<>();
    for (YamlSection pair : section.sections("buckets")) {
      ObjectPlace source = place(pair.section("source"), fence);
      ObjectPlace target = place(pair.section("target"), fence);
      if (overlap(source, target)) {
        pair.fault(
            "target",
            "Expected two places that don't overlap, but source and target are both in "
                + source.address());
      }
      pair.end();
      buckets.add(new BucketPair(source, target));
    }
    if (buckets.isEmpty()) {
      section.fault("buckets", "Expected at least one bucket in objects.buckets, but found none");
    }
    section.end();
    return faults.none()
        ? Optional.of(new ObjectsSpec(buckets, fence, mirrors, settle, finalPass, every, limit))
        : Optional.empty();
  }

  private static Duration span(
      YamlSection section, String key, Duration min, Duration max, Duration fallback) {
    return section.valueOr(
        key, PlanValues.durationWord(min, max), fallback, PlanValues.duration(min, max));
  }

  private static boolean overlap(ObjectPlace one, ObjectPlace other) {
    return !one.bucket().isEmpty()
        && one.bucket().equals(other.bucket())
        && one.endpoint().equals(other.endpoint())
        && (one.prefix().startsWith(other.prefix()) || other.prefix().startsWith(one.prefix()));
  }

  private static ObjectPlace place(YamlSection section, Fence fence) {
    String bucket =
        section.value("bucket", "the name of a bucket", "", PlanValues.matching(BUCKET_SHAPE));
    String prefix = section.valueOr("prefix", "what keys begin with", "", text -> text);
    String region =
        section.valueOr(
            "region",
            "a region such as eu-west-1",
            "us-east-1",
            PlanValues.matching("[a-z0-9-]{2,40}"));
    Optional<String> endpoint =
        section.valueOr(
            "endpoint",
            "a URL such as https://s3.example.com, without a login or a path",
            Optional.empty(),
            PlanObjects::endpoint);
    Optional<String> credential =
        section.has("credential") ? Optional.of(PlanData.credential(section)) : Optional.empty();
    Optional<String> copier =
        section.valueOr(
            "copier",
            "the ARN of a role or a user, such as arn:aws:iam::111122223333:role/cutover",
            Optional.empty(),
            text -> Optional.of(PlanValues.matching(COPIER_SHAPE).apply(text)));
    Optional<String> probe =
        section.valueOr(
            "probe",
            PlanData.CREDENTIAL,
            Optional.empty(),
            text -> Optional.of(PlanValues.matching("[A-Za-z0-9._-]{1,100}").apply(text)));
    if (fence == Fence.POLICY && !section.has("copier")) {
      section.fault(
          "Expected 'copier' for objects.fence policy, the ARN that the fence lets through, but"
              + " there is none");
    }
    section.end();
    return new ObjectPlace(bucket, prefix, region, endpoint, credential, copier, probe);
  }

  private static Optional<String> endpoint(String text) {
    URI url = URI.create(text);
    boolean isUrl = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
    boolean isBare =
        url.getUserInfo() == null && url.getRawPath().isEmpty() && url.getRawQuery() == null;
    if (!isUrl || url.getHost() == null || !isBare) {
      throw new IllegalArgumentException(text);
    }
    return Optional.of(text);
  }

  private static Fence fence(String word) {
    for (Fence fence : Fence.values()) {
      if (fence.name().toLowerCase(Locale.ROOT).equals(word)) {
        return fence;
      }
    }
    throw new IllegalArgumentException(word);
  }

  private static boolean mirrorsDeletes(String word) {
    return switch (word) {
      case "keep" -> false;
      case "mirror" -> true;
      default -> throw new IllegalArgumentException(word);
    };
  }
}
