package dev.cutover.orchestrator.adapter;

import static dev.cutover.orchestrator.adapter.PlanDraft.MARK;

import dev.cutover.orchestrator.domain.Chosen;

/**
 * What a drafted plan says of its traffic: a balancer's weights, or names in their provider's form.
 */
record PlanDraftTraffic(Chosen chosen) {
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

  private static final String EDGE =
      """
          edge:                          # asked at each of the edge's addresses; not from its cache
            path: /version               # CHANGE
            header: x-served-by          # CHANGE; left out: the body tells
            source: blue                 # CHANGE: the header's value on each side
            target: green                # CHANGE
      """;

  private static final String PROXIED = "    proxied: true\n" + EDGE;

  private static final String POOLS =
      """

      # Traffic to share out: the weights of a load balancer's pools move; see docs/cloudflare.md.
      # No name moves, and no TTL is waited for.
      traffic:
        zone: example.com.               # CHANGE
        cloudflare:
          zone: 023e105f4ecef8ad9ca31a8372d0c353      # CHANGE
          account: 01a7362d577a6c3019a474fd6f485823   # CHANGE: it has the pools
          token: storefront-lb           # a token in the dns-service's own configuration
          loadBalancers: [www.example.com]   # CHANGE: proxied ones
          source: [17b5962d775c646f3f9725cbc7a53df4]   # CHANGE: ids of pools
          target: [9290f38c5d07c2e2f4df57b1f61d4196]   # CHANGE
      """
          + EDGE
          + """
        # CHANGE: the name servers of the zone, which know the edge's addresses
        authorities: [ada.ns.cloudflare.com, bob.ns.cloudflare.com]
      """;

  /** All of it; empty where people move the names. */
  String text() {
    return switch (chosen.traffic().choice()) {
      case BALANCER ->
          switch (chosen.situation().balancer()) {
            case NONE -> throw new IllegalStateException("Expected a balancer, but there is none");
            case HAPROXY -> HAPROXY;
            case AWS -> TARGET_GROUPS;
            case CLOUDFLARE -> POOLS;
          };
      case UPDATE -> names(false);
      case DELEGATE -> names(true);
      case BY_HAND -> "";
    };
  }

  private String names(boolean delegates) {
    String zone = delegates ? "cutover.example.com." : "example.com.";
    boolean proxied = chosen.situation().proxied() && !delegates;
    String begin =
        delegates
            ? updatedZone(zone, true)
            : switch (chosen.situation().provider()) {
              case ROUTE53 -> hostedZone(zone);
              case CLOUDFLARE -> cloudflareZone(zone, proxied);
              case DESIGNATE -> designateZone(zone);
              case SELF_HOSTED, OTHER -> updatedZone(zone, false);
            };
    return begin
        + (proxied ? "" : "  loweredTtl: 60s\n")
        + """
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

  private static String cloudflareZone(String zone, boolean proxied) {
    return """

    # Names to switch: records of Cloudflare that it %s; see docs/cloudflare.md.
    traffic:
      zone: %s          %s
      cloudflare:
        zone: 023e105f4ecef8ad9ca31a8372d0c353   %s
        token: storefront-dns          # a token in the dns-service's own configuration
    %s  # %s: the name servers of the zone, %s
      authorities: [ada.ns.cloudflare.com, bob.ns.cloudflare.com]
    """
        .formatted(
            proxied
                ? "proxies: nothing on the wire tells who serves, so a probe through the edge has to"
                : "does not proxy",
            zone,
            MARK,
            MARK,
            proxied ? PROXIED : "",
            MARK.replace("# ", ""),
            proxied ? "which know the edge's addresses" : "all that must converge");
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
}
