package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Split;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.SwitchState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ForwardActionConfig;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupStickinessConfig;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;

/**
 * What a listener, or a rule of one, does with requests: its actions as the API tells them, and how
 * they are written with other weights. Pure.
 *
 * @param arn of the listener or rule
 * @param defaultRule whether it is a listener's default rule, which is changed by the listener
 *     alone
 * @param actions all of them; the one that routes is the last (API reference, Action)
 * @param mark bare text of the mark; empty when there is none
 */
record ElbForward(String arn, boolean defaultRule, List<Action> actions, Optional<String> mark) {
  /** The tag that carries the mark. */
  static final String MARK = "cutover:mark";

  /** Target groups in one action (quotas of Application Load Balancers). */
  static final int GROUPS_MAX = 5;

  ElbForward {
    actions = List.copyOf(actions);
  }

  /** The switched name. */
  String name() {
    return arn + ".";
  }

  private Optional<Action> routing() {
    return actions.stream().filter(ElbForward::routes).findFirst();
  }

  private static boolean routes(Action action) {
    return switch (action.type()) {
      case FORWARD, REDIRECT, FIXED_RESPONSE -> true;
      case AUTHENTICATE_OIDC, AUTHENTICATE_COGNITO, JWT_VALIDATION, UNKNOWN_TO_SDK_VERSION -> false;
    };
  }

  private Optional<Action> forward() {
    return routing().filter(action -> action.type() == ActionTypeEnum.FORWARD);
  }

  /** Every target group that requests are forwarded to, with its weight. */
  private Map<String, Integer> groups() {
    Map<String, Integer> groups = new LinkedHashMap<>();
    forward()
        .ifPresent(
            action -> {
              ForwardActionConfig config = action.forwardConfig();
              if (config != null && config.hasTargetGroups()) {
                config
                    .targetGroups()
                    .forEach(
                        group ->
                            groups.put(
                                group.targetGroupArn(),
                                // Where nobody has given one.
                                Optional.ofNullable(group.weight()).orElse(1)));
              } else if (action.targetGroupArn() != null) {
                groups.put(action.targetGroupArn(), 1);
              }
            });
    return groups;
  }

  /** Whether these groups are in the action, whatever their weights. */
  boolean has(Collection<String> wanted) {
    return groups().keySet().containsAll(wanted);
  }

  /** The target groups that get new requests, by the ratio of their weights. */
  RecordSet set() {
    Optional<Action> other = routing().filter(action -> action.type() != ActionTypeEnum.FORWARD);
    if (other.isPresent()) {
      return new RecordSet(name(), RecordType.SERVER, 0, List.of(other.get().typeAsString()));
    }
    return Split.ratio(
        new RecordSet(
            name(),
            RecordType.SERVER,
            0,
            groups().entrySet().stream()
                .map(group -> new Split.Share(group.getKey(), group.getValue()).text())
                .toList()));
  }

  /** The mark as it would stand in a zone. */
  EpochMark epochMark() {
    return EpochMark.parse(mark.map(text -> "\"" + text + "\"").stream().toList());
  }

  SwitchState switchState() {
    return new SwitchState(List.of(set()), Map.of(name(), epochMark()));
  }

  /** How long a cookie holds a client to the group that it got first; empty where none does. */
  Optional<Integer> stickySeconds() {
    return stickiness()
        .filter(sticky -> Boolean.TRUE.equals(sticky.enabled()))
        .map(sticky -> Optional.ofNullable(sticky.durationSeconds()).orElse(0));
  }

  private Optional<TargetGroupStickinessConfig> stickiness() {
    return forward()
        .flatMap(action -> Optional.ofNullable(action.forwardConfig()))
        .flatMap(config -> Optional.ofNullable(config.targetGroupStickinessConfig()));
  }

  /** An action that would be lost if the actions were written again: this SDK does not know it. */
  Optional<String> unknown() {
    return actions.stream()
        .filter(action -> action.type() == ActionTypeEnum.UNKNOWN_TO_SDK_VERSION)
        .map(Action::typeAsString)
        .findFirst();
  }

  /**
   * All actions as they are, with these weights. Groups that the weights don't name keep their
   * place at weight 0, as far as there is room. Where a cookie holds clients to groups, those of
   * weight 0 are left out: it can't hold anybody to a group that is not there.
   */
  List<Action> sharing(Map<String, Integer> weights) {
    Map<String, Integer> wanted = new LinkedHashMap<>(weights);
    groups().keySet().stream()
        .filter(group -> wanted.size() < GROUPS_MAX)
        .forEach(group -> wanted.putIfAbsent(group, 0));
    if (stickySeconds().isPresent()) {
      wanted.values().removeIf(weight -> weight == 0);
    }
    return written(wanted);
  }

  /** As they are, with the weights that they have and these groups at weight 0. */
  List<Action> with(Collection<String> added) {
    Map<String, Integer> wanted = groups();
    added.forEach(group -> wanted.putIfAbsent(group, 0));
    return written(wanted);
  }

  /**
   * As they are, and a target group that does not exist at weight 0: refused, after the right to do
   * it was looked at. Taken, against all expectation, it would move nothing either. Empty where
   * there is no room for it.
   */
  Optional<List<Action>> trial() {
    Map<String, Integer> wanted = groups();
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    if (wanted.size() >= GROUPS_MAX) {
      Optional<String> idle =
          wanted.entrySet().stream()
              .filter(group -> group.getValue() == 0)
              .map(Map.Entry::getKey)
              .findFirst();
      if (idle.isEmpty()) {
        return Optional.empty();
      }
      wanted.remove(idle.get());
    }
    String own = groups().keySet().iterator().next();
    wanted.put(
        own.replaceFirst(":targetgroup/.*", ":targetgroup/cutover-probe/0000000000000000"), 0);
    return Optional.of(written(wanted));
  }

  private List<Action> written(Map<String, Integer> weights) {
    List<Action> written = new ArrayList<>();
    for (Action action : actions) {
      written.add(
          routes(action)
              ? Action.builder()
                  .type(ActionTypeEnum.FORWARD)
                  .order(action.order())
                  .forwardConfig(config(weights))
                  .build()
              : kept(action));
    }
    return written;
  }

  private ForwardActionConfig config(Map<String, Integer> weights) {
    List<TargetGroupTuple> groups =
        weights.entrySet().stream()
            .map(
                group ->
                    TargetGroupTuple.builder()
                        .targetGroupArn(group.getKey())
                        .weight(group.getValue())
                        .build())
            .toList();
    ForwardActionConfig.Builder config = ForwardActionConfig.builder().targetGroups(groups);
    stickiness().ifPresent(config::targetGroupStickinessConfig);
    return config.build();
  }

  /** The API never tells a client's secret, and takes the word that it stays for it. */
  private static Action kept(Action action) {
    return action.type() == ActionTypeEnum.AUTHENTICATE_OIDC
            && action.authenticateOidcConfig() != null
        ? action.toBuilder()
            .authenticateOidcConfig(
                action.authenticateOidcConfig().toBuilder()
                    .clientSecret(null)
                    .useExistingClientSecret(true)
                    .build())
            .build()
        : action;
  }
}
