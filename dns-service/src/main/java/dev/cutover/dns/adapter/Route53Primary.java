package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNREACHABLE;
import static dev.cutover.contract.FailureKind.UNSUITABLE;

import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.Route53Accounts.Account;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.ZoneChange;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeInfo;
import software.amazon.awssdk.services.route53.model.HealthCheckConfig;
import software.amazon.awssdk.services.route53.model.HealthCheckObservation;
import software.amazon.awssdk.services.route53.model.HostedZone;
import software.amazon.awssdk.services.route53.model.NoSuchHealthCheckException;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * Talks to the API of Route 53 about one hosted zone. What it lists is the newest state, changes
 * included that have not reached all servers (API reference, ListResourceRecordSets): so a read
 * after a write tells whether it was made.
 */
final class Route53Primary implements ZonePrimary {
  private final SwitchSpec spec;
  private final Route53 zone;
  private final Route53Client client;
  private final CallTurn turn;
  private final Changes changes;
  private @Nullable List<ResourceRecordSet> stored;

  /** Hears of changes, to ask for their progress later. */
  interface Changes {
    /** One was taken, under this id. */
    void taken(String id);

    /** One may have been taken; its id is not known. */
    void lost();
  }

  Route53Primary(
      SwitchSpec spec,
      Route53 zone,
      Account account,
      Urgency urgency,
      Pace pace,
      Changes changes,
      Duration within) {
    this.spec = spec;
    this.zone = zone;
    this.client = account.client();
    this.turn = new CallTurn("Route 53", account.budget(), urgency, pace, within);
    this.changes = changes;
  }

  @Override
  public SwitchState read() throws SwitchFailure {
    List<String> names =
        spec.names().stream()
            .flatMap(name -> Stream.of(name.name(), EpochMark.nameFor(name.name())))
            .toList();
    List<ResourceRecordSet> found =
        new Route53Listing(
                zone.hostedZone(),
                Route53Listing.PAGE_MAX,
                request -> called(client -> client.listResourceRecordSets(request)))
            .of(names);
    stored = found;
    return Route53Records.state(spec, found);
  }

  @Override
  public Outcome update(ZoneChange change) throws SwitchFailure {
    if (!change.isEmpty() || stored != null) {
      Optional<String> unmet = change.unmet(Route53Records.state(spec, stored()).withMarks());
      if (unmet.isPresent()) {
        return new Outcome.Unmet(unmet.get());
      }
    }
    if (!change.withdrawn().isEmpty()) {
      Outcome tried = send(Route53Batch.trial(change.withdrawn()));
      if (!(tried instanceof Outcome.Unmet || tried instanceof Outcome.Accepted)) {
        return tried;
      }
    }
    return change.isEmpty() ? new Outcome.Accepted() : send(Route53Batch.of(change, stored()));
  }

  private List<ResourceRecordSet> stored() throws SwitchFailure {
    if (stored == null) {
      read();
    }
    return stored == null ? List.of() : stored;
  }

  private Outcome send(List<Change> batch) throws SwitchFailure {
    try {
      ChangeInfo taken =
          call(
              client ->
                  client
                      .changeResourceRecordSets(
                          request ->
                              request
                                  .hostedZoneId(zone.hostedZone())
                                  .changeBatch(b -> b.changes(batch)))
                      .changeInfo());
      changes.taken(taken.id());
      return new Outcome.Accepted();
    } catch (SdkException e) {
      Outcome outcome = Route53Answers.meaning(e, zone);
      if (outcome instanceof Outcome.Unknown) {
        changes.lost();
      }
      return outcome;
    }
  }

  /** How far a change has come, by its id. */
  ChangeInfo progress(String id) throws SwitchFailure {
    return called(client -> client.getChange(request -> request.id(id)).changeInfo());
  }

  /** What the hosted zone is. */
  HostedZone hostedZone() throws SwitchFailure {
    return called(
        client -> client.getHostedZone(request -> request.id(zone.hostedZone())).hostedZone());
  }

  /**
   * Refuses a health check that does not hold, or of which nobody can say whether it does.
   *
   * @throws SwitchFailure UNSUITABLE if it is not there or can't be asked for, MISMATCH if it does
   *     not hold
   */
  void requireHealthy(String id) throws SwitchFailure {
    HealthCheckConfig config;
    try {
      config =
          called(c -> c.getHealthCheck(request -> request.healthCheckId(id)).healthCheck())
              .healthCheckConfig();
    } catch (NoSuchHealthCheckException e) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected health check %s in the account of credentials %s, but Route 53 answered NoSuchHealthCheck: correct healthCheckId in the plan"
              .formatted(id, zone.profile()),
          false,
          e);
    }
    if (Route53Health.isAskable(config)) {
      List<HealthCheckObservation> seen =
          called(
              c ->
                  c.getHealthCheckStatus(request -> request.healthCheckId(id))
                      .healthCheckObservations());
      Route53Health.refuseUnhealthy(id, config, seen);
    } else {
      Route53Health.refuseUntold(id, config);
    }
  }

  @Override
  public String rightMissing(String cause) {
    return cause
        + ". Grant route53:ChangeResourceRecordSets on the hosted zone for these names and types, and TXT at %s<name>, with actions CREATE and DELETE"
            .formatted(EpochMark.LABEL);
  }

  @Override
  public String ignoredBecause() {
    return "somebody else has changed it since";
  }

  private <T> T called(Function<Route53Client, T> request) throws SwitchFailure {
    try {
      return call(request);
    } catch (NoSuchHealthCheckException e) {
      throw e; // the caller knows of which
    } catch (SdkException e) {
      throw switch (Route53Answers.meaning(e, zone)) {
        case Outcome.Denied denied -> denied.failure();
        case Outcome.Deferred deferred -> deferred.failure();
        case Outcome.Unknown unknown -> unknown.failure();
        case Outcome.Unmet(String answer) -> new SwitchFailure(UNREACHABLE, answer, true);
        case Outcome.Accepted _ -> throw new IllegalStateException("Expected a refusal", e);
      };
    }
  }

  private <T> T call(Function<Route53Client, T> request) throws SwitchFailure {
    turn.await();
    return request.apply(client);
  }
}
