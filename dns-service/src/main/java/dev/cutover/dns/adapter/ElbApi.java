package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNREACHABLE;
import static dev.cutover.contract.FailureKind.UNSUITABLE;

import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import dev.cutover.dns.domain.SwitchFailure;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Rule;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;

/**
 * Talks to the API of Elastic Load Balancing (2015-12-01) in one region, within the time of one
 * order. Never asks twice. What is modified is only the list of actions: properties that a request
 * does not name stay as they are (ModifyListener, ModifyRule), a rule's conditions and transforms
 * among them.
 */
final class ElbApi {
  private static final String NO_GROUP = "TargetGroupNotFound";

  private final ElasticLoadBalancingV2Client client;
  private final TargetGroups provider;
  private final CallTurn turn;

  ElbApi(ElasticLoadBalancingV2Client client, TargetGroups provider, CallTurn turn) {
    this.client = client;
    this.provider = provider;
    this.turn = turn;
  }

  /** A listener or rule with its mark. */
  ElbForward look(String arn) throws SwitchFailure {
    ElbForward unmarked = actions(arn);
    List<Tag> tags =
        called(arn, elb -> elb.describeTags(request -> request.resourceArns(arn)))
            .tagDescriptions()
            .stream()
            .flatMap(description -> description.tags().stream())
            .toList();
    Optional<String> mark =
        tags.stream()
            .filter(tag -> tag.key().equals(ElbForward.MARK))
            .map(Tag::value)
            .filter(text -> text != null && !text.isBlank())
            .findFirst();
    return new ElbForward(arn, unmarked.defaultRule(), unmarked.actions(), mark);
  }

  /** A listener or rule, its mark not asked for. */
  ElbForward actions(String arn) throws SwitchFailure {
    if (TargetGroups.isRule(arn)) {
      Rule rule = one(arn, called(arn, elb -> elb.describeRules(r -> r.ruleArns(arn))).rules());
      boolean isDefault = Boolean.TRUE.equals(rule.isDefault());
      return new ElbForward(arn, isDefault, rule.actions(), Optional.empty());
    }
    Listener listener =
        one(arn, called(arn, elb -> elb.describeListeners(r -> r.listenerArns(arn))).listeners());
    return new ElbForward(arn, false, listener.defaultActions(), Optional.empty());
  }

  private static <T> T one(String arn, List<T> found) throws SwitchFailure {
    if (found.size() != 1) {
      throw new SwitchFailure(
          UNREACHABLE, "Expected %s alone, but got %d answers".formatted(arn, found.size()), true);
    }
    return found.getFirst();
  }

  /** Health of every target that is registered with a group. */
  List<TargetHealthDescription> health(String targetGroup) throws SwitchFailure {
    return called(
        targetGroup,
        elb ->
            elb.describeTargetHealth(request -> request.targetGroupArn(targetGroup))
                .targetHealthDescriptions());
  }

  /** Replaces all actions. */
  Outcome modify(String arn, List<Action> actions) throws SwitchFailure {
    return changed(arn, elb -> modified(elb, arn, actions));
  }

  private static Object modified(
      ElasticLoadBalancingV2Client elb, String arn, List<Action> actions) {
    return TargetGroups.isRule(arn)
        ? elb.modifyRule(request -> request.ruleArn(arn).actions(actions))
        : elb.modifyListener(request -> request.listenerArn(arn).defaultActions(actions));
  }

  /** Writes the mark over whatever it is. */
  Outcome tag(String arn, String mark) throws SwitchFailure {
    Tag tag = Tag.builder().key(ElbForward.MARK).value(mark).build();
    return changed(arn, elb -> elb.addTags(request -> request.resourceArns(arn).tags(tag)));
  }

  /** Proves the right to modify by actions that name a target group which does not exist. */
  void tryWithoutEffect(String arn, List<Action> actions) throws SwitchFailure {
    turn.await();
    try {
      Object _ = modified(client, arn, actions);
    } catch (SdkException e) {
      if (!(e instanceof AwsServiceException refusal
          && AwsAnswers.code(refusal).equals(NO_GROUP))) {
        throw failure(meaning(e, arn));
      }
    }
  }

  private Outcome changed(String arn, Function<ElasticLoadBalancingV2Client, Object> request)
      throws SwitchFailure {
    turn.await();
    try {
      Object _ = request.apply(client);
      return new Outcome.Accepted();
    } catch (SdkException e) {
      return meaning(e, arn);
    }
  }

  private <T> T called(String arn, Function<ElasticLoadBalancingV2Client, T> request)
      throws SwitchFailure {
    turn.await();
    try {
      return request.apply(client);
    } catch (SdkException e) {
      throw failure(meaning(e, arn));
    }
  }

  /** The failure that a refusal or a missing answer is. */
  static SwitchFailure failure(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Denied denied -> denied.failure();
      case Outcome.Deferred deferred -> deferred.failure();
      case Outcome.Unknown unknown -> unknown.failure();
      case Outcome.Unmet(String answer) -> new SwitchFailure(UNREACHABLE, answer, true);
      case Outcome.Accepted _ -> throw new IllegalStateException("Expected a refusal");
    };
  }

  private Outcome meaning(SdkException answer, String arn) {
    AwsAnswers common = new AwsAnswers("Elastic Load Balancing", provider.profile());
    if (answer instanceof AwsServiceException refusal) {
      String code = AwsAnswers.code(refusal);
      switch (code) {
        case "ListenerNotFound", "RuleNotFound", NO_GROUP -> {
          return new Outcome.Denied(
              UNSUITABLE,
              "Expected %s in the account of credentials %s, but Elastic Load Balancing answered %s"
                  .formatted(arn, provider.profile(), code));
        }
        default -> {} // as all APIs mean it
      }
    }
    return common.meaning(answer);
  }
}
