package dev.cutover.deploy.simulation;

import java.util.List;

/** The plan that is simulated: a whole one, with seconds where a real one has hours. */
final class Plans {
  static final List<String> HOSTS =
      List.of(Clients.SOURCE_HOST, Clients.TARGET_HOST, "10.0.0.1", "10.0.0.2");
  static final List<String> APPROVERS = List.of("ana", "bo", "cy");

  private static final String SHOP =
      """
      cutover: simulated
      approvers: [ana, bo, cy]
      readiness: {requireCritical: false, reviewEvery: 3s}
      data:
        source: {host: 10.0.0.1, port: 5432, database: shop, credential: source}
        target: {host: 10.0.0.2, port: 5432, database: shop, credential: target}
        tables: [public.orders]
        endBlockers: true
        sequenceMargin: 1000
      traffic:
        zone: test.
        primary: "10.0.0.53:53"
        tsigKey: key
        authorities: ["10.0.0.53:53", "10.0.0.54:53"]
        resolvers: ["10.0.0.54:53"]
        loweredTtl: 2s
        names:
          - name: shop.test.
            source: [{type: A, values: [10.0.1.1]}]
            target: [{type: A, values: [10.0.1.2]}]
      watch:
        source: {metrics: "http://10.0.1.1/metrics", probe: "http://10.0.1.1"}
        target: {metrics: "http://10.0.1.2/metrics", probe: "http://10.0.1.2"}
        journeys:
          - {name: order, timeout: 1s, steps: [{name: list, path: /orders}]}
        objectives: {tick: 1s, baselineRequestsMin: 100}
      checks:
        reading:
          - {name: front, kind: httpFlow, url: "http://10.0.1.2", steps: [{name: home, path: /}]}
        writing:
          - {name: order, kind: httpFlow, url: "http://10.0.1.2", steps: [{name: home, path: /}]}
        source:
          - {name: back, kind: httpFlow, url: "http://10.0.1.1", steps: [{name: home, path: /}]}
      bounds:
        maxWriteOutage: 20s
        maxRollbackOutage: 40s
        baseline: 6s
        observation: 10s
        ttlSlack: 500ms
        finalValidation: 1s
        approval: 60s
        preparationStep: 15s
        copy: 30s
        switchStep: 5s
        proof: 10s
      rollback: {window: 3s}
      """;

  /** What people inside see, at servers of their own. */
  private static final String VIEW =
      """
        views:
          - name: private
            vantage: corporate
            zone: test.
            primary: "10.0.2.53:53"
            tsigKey: key
            authorities: ["10.0.2.53:53", "10.0.2.54:53"]
            loweredTtl: 2s
            names:
              - name: shop.test.
                source: [{type: A, values: [10.0.1.1]}]
                target: [{type: A, values: [10.0.1.2]}]
      watch:
      """;

  private Plans() {}

  /** What is stored beside the rows. */
  private static final String OBJECTS =
      """
      objects:
        fence: policy
        settle: 1s
        finalPass: 3s
        every: 3s
        buckets:
          - source: {bucket: shop, copier: "arn:aws:iam::111122223333:role/cutover", probe: shop}
            target: {bucket: shop-new, copier: "arn:aws:iam::111122223333:role/cutover", probe: shop}
      """;

  /** The plan for such a world. */
  static String of(Weather weather) {
    String plan = weather.viewed() ? SHOP.replace("watch:\n", VIEW) : SHOP;
    return weather.objects() ? plan + OBJECTS : plan;
  }
}
