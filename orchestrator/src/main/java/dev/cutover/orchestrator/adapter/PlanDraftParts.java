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

  private static final String HAPROXY =
      """

      # Traffic to share out: the weights of a backend's servers move, at every instance; see docs/haproxy.md.
      # No name moves, and no TTL is waited for: new sessions follow at once.
      traffic:
        haproxy:
          instances: [192.0.2.21:9999, 192.0.2.22:9999]   # CHANGE: runtime API of every HAProxy with this backend
          backend: web                   # CHANGE
          source: [blue1, blue2]         # CHANGE: all servers of a side, as they are named in the configuration
          target: [green1, green2]       # CHANGE: 'weight 0' there until the cutover gives them traffic
      """;

  private static final String TARGET_GROUPS =
      """

      # Traffic to share out: the weights of target groups move; see docs/target-groups.md.
      # No name moves, and no TTL is waited for: new requests follow within seconds.
      traffic:
        targetGroups:
          # CHANGE: each listener and rule that forwards to these groups
          listeners:
            - arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2
          profile: default               # credentials in the dns-service's own configuration
          source: ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web-blue/73e2d6bc24d8a067"]    # CHANGE
          target: ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web-green/09966783158cda59"]   # CHANGE
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
    return (copies() ? DATA : "") + traffic() + WATCH + checks() + steps();
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

  private String traffic() {
    return switch (chosen.traffic().choice()) {
      case BALANCER ->
          switch (situation().balancer()) {
            case NONE -> throw new IllegalStateException("Expected a balancer, but there is none");
            case HAPROXY -> HAPROXY;
            case AWS -> TARGET_GROUPS;
          };
      case UPDATE -> names(false);
      case DELEGATE -> names(true);
      case BY_HAND -> "";
    };
  }

  private String names(boolean delegates) {
    String zone = delegates ? "cutover.example.com." : "example.com.";
    String begin =
        delegates
            ? updatedZone(zone, true)
            : switch (situation().provider()) {
              case ROUTE53 -> hostedZone(zone);
              case CLOUDFLARE -> cloudflareZone(zone);
              case DESIGNATE -> designateZone(zone);
              case SELF_HOSTED, OTHER -> updatedZone(zone, false);
            };
    return begin
        + """
      loweredTtl: 60s
      names:
        - name: shop.%s     %s
          source: [{type: A, values: [192.0.2.10]}]       %s
          target: [{type: A, values: [198.51.100.10]}]    %s
    """
            .formatted(zone, MARK, MARK, MARK);
  }

  private static String updatedZone(String zone, boolean delegates) {
    return """

    # Names to switch: a zone that takes updates by RFC 2136.%s
    traffic:
      zone: %s          %s
      primary: 192.0.2.53:53           %s
      tsigKey: cutover-key             # name of a key in the dns-service's own configuration
      authorities: [192.0.2.53:53, 192.0.2.54:53]   %s: all that must converge
    """
        .formatted(
            delegates ? " The names of your users are CNAMEs into it." : "",
            zone,
            MARK,
            MARK,
            MARK);
  }

  private static String hostedZone(String zone) {
    return """

    # Names to switch: simple records in a hosted zone of Route 53; see docs/route53.md.
    traffic:
      zone: %s          %s
      route53:
        hostedZone: Z2FDTNDATAQYW2     %s
        profile: default               # credentials in the dns-service's own configuration
      # %s: the name servers of the hosted zone, all that must converge
      authorities: [ns-1.awsdns-00.com, ns-2.awsdns-00.net, ns-3.awsdns-00.org, ns-4.awsdns-00.co.uk]
    """
        .formatted(zone, MARK, MARK, MARK.replace("# ", ""));
  }

  private static String cloudflareZone(String zone) {
    return """

    # Names to switch: records of Cloudflare that it does not proxy; see docs/cloudflare.md.
    traffic:
      zone: %s          %s
      cloudflare:
        zone: 023e105f4ecef8ad9ca31a8372d0c353   %s
        token: storefront-dns          # a token in the dns-service's own configuration
      # %s: the name servers of the zone, all that must converge
      authorities: [ada.ns.cloudflare.com, bob.ns.cloudflare.com]
    """
        .formatted(zone, MARK, MARK, MARK.replace("# ", ""));
  }

  private static String designateZone(String zone) {
    return """

    # Names to switch: record sets of OpenStack Designate; see docs/designate.md.
    traffic:
      zone: %s          %s
      designate:
        cloud: paris                   %s: its Keystone and credential are in the dns-service's configuration
        zone: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0   %s
      # %s: the name servers of the zone's pool, all that must converge
      authorities: [ns1.dns.example.net, ns2.dns.example.net]
    """
        .formatted(zone, MARK, MARK, MARK, MARK.replace("# ", ""));
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
