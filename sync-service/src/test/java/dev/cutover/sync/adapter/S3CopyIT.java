package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.sync.domain.ObjectAttributes;
import dev.cutover.sync.domain.ObjectEntry;
import dev.cutover.sync.domain.ObjectParts.Part;
import dev.cutover.sync.domain.ObjectTerms;
import dev.cutover.sync.domain.ObjectsCopied;
import dev.cutover.sync.domain.ObjectsCopied.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** Two buckets of a real server, by the real SDK. */
class S3CopyIT {
  private static final ObjectTerms KEEPING = new ObjectTerms(8, false, false, Optional.empty());
  private static final ObjectTerms MIRRORING = new ObjectTerms(8, true, false, Optional.empty());

  private static ObjectStoreServer server;
  private static AmazonFront amazon;

  @BeforeAll
  static void start() throws Exception {
    server = new ObjectStoreServer("old", "new", "encrypted");
    amazon = new AmazonFront(server.endpoint());
  }

  @AfterAll
  static void stop() throws Exception {
    amazon.close();
    server.stop();
  }

  @BeforeEach
  void empty() {
    for (String bucket : List.of("old", "new", "encrypted")) {
      server.client().listObjectsV2Paginator(o -> o.bucket(bucket)).contents().stream()
          .toList()
          .forEach(object -> server.client().deleteObject(o -> o.bucket(bucket).key(object.key())));
    }
  }

  @Test
  void shouldBringEverythingAndThenWhatChanged() throws Exception {
    // given keys whose order and escaping differ from that of letters
    List<String> keys = List.of("a", "a b+c", "ä/ö", "z%20", "folder/", "x'\"&<>", "\uD83D\uDE00");
    for (String key : keys) {
      server.put("old", key, key.endsWith("/") ? "" : "content of " + key);
    }

    // when
    ObjectsCopied first = copy(KEEPING);
    ObjectsCopied again = copy(KEEPING);

    // then
    assertThat(first.faults()).isEmpty();
    assertThat(first.copied()).isEqualTo(keys.size());
    assertThat(first.unproven()).isZero();
    assertThat(keys)
        .allSatisfy(key -> assertThat(server.get("new", key)).isEqualTo(server.get("old", key)));
    assertThat(again.same()).isEqualTo(keys.size());
    assertThat(again.copied()).isZero();

    // and when
    server.put("old", "a", "other content");
    server.put("old", "later", "new content");
    ObjectsCopied increment = copy(KEEPING);

    // then
    assertThat(increment.copied()).isEqualTo(2);
    assertThat(server.get("new", "a")).isEqualTo("other content");
  }

  @Test
  void shouldCarryWhatAnObjectHasBesideItsContent() throws Exception {
    // given
    server
        .client()
        .putObject(
            o ->
                o.bucket("old")
                    .key("page")
                    .contentType("text/html; charset=utf-8")
                    .cacheControl("max-age=60")
                    .contentDisposition("attachment; filename=\"a.html\"")
                    .contentEncoding("gzip")
                    .contentLanguage("nl")
                    .metadata(Map.of("owner", "ana")),
            RequestBody.fromString("<html>"));

    // when
    copy(KEEPING);

    // then
    ObjectAttributes source = server.bucket("old").attributes("page", true);
    ObjectAttributes target = server.bucket("new").attributes("page", true);
    assertThat(target).isEqualTo(source);
    assertThat(target.headers()).hasSize(5).containsEntry("content-language", "nl");
    assertThat(target.metadata()).containsExactly(Map.entry("owner", "ana"));

    // and when only that changes
    server
        .client()
        .putObject(
            o -> o.bucket("old").key("page").metadata(Map.of("owner", "bo")),
            RequestBody.fromString("<html>"));
    copy(KEEPING);

    // then
    assertThat(server.bucket("new").attributes("page", true).metadata())
        .containsEntry("owner", "bo");
  }

