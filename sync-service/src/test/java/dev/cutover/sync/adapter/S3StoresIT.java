package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ObjectsFenced.FencedBucket;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.Side;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.ObjectAttributes;
import dev.cutover.sync.domain.ObjectEntry;
import dev.cutover.sync.domain.ObjectStores.Owner;
import dev.cutover.sync.domain.ObjectStores.Pass;
import dev.cutover.sync.domain.ObjectStores.Passed;
import dev.cutover.sync.domain.ObjectStores.Probed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Two buckets of a real server behind policies as Amazon's S3 enforces them. */
final class S3StoresIT {
  private static final CutoverId SHOP = new CutoverId("shop");
  private static final String POLICY =
      "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"theirs\", \"Effect\": \"Allow\","
          + " \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\":"
          + " \"arn:aws:s3:::old/*\"}]}\n";

  private ObjectShop shop;
  private S3Stores stores;
  private S3Client application;

  @BeforeEach
  void start() throws Exception {
    shop = new ObjectShop();
    stores = new S3Stores(ObjectShop::credentials);
    application = shop.application();
  }

  @AfterEach
  void stop() throws Exception {
    stores.close();
    application.close();
    shop.close();
  }

  private ObjectsSpec spec(boolean mirrors) {
    return shop.spec(mirrors);
  }

  private void put(String bucket, String key, String content) {
    application.putObject(o -> o.bucket(bucket).key(key), RequestBody.fromString(content));
  }

  private static Owner at(long epoch) {
    return new Owner(SHOP, epoch);
  }

  private static Pass back(Instant fencedSince) {
    return new Pass(Direction.REVERSE, false, Optional.of(fencedSince));
  }

  private static final Pass FORWARD = new Pass(Direction.FORWARD, false, Optional.empty());

  @Test
  void shouldRefuseEveryWayOfWritingButTheCopiersAndGiveThePolicyBackToTheLetter()
      throws Exception {
    // given an upload that began before the fence
    shop.policies().put("old", Optional.of(POLICY));
    put("old", "kept", "content");
    String upload = application.createMultipartUpload(o -> o.bucket("old").key("large")).uploadId();
    String part =
        application
            .uploadPart(
                o -> o.bucket("old").key("large").uploadId(upload).partNumber(1),
                RequestBody.fromString("part"))
            .eTag();

    // when
    List<FencedBucket> fenced = stores.fence(spec(false), Side.SOURCE, at(42));

    // then
    assertThat(fenced)
        .extracting(FencedBucket::previousPolicy)
        .containsExactly(Optional.of(POLICY));
    assertThat(stores.probe(spec(false), Side.SOURCE)).isEqualTo(new Probed(1, List.of()));
    assertDenied(() -> put("old", "kept", "other"));
    assertDenied(() -> application.deleteObject(o -> o.bucket("old").key("kept")));
    assertDenied(
        () ->
            application.completeMultipartUpload(
                o ->
                    o.bucket("old")
                        .key("large")
                        .uploadId(upload)
                        .multipartUpload(
                            m ->
                                m.parts(
                                    CompletedPart.builder().partNumber(1).eTag(part).build()))));
    assertThat(stores.pass(spec(false), back(Instant.now()), _ -> {}).faults()).isEmpty();
    assertThat(application.getObjectAsBytes(o -> o.bucket("old").key("kept")).asUtf8String())
        .isEqualTo("content");

    // and when
    stores.open(spec(false), Side.SOURCE, at(50));

    // then
    assertThat(shop.policies().of("old")).contains(POLICY);
    put("old", "kept", "other");
  }

  private static void assertDenied(Runnable write) {
    assertThatThrownBy(write::run)
        .isInstanceOfSatisfying(
            S3Exception.class, refused -> assertThat(refused.statusCode()).isEqualTo(403));
  }

  @Test
  void shouldTellTheProbesVerdictOfAnOpenBucketWithoutLeavingAnything() throws Exception {
    // when
    Probed probed = stores.probe(spec(false), Side.SOURCE);

    // then
    assertThat(probed.accepted()).hasSize(1);
    assertThat(application.listObjectsV2(o -> o.bucket("old")).contents()).isEmpty();
    assertThat(application.listMultipartUploads(o -> o.bucket("old")).uploads()).isEmpty();
  }

