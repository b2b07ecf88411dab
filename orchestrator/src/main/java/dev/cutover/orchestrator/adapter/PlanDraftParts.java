package dev.cutover.orchestrator.adapter;

import static dev.cutover.orchestrator.adapter.PlanDraft.MARK;

import dev.cutover.orchestrator.domain.Advice.Approach;
import dev.cutover.orchestrator.domain.Chosen;
import dev.cutover.orchestrator.domain.DataLayer;
import dev.cutover.orchestrator.domain.Situation;
import java.util.List;

/** What a drafted plan says of data, names, watch, checks, and of people's own steps. */
record PlanDraftParts(Chosen chosen, List<String> approvers) {
  static final String CANARY =
      """

      # Shares of the traffic; each is judged. A zone with updates has no weights, and its dns-service
      # refuses each below 100: the traffic switch has to have them.
      canary:
        weights:
          - {percent: 10, soak: 30m, requests: 1000}
          - {percent: 25, soak: 30m, requests: 1000}
          - {percent: 50, soak: 1h, requests: 1000}
          - {percent: 100}
        abort: lastGoodWeight            # a breach goes to the weight before, once; or source
      """;

  private static final String DATA =
      """

      # Databases: copied, streamed, fenced, and streamed back. Credentials are names of entries in the
      # services' own files; a plan never holds a password.
      data:
        source: {host: db.old.example.com, database: shop, credential: shop-source}   # CHANGE
        target: {host: db.new.example.com, database: shop, credential: shop-target}   # CHANGE
        tables: [public.customers, public.products, public.orders]   # CHANGE: parents before children
        endBlockers: true                # the fence may end sessions that stand in its way
      """;

  private static final String DATA_CHECKS =
      """
        data:                            # compare both databases
          - {name: counts, kind: rowCounts}
          - {name: contents, kind: checksums}
          - {name: latest order, kind: sampleQuery, sql: "select max(id) from public.orders"}   # CHANGE
      """;

  private static final String WATCH =
      """

      # What the target is judged by. Without it nothing goes back by itself.
      watch:
        source: {metrics: "http://192.0.2.10:9100/metrics", probe: "http://192.0.2.10:8080"}         # CHANGE
        target: {metrics: "http://198.51.100.10:9100/metrics", probe: "http://198.51.100.10:8080"}   # CHANGE
        journeys:                        # what must never break
          - name: checkout
            steps: [{name: quote, path: /checkout}]   # CHANGE
        objectives:
          errorRateMax: 5%
          latencyFactorMax: 2            # times the source's
      """;

  /** All of it. */
  String text() {
    return (copies() ? DATA : "")
        + new PlanDraftTraffic(chosen).text()
        + WATCH
        + checks()
        + steps();
  }

  private boolean copies() {
    return situation().data() == DataLayer.REPLICATED;
  }

  private boolean bigBang() {
    return chosen.strategy().choice() == Approach.BIG_BANG;
  }

  private Situation situation() {
    return chosen.situation();
  }

  private String checks() {
    return """

    checks:
    %s  reading:                         # on the target before go%s; none may write
        - name: storefront
          url: http://198.51.100.10:8080   %s
          steps: [{name: home, path: /}, {name: products, path: /products}]
    # writing:                         # on the target once it takes writes: log in, create, read, delete;
    #                                  # see plan-example.yaml. A mismatch rolls back
      source:                          # on the source after a rollback
        - name: old storefront
          url: http://192.0.2.10:8080      %s
          writes: false
          steps: [{name: home, path: /}]
    """
        .formatted(
            copies() ? DATA_CHECKS : "",
            bigBang() ? ", and again before anybody may write there" : "",
            MARK,
            MARK);
  }

  /** What people do, since no service can. */
  private String steps() {
    return switch (chosen.traffic().choice()) {
      case BALANCER, UPDATE -> "";
      case DELEGATE -> delegation();
      case BY_HAND -> handwork();
    };
  }

  private String delegation() {
    String target =
        situation().provider() == Situation.Provider.CLOUDFLARE && situation().proxied()
            ? "the proxied record of shop.example.com. a CNAME (its origin)"
            : "shop.example.com. a CNAME";
    return """

    # Before anything else a person points the users' names into the zone above. It stays so until there
    # is no way back any more; then point them straight at the target.
    steps:
      - name: delegate-names
        at: beforeFreeze
        owner: dns team                  %s
        expected: 1h
        deadline: 2d
        byHand:
          by: [%s]
          instruction: "Make %s to shop.cutover.example.com., TTL 60, and wait until its old TTL (%s) is over."
        undo: {byHand: {instruction: "Give shop.example.com. its own records again."}}
    """
        .formatted(
            MARK, String.join(", ", approvers), target, PlanValues.written(situation().ttl()));
  }

  private String handwork() {
    return """

    # People move the names, since no service can. If they are not in time it goes back.
    steps:
      - name: lower-ttl-by-hand
        at: beforeFreeze
        owner: dns team                  %1$s
        expected: 10m
        deadline: 2d
        byHand: {by: [%2$s], instruction: "Lower the TTL of shop.example.com. from %3$s to 60 s."}
        undo: {byHand: {instruction: "Restore the TTL of shop.example.com. to %3$s."}}
      - name: move-names-by-hand
        at: afterOpening
        owner: dns team                  %1$s
        expected: 5m
        deadline: 15m
        onFailure: goBack
        byHand: {by: [%2$s], instruction: "Point shop.example.com. at 198.51.100.10."}
        undo: {byHand: {instruction: "Point shop.example.com. back at 192.0.2.10."}}
    """
        .formatted(MARK, String.join(", ", approvers), PlanValues.written(situation().ttl()));
  }
}
