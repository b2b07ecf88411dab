package dev.cutover.deploy.bench;

import dev.cutover.contract.CutoverId;

/** Plans whose cutovers wait for nobody but people: what is measured is the orchestrator. */
final class BenchPlans {
  private BenchPlans() {}

  static String of(CutoverId id) {
    return """
    cutover: %1$s
    rehearsal: true
    approvers: [ada, grace]
    data:
      source: {host: source.%1$s.test, database: shop, credential: shop-source}
      target: {host: target.%1$s.test, database: shop, credential: shop-target}
      tables: [shop.customers, shop.orders]
    traffic:
      zone: bench.test.
      primary: 192.0.2.53:53
      tsigKey: bench
      loweredTtl: 1s
      names:
        - name: %1$s.bench.test.
          source: [{type: A, values: [192.0.2.1]}]
          target: [{type: A, values: [192.0.2.2]}]
    bounds:
      maxWriteOutage: 30m
      maxRollbackOutage: 30m
      observation: 1s
      ttlSlack: 0s
      preparationStep: 1h
      switchStep: 20m
      proof: 1h
    rollback: {window: 0s}
    """
        .formatted(id.value());
  }
}
