package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks the API of Elastic Load Balancing which target groups a listener shares its requests out to.
 * It tells what it has stored; the load balancer's own nodes tell nobody.
 */
public final class ElbQueries implements DnsQueries {
  /** An API's answer takes longer than a name server's, also at the end of a wait. */
  private static final Duration ANSWER_MIN = Duration.ofSeconds(1);

  private final ElbAccounts accounts;

  public ElbQueries(ElbAccounts accounts) {
    this.accounts = accounts;
  }

  @Override
  public Answer ask(
      ServerAddress server, boolean recursive, String name, RecordType type, Duration within) {
    Optional<TargetGroups> api = TargetGroups.at(server);
    if (api.isEmpty()) {
      return new Unanswered(name, type, "Expected a region's API, but got " + server);
    }
    Duration time = within.compareTo(ANSWER_MIN) < 0 ? ANSWER_MIN : within;
    try {
      String arn = name.substring(0, name.length() - 1);
      return new Answered(
          accounts.open(api.get(), Urgency.ORDINARY, time).actions(arn).set(), true);
    } catch (SwitchFailure e) {
      return new Unanswered(name, type, e.failure().reason());
    }
  }
}