  @Test
  void shouldCarryTags() throws Exception {
    // given
    S3Bucket source = ObjectStoreServer.bucket("old", amazon.endpoint());
    S3Bucket target = ObjectStoreServer.bucket("new", amazon.endpoint());
    SortedMap<String, String> none = new TreeMap<>();
    SortedMap<String, String> tags = new TreeMap<>(Map.of("cost centre", "a&b=c", "owner", "ana"));
    byte[] content = "tagged".getBytes(StandardCharsets.UTF_8);
    source.put("a", new ObjectAttributes(none, none, tags), content, S3Replacing.ANYTHING);

    // when
    ObjectsCopied copied = new S3Copy(source, target, KEEPING).run(_ -> {});

    // then
    assertThat(copied.faults()).isEmpty();
    assertThat(target.attributes("a", true).tags()).isEqualTo(tags);
  }

  @Test
  void shouldKnowItsCopiesAgainWhereTheTargetsTagsAreNoHashes() throws Exception {
    // given
    S3Bucket source = ObjectStoreServer.bucket("old", amazon.endpoint());
    S3Bucket target = ObjectStoreServer.bucket("encrypted", amazon.endpoint());
    server.put("old", "a", "content");
    server.put("old", "b", "more content");

    // when
    ObjectsCopied first = new S3Copy(source, target, KEEPING).run(_ -> {});
    ObjectsCopied again = new S3Copy(source, target, KEEPING).run(_ -> {});

    // then
    assertThat(first.faults()).isEmpty();
    assertThat(first.copied()).isEqualTo(2);
    assertThat(server.get("encrypted", "b")).isEqualTo("more content");
    assertThat(again.same()).isEqualTo(2);
    assertThat(target.attributes("a", true).mark()).isPresent();

    // and when it is copied back, as a rollback does
    ObjectsCopied back =
        new S3Copy(target, ObjectStoreServer.bucket("new", amazon.endpoint()), KEEPING)
            .run(_ -> {});

    // then
    assertThat(back.copied()).isEqualTo(2);
    assertThat(server.get("new", "a")).isEqualTo("content");
  }

  @Test
  void shouldKeepTheTagOfAnObjectThatWasWrittenInParts() throws Exception {
    // given
    byte[] content = new byte[(11 << 20) + 1];
    new Random(7).nextBytes(content);
    writeInParts("big", content, 5 << 20);

    // when
    ObjectsCopied first = copy(KEEPING);
    ObjectsCopied again = copy(KEEPING);

    // then
    assertThat(first.faults()).isEmpty();
    assertThat(server.client().getObjectAsBytes(o -> o.bucket("new").key("big")).asByteArray())
        .isEqualTo(content);
    assertThat(again.copied()).isZero();
    assertThat(again.same()).isEqualTo(1);
    assertThat(server.bucket("new").uploads().unfinished(Instant.MAX)).isZero();
  }

  @Test
  void shouldLeaveAloneWhatWasWrittenToTheTargetLater() throws Exception {
    // given
    server.put("old", "a", "of the source");
    await()
        .until(
            () -> {
              server.put("new", "a", "of somebody else");
              return server.modifiedAt("new", "a").isAfter(server.modifiedAt("old", "a"));
            });
    server.put("new", "b", "of the target alone");

    // when
    ObjectsCopied refused = copy(KEEPING);

    // then
    assertThat(refused.isWhole()).isFalse();
    assertThat(refused.kept()).isEqualTo(1);
    assertThat(refused.faults()).extracting(Fault::key).containsExactly("a");
    assertThat(refused.faults().getFirst().reason()).contains("Expected an older object");
    assertThat(server.get("new", "a")).isEqualTo("of somebody else");

    // and when
    ObjectsCopied forced = copy(new ObjectTerms(8, true, true, Optional.empty()));

    // then
    assertThat(forced.isWhole()).isTrue();
    assertThat(forced.deleted()).isEqualTo(1);
    assertThat(server.get("new", "a")).isEqualTo("of the source");
  }

  @Test
  void shouldNotEmptyTheTargetWhenTheSourceHasNothing() {
    // given
    server.put("new", "a", "content");

    // when, then
    assertThatThrownBy(() -> copy(MIRRORING))
        .isInstanceOf(S3Failure.class)
        .hasMessageContaining("Expected objects in s3://old/");
    assertThat(server.get("new", "a")).isEqualTo("content");
  }

