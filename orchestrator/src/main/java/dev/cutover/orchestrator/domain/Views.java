package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.DnsCommand.VerifyView;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.DnsReply.ViewVerified;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.ViewLook;
import dev.cutover.contract.ViewRecords;
import dev.cutover.orchestrator.domain.PlanRules.Finding;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The views of a plan's switch: they move with it, by the same orders, and each is proven by a step
 * of its own, from where its people are. Pure.
 */
final class Views {
  private static final int ATTEMPTS = 3;

  private Views() {}

  static List<SwitchView> of(Plan plan) {
    return plan.trafficSwitch().map(SwitchSpec::everyView).orElse(List.of());
  }

  /** One proof of each view that the target is served, or the source again; side by side. */
  static List<Step> proofs(Plan plan, Side side, OnFailure onFailure) {
    Action action = side == Side.TARGET ? Action.VERIFY_VIEW : Action.VERIFY_REVERTED_VIEW;
    Duration deadline = plan.bounds().proof();
    return of(plan).stream()
        .map(view -> new Step(name(action, view), action, deadline, ATTEMPTS, onFailure))
        .toList();
  }

  private static String name(Action action, SwitchView view) {
    return action.stepName() + "-" + view.name();
  }

  private static SwitchView of(Plan plan, Step step) {
    return of(plan).stream()
        .filter(view -> name(step.action(), view).equals(step.name()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Expected a view of the plan for %s, but there is none"
                        .formatted(step.name())));
  }

  /** The order of such a step. */
  static VerifyView order(Plan plan, Step step, CommandHeader header) {
    SwitchView view = of(plan, step);
    Side side = step.action() == Action.VERIFY_VIEW ? Side.TARGET : Side.SOURCE;
    return new VerifyView(header, view.spec(), side, view.name(), view.vantage());
  }

  /** What is waited for, such as {@code from corporate, quorum corporate 100 % of 2}. */
  static String proof(Plan plan, Step step) {
    SwitchView view = of(plan, step);
    String quorums = SwitchProofs.quorums(view.spec().resolverClasses());
    return "from " + view.vantage() + (quorums.isEmpty() ? "" : ", " + quorums);
  }

  /** For people. */
  static String explanation(Plan plan, Step step) {
    SwitchView view = of(plan, step);
    return "Ask the servers of view '%s' from vantage point '%s' whether the %s is served"
        .formatted(
            view.name(), view.vantage(), step.action() == Action.VERIFY_VIEW ? "target" : "source");
  }

  /** What the views' records were before anything was changed; empty where there are no views. */
  static Optional<List<ViewRecords>> captured(Ledger ledger) {
    return ledger
        .reply(Action.CAPTURE_RECORDS, RecordsCaptured.class)
        .flatMap(RecordsCaptured::views);
  }

  /** Such as {@code " in view 'private'"}; empty for the switch itself, which has no name. */
  static String in(String view) {
    return view.isEmpty() ? "" : " in view '%s'".formatted(view);
  }

  /** What was seen of a view beside its records. */
  static String looked(ViewLook look) {
    String parent =
        look.delegation()
            .map(SwitchProofs::delegation)
            .orElse("no parent was asked, since the plan names none");
    return "view '%s': %s"
        .formatted(
            look.view(),
            Stream.of(
                    look.keepers().stream().map(KeeperMark::describe),
                    Stream.of(parent),
                    look.signatures().stream())
                .flatMap(said -> said)
                .collect(Collectors.joining("; ")));
  }

  /** What was proven of the views in this round. */
  static Stream<ViewVerified> verified(Ledger ledger) {
    return ledger.steps().values().stream()
        .filter(record -> record.step().action() == Action.VERIFY_VIEW)
        .flatMap(record -> record.reply().stream())
        .filter(ViewVerified.class::isInstance)
        .map(ViewVerified.class::cast);
  }

  /** A vantage point that says nothing is neither good nor bad; empty for any other order. */
  static Optional<Failure> silence(Command command, Step step) {
    return command instanceof VerifyView view
        ? Optional.of(
            new Failure(
                FailureKind.INCONCLUSIVE,
                "Expected the dns-service at vantage point '%s' to prove view '%s' within %s, but it said nothing: does one run there with CUTOVER_DNS_VANTAGE=%s?"
                    .formatted(view.vantage(), view.view(), step.deadline(), view.vantage()),
                true))
        : Optional.empty();
  }

  /** Why the plan must not be carried out. */
  static List<Finding> faults(Plan plan) {
    List<Finding> faults = new ArrayList<>();
    if (!of(plan).isEmpty() && plan.strategy() instanceof Strategy.Canary) {
      faults.add(
          new Finding(
              "traffic.views",
              "Expected no views for canary, since every view moves all of its traffic at once, but there are some"));
    }
    return faults;
  }

  /** What its approvers have to know. */
  static List<Finding> notes(Plan plan) {
    return of(plan).isEmpty()
        ? List.of()
        : List.of(
            new Finding(
                "traffic.views",
                "views: each zone is changed by a change of its own, one after the other; between them people of different views are on different sides"));
  }
}
