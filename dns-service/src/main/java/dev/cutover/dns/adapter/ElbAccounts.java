package dev.cutover.dns.adapter;

import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.dns.domain.RateBudget;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;

/**
 * Finds clients of Elastic Load Balancing by profile ({@link AwsProfiles}, role elb) and region.
 */
public final class ElbAccounts implements AutoCloseable {
  private final AwsProfiles profiles;
  private final ElbSettings settings;
  private final Pace pace;
  private final Map<TargetGroups, Account> accounts = new ConcurrentHashMap<>();

  public ElbAccounts(Credentials credentials, ElbSettings settings, Pace pace) {
    this.profiles = new AwsProfiles(credentials, "elb");
    this.settings = settings;
    this.pace = pace;
  }

  private record Account(ElasticLoadBalancingV2Client client, RateBudget budget) {}

  /** The API for the time of one order. */
  ElbApi open(TargetGroups provider, Urgency urgency, Duration within) throws SwitchFailure {
    Account account =
        AwsProfiles.found(
            provider.profile(), () -> accounts.computeIfAbsent(provider, this::account));
    return new ElbApi(
        account.client(),
        provider,
        new CallTurn("Elastic Load Balancing", account.budget(), urgency, pace, within));
  }

  private Account account(TargetGroups provider) {
    return new Account(
        profiles.open(
            ElasticLoadBalancingV2Client.builder(),
            provider.profile(),
            provider.region(),
            settings.endpoint()),
        new RateBudget(settings.requestsPerSecond(), pace.nanoTime()));
  }

  @Override
  public void close() {
    accounts.values().forEach(account -> account.client().close());
  }
}
