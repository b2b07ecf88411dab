package dev.cutover.dns.adapter;

import dev.cutover.dns.domain.RateBudget;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Credentials;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.cloudtrail.CloudTrailClient;
import software.amazon.awssdk.services.route53.Route53Client;

/** Finds clients of Route 53 by the name that plans use ({@link AwsProfiles}), role route53. */
public final class Route53Accounts implements AutoCloseable {
  private static final String TRAIL_REGION = "us-east-1";

  private final AwsProfiles profiles;
  private final Route53Settings settings;
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private final Map<String, CloudTrailClient> trails = new ConcurrentHashMap<>();

  public Route53Accounts(Credentials credentials, Route53Settings settings) {
    this.profiles = new AwsProfiles(credentials, "route53");
    this.settings = settings;
  }

  /** One client, and what its account allows. */
  record Account(Route53Client client, RateBudget budget) {}

  /** The trail of the same account: calls of Route 53 are recorded in US East (N. Virginia). */
  CloudTrailClient trail(String profile) throws SwitchFailure {
    return AwsProfiles.found(
        profile,
        () ->
            trails.computeIfAbsent(
                profile,
                name ->
                    profiles.open(
                        CloudTrailClient.builder(), name, TRAIL_REGION, settings.trail())));
  }

  Account find(String profile, long nowNanos) throws SwitchFailure {
    return AwsProfiles.found(
        profile, () -> accounts.computeIfAbsent(profile, name -> account(name, nowNanos)));
  }

  private Account account(String profile, long nowNanos) {
    return new Account(
        profiles.open(Route53Client.builder(), profile, settings.region(), settings.endpoint()),
        new RateBudget(settings.requestsPerSecond(), nowNanos));
  }

  @Override
  public void close() {
    accounts.values().forEach(account -> account.client().close());
    trails.values().forEach(CloudTrailClient::close);
  }
}