  @Test
  void shouldCopyBetweenPrefixesAndNothingBesideThem() throws Exception {
    // given
    server.put("old", "shop/a", "1");
    server.put("old", "shop2/a", "2");
    server.put("new", "other", "3");

    // when
    ObjectsCopied copied =
        new S3Copy(server.bucket("old/shop/"), server.bucket("new/x/"), MIRRORING).run(_ -> {});

    // then
    assertThat(copied.copied()).isEqualTo(1);
    assertThat(server.get("new", "x/a")).isEqualTo("1");
    assertThat(server.get("new", "other")).isEqualTo("3");
  }

  @Test
  void shouldCopyAnObjectAsItIsWhenItChangedAfterItWasListed() throws Exception {
    // given
    server.put("old", "a", "listed");
    S3Bucket old = server.bucket("old");
    ObjectEntry listed = old.list().next();
    server.put("old", "a", "changed");

    // when, then
    assertThatThrownBy(() -> old.read(listed, new Part(1, 0, 6)))
        .isInstanceOfSatisfying(
            S3Failure.class, e -> assertThat(e.kind()).isEqualTo(S3Failure.Kind.CHANGED));
  }

  @Test
  @Tag("E12")
  void shouldFindWhatDiffersThoughLengthsAndAttributesAreTheSame() throws Exception {
    // given
    server.put("old", "a", "content");
    server.put("old", "b", "content");
    server.put("old", "c", "content");
    copy(KEEPING);
    ObjectsCopied same = compare();
    server.put("new", "a", "cantent");
    server.client().deleteObject(o -> o.bucket("new").key("c"));
    server.put("new", "d", "content");

    // when
    ObjectsCopied damaged = compare();

    // then
    assertThat(same.isWhole()).isTrue();
    assertThat(same.same()).isEqualTo(3);
    assertThat(damaged.same()).isEqualTo(1);
    assertThat(damaged.faults()).extracting(Fault::key).containsExactly("a", "c", "d");
    assertThat(damaged.faults().getFirst().reason()).contains("differs from byte 1");
  }

  @Test
  void shouldRefuseAListingInAnotherOrder() {
    // given what this server lists in the order of UTF-16, and Amazon's in that of UTF-8
    server.put("old", "\uD83D\uDE00", "1");
    server.put("old", "\uFFFD", "2");

    // when, then
    assertThatThrownBy(() -> copy(MIRRORING))
        .isInstanceOf(S3Failure.class)
        .hasMessageContaining("Expected the source to list its keys in the order of their bytes");
  }

  @Test
  void shouldSayWhatIsMissing() {
    assertThatThrownBy(
            () -> new S3Copy(server.bucket("none"), server.bucket("new"), KEEPING).run(_ -> {}))
        .isInstanceOf(S3Failure.class)
        .hasMessageContaining("NoSuchBucket");
  }

  private static ObjectsCopied copy(ObjectTerms terms) throws Exception {
    try (S3Bucket source = server.bucket("old");
        S3Bucket target = server.bucket("new")) {
      return new S3Copy(source, target, terms).run(_ -> {});
    }
  }

  private static ObjectsCopied compare() throws Exception {
    try (S3Bucket source = server.bucket("old");
        S3Bucket target = server.bucket("new")) {
      return new S3Compare(source, target, KEEPING).run(_ -> {});
    }
  }

  private static void writeInParts(String key, byte[] content, int partBytes) {
    String id = server.client().createMultipartUpload(o -> o.bucket("old").key(key)).uploadId();
    List<CompletedPart> parts = new ArrayList<>();
    for (int from = 0; from < content.length; from += partBytes) {
      int number = parts.size() + 1;
      byte[] part = Arrays.copyOfRange(content, from, Math.min(content.length, from + partBytes));
      String tag =
          server
              .client()
              .uploadPart(
                  o -> o.bucket("old").key(key).uploadId(id).partNumber(number),
                  RequestBody.fromBytes(part))
              .eTag();
      parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
    }
    server
        .client()
        .completeMultipartUpload(
            o -> o.bucket("old").key(key).uploadId(id).multipartUpload(m -> m.parts(parts)));
  }
}