  @Test
  void shouldRefuseALateOrderAndNameAPolicyThatAnotherWroteOver() throws Exception {
    // given
    var _ = stores.fence(spec(false), Side.TARGET, at(42));

    // when, then
    assertThatThrownBy(() -> stores.open(spec(false), Side.TARGET, at(41)))
        .isInstanceOfSatisfying(
            GateRefused.class,
            refused -> assertThat(refused.reason()).isEqualTo(GateRefused.Reason.NEWER_EPOCH));
    assertThat(stores.fencedAt(spec(false), Side.TARGET, SHOP)).contains(42L);

    // and when
    shop.policies().put("new", Optional.of(POLICY));

    // then
    assertThat(stores.fencedAt(spec(false), Side.TARGET, SHOP)).isEmpty();
  }

  @Test
  void shouldBringTheTargetsObjectsBackAndLeaveWhatALateWriterLeft() throws Exception {
    // given
    put("old", "a", "1");
    put("old", "b", "1");
    put("old", "gone", "1");
    assertThat(stores.pass(spec(true), FORWARD, _ -> {}).copied()).isEqualTo(3);
    shop.nextSecond();
    Instant fencedSince = Instant.now();
    put("new", "a", "2");
    put("new", "c", "2");
    application.deleteObject(o -> o.bucket("new").key("gone"));
    put("old", "late", "whose?");
    put("old", "b", "late too");

    // when
    Passed back = stores.pass(spec(true), back(fencedSince), _ -> {});

    // then
    assertThat(back.faults()).isEmpty();
    assertThat(shop.content("old", "a")).isEqualTo("2");
    assertThat(shop.content("old", "c")).isEqualTo("2");
    assertThat(shop.content("old", "late")).isEqualTo("whose?");
    assertThat(shop.content("old", "b")).isEqualTo("late too");
    assertThat(back.late()).isEqualTo(2);
    assertThat(back.deleted()).isEqualTo(1);

    // and when
    Passed again = stores.pass(spec(true), back(fencedSince), _ -> {});

    // then
    assertThat(again.copied()).isZero();
    assertThat(again.deleted()).isZero();
  }

  @Test
  void shouldOverwriteNothingThatWasWrittenSinceItWasListed() throws Exception {
    // given
    put("new", "a", "listed");
    S3Bucket bucket = ObjectStoreServer.bucket("new", shop.endpoint());
    ObjectEntry listed = bucket.entry("a").orElseThrow();
    put("new", "a", "by a client");
    byte[] late = "by a copier that slept".getBytes(StandardCharsets.UTF_8);

    // when, then
    assertThatThrownBy(
            () -> bucket.put("a", ObjectAttributes.NONE, late, S3Replacing.of(Optional.of(listed))))
        .isInstanceOf(S3Failure.class);
    assertThatThrownBy(
            () -> bucket.put("a", ObjectAttributes.NONE, late, S3Replacing.of(Optional.empty())))
        .isInstanceOf(S3Failure.class);
    assertThat(shop.content("new", "a")).isEqualTo("by a client");
  }

  @Test
  void shouldListWhatTheTargetHasAndTheSourceHasNot() throws Exception {
    // given
    put("old", "same", "1");
    put("new", "same", "1");
    put("new", "only", "1");
    put("old", "newer", "1");
    shop.nextSecond();
    put("new", "newer", "2");

    // when, then
    assertThat(stores.missing(spec(false)).keys()).containsExactly("new/newer", "new/only");
    assertThat(stores.missing(spec(false)).objects()).isEqualTo(2);
  }

  @Test
  void shouldSayBeforehandThatAPolicyHasNoRoom() throws Exception {
    // given
    shop.policies().put("old", Optional.of(POLICY.replace("theirs", "x".repeat(20_000))));

    // when, then
    assertThat(stores.examine(spec(false))).singleElement().asString().contains("shorten it");
  }
}
