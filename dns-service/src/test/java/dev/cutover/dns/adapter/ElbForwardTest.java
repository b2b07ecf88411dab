package dev.cutover.dns.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ForwardActionConfig;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupStickinessConfig;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;

class ElbForwardTest {
  private static final String GROUP =
      "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/";

  @Test
  void shouldTellGroupsByTheRatioOfTheirWeights() {
    assertThat(of(forward("a=750", "b=250", "c=0")).set().values())
        .containsExactly(GROUP + "a/0 weight=3", GROUP + "b/0 weight=1");
    assertThat(of(forward("a=0", "b=0")).set().values()).isEmpty();
    assertThat(of(forward("a")).set().values()).containsExactly(GROUP + "a/0 weight=1");
    assertThat(of(single("a")).set().values()).containsExactly(GROUP + "a/0 weight=1");
    assertThat(of(Action.builder().type("redirect").build()).set().values())
        .containsExactly("redirect");
  }

  @Test
  void shouldKeepForeignGroupsAtWeightZeroAsLongAsThereIsRoom() {
    // given
    ElbForward five = of(forward("other=7", "x=1", "y=1", "z=1", "a=0"));
    // when
    List<Action> written = five.sharing(weights("a=1", "b=0"));
    // then
    assertThat(groups(written)).isEqualTo("a=1 b=0 other=0 x=0 y=0");
  }

  @Test
  void shouldLeaveGroupsWithoutWeightOutWhereACookieHoldsClients() {
    // given
    TargetGroupStickinessConfig sticky =
        TargetGroupStickinessConfig.builder().enabled(true).durationSeconds(60).build();
    Action action =
        forward("a=0", "b=1").toBuilder()
            .forwardConfig(
                forward("a=0", "b=1").forwardConfig().toBuilder()
                    .targetGroupStickinessConfig(sticky)
                    .build())
            .build();
    // when
    List<Action> written = of(action).sharing(weights("a=1", "b=0"));
    // then
    assertThat(of(action).stickySeconds()).hasValue(60);
    assertThat(groups(written)).isEqualTo("a=1");
    assertThat(written.getLast().forwardConfig().targetGroupStickinessConfig()).isEqualTo(sticky);
  }

  @Test
  void shouldTryWithAGroupThatIsNotThereAndMovesNothing() {
    assertThat(groups(of(forward("a=1", "b=2")).trial().orElseThrow()))
        .isEqualTo("a=1 b=2 cutover-probe=0");
    assertThat(groups(of(forward("a=1", "b=2", "c=0", "d=1", "e=1")).trial().orElseThrow()))
        .isEqualTo("a=1 b=2 d=1 e=1 cutover-probe=0");
    assertThat(of(forward("a=1", "b=2", "c=3", "d=1", "e=1")).trial()).isEmpty();
    assertThat(of(Action.builder().type("redirect").build()).trial()).isEmpty();
  }

  @Test
  void shouldKeepEveryOtherActionAndTheOrder() {
    // given
    Action cognito = Action.builder().type("authenticate-cognito").order(1).build();
    Action oidc =
        Action.builder()
            .type("authenticate-oidc")
            .order(2)
            .authenticateOidcConfig(config -> config.clientId("shop"))
            .build();
    Action forward = forward("a=1").toBuilder().order(3).targetGroupArn(GROUP + "a/0").build();
    // when
    List<Action> written = of(cognito, oidc, forward).with(List.of(GROUP + "b/0"));
    // then
    assertThat(written).hasSize(3).startsWith(cognito);
    assertThat(written.get(1).authenticateOidcConfig())
        .isEqualTo(oidc.authenticateOidcConfig().toBuilder().useExistingClientSecret(true).build());
    assertThat(written.get(2).order()).isEqualTo(3);
    assertThat(written.get(2).targetGroupArn()).as("one group alone can be named so").isNull();
    assertThat(groups(written)).isEqualTo("a=1 b=0");
  }

  @Test
  void shouldTellAnActionThatWouldBeLost() {
    Action later = Action.builder().type("teleport").order(1).build();
    assertThat(of(later, forward("a=1")).unknown()).hasValue("teleport");
    assertThat(of(forward("a=1")).unknown()).isEmpty();
  }

  private static ElbForward of(Action... actions) {
    return new ElbForward(
        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/0/1",
        false,
        List.of(actions),
        Optional.empty());
  }

  private static Action single(String group) {
    return Action.builder()
        .type(ActionTypeEnum.FORWARD)
        .targetGroupArn(GROUP + group + "/0")
        .build();
  }

  /** Groups with weights, such as {@code a=1}; {@code a} alone has none. */
  private static Action forward(String... groups) {
    List<TargetGroupTuple> tuples =
        Arrays.stream(groups)
            .map(text -> text.split("=", -1))
            .map(
                pair ->
                    TargetGroupTuple.builder()
                        .targetGroupArn(GROUP + pair[0] + "/0")
                        .weight(pair.length > 1 ? Integer.valueOf(pair[1]) : null)
                        .build())
            .toList();
    return Action.builder()
        .type(ActionTypeEnum.FORWARD)
        .forwardConfig(ForwardActionConfig.builder().targetGroups(tuples).build())
        .build();
  }

  private static Map<String, Integer> weights(String... groups) {
    Map<String, Integer> weights = new LinkedHashMap<>();
    for (String group : groups) {
      String[] pair = group.split("=", -1);
      weights.put(GROUP + pair[0] + "/0", Integer.valueOf(pair[1]));
    }
    return weights;
  }

  private static String groups(List<Action> actions) {
    return actions.getLast().forwardConfig().targetGroups().stream()
        .map(
            group ->
                group.targetGroupArn().replace(GROUP, "").replace("/0", "").replaceAll("0+$", "")
                    + "="
                    + group.weight())
        .collect(Collectors.joining(" "));
  }
}
