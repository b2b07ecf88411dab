package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.ObjectsSpec.ObjectPlace;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A policy is given back as it was, to the letter. */
final class FencePolicyTest {
  private static final String OTHERS =
      """
      {
        "Version" : "2012-10-17",
        "Id": "team [media]",
        "Statement": [ {"Sid": "Read", "Effect": "Allow", "Principal": "*",
          "Action": "s3:GetObject", "Resource": "arn:aws:s3:::media/*"} ]
      }
      """;
  private static final String SINGLE =
      """
      {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::media/*"}, "Version": "2012-10-17"}
      """;

  private final FencePolicy fence = new FencePolicy(place("", "eu-west-1"), new CutoverId("shop"));

  private static ObjectPlace place(String prefix, String region) {
    return new ObjectPlace(
        "media",
        prefix,
        region,
        Optional.empty(),
        Optional.empty(),
        Optional.of("arn:aws:iam::111122223333:role/cutover"),
        Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {OTHERS, SINGLE})
  void shouldGiveAPolicyBackToTheLetter(String policy) {
    // when
    String fenced = fence.fenced(Optional.of(policy), 42);

    // then
    assertThat(fence.holds(Optional.of(fenced), 42)).isTrue();
    assertThat(fence.epochs(Optional.of(fenced))).containsExactly(42L);
    assertThat(fence.opened(Optional.of(fenced))).contains(policy);
  }

  @Test
  void shouldLeaveNoPolicyWhereThereWasNone() {
    // when
    String fenced = fence.fenced(Optional.empty(), 7);

    // then
    assertThat(fenced)
        .contains(
            "\"Resource\":\"arn:aws:s3:::media/*\"",
            "\"ArnNotEquals\":{\"aws:PrincipalArn\":\"arn:aws:iam::111122223333:role/cutover\"}")
        .doesNotContain("NotPrincipal");
    assertThat(fence.opened(Optional.of(fenced))).isEmpty();
  }

  @Test
  void shouldReplaceItsOwnStatementAndNoOther() {
    // given
    FencePolicy another = new FencePolicy(place("", "eu-west-1"), new CutoverId("another-shop"));
    String both = another.fenced(Optional.of(fence.fenced(Optional.of(OTHERS), 3)), 9);

    // when
    String again = fence.fenced(Optional.of(both), 5);

    // then
    assertThat(fence.epochs(Optional.of(again))).containsExactly(5L);
    assertThat(another.epochs(Optional.of(again))).containsExactly(9L);
    assertThat(another.opened(fence.opened(Optional.of(again)))).contains(OTHERS);
  }

  @Test
  void shouldKeepWhatOthersChangedMeanwhile() {
    // given a store that writes policies its own way, and a team that changed theirs
    String fenced =
        fence
            .fenced(Optional.of(OTHERS), 42)
            .replace("s3:GetObject", "s3:Get*")
            .replace("\"Deny\",", "\"Deny\" ,");

    // when
    Optional<String> opened = fence.opened(Optional.of(fenced));

    // then
    assertThat(opened.orElseThrow()).contains("s3:Get*", "team [media]").doesNotContain("Deny");
  }

  @Test
  void shouldNotTakeAWeakenedStatementForAFence() {
    // given somebody who excepted a role more
    String weakened = fence.fenced(Optional.empty(), 42).replace("role/cutover", "role/*");

    // when, then
    assertThat(fence.epochs(Optional.of(weakened))).isEqualTo(List.of(42L));
    assertThat(fence.holds(Optional.of(weakened), 42)).isFalse();
  }

  @Test
  void shouldSayWhatIsNoPolicy() {
    assertThatThrownBy(() -> fence.fenced(Optional.of("<xml/>"), 1))
        .hasMessageContaining("Expected a bucket policy in JSON");
  }

  @Test
  void shouldFenceAPrefixInItsPartition() {
    // when
    String fenced =
        new FencePolicy(place("img/", "cn-north-1"), new CutoverId("shop"))
            .fenced(Optional.empty(), 1);

    // then
    assertThat(fenced).contains("\"arn:aws-cn:s3:::media/img/*\"");
  }
}
