package dev.cutover.deploy.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cutover.dns.elb.ElbServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * The double of AWS's load balancers with a listener for each way. What it has stored is what a
 * real HAProxy shares customers out by.
 */
final class TargetGroupsLab extends BalancedLab {
  private static final String REGION = "eu-west-1";
  private static final String ELB =
      "arn:aws:elasticloadbalancing:%s:123456789012:".formatted(REGION);
  private static final String BLUE = ELB + "targetgroup/blue/73e2d6bc24d8a067";
  private static final String GREEN = ELB + "targetgroup/green/09966783158cda59";
  private static final Map<Way, String> LISTENERS =
      Map.of(
          Way.GREEN, ELB + "listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2",
          Way.CANARY, ELB + "listener/app/web/50dc6c495c0c9188/0467ef3c8400ae65");

  private final ElbServer server;

  TargetGroupsLab(Path directory, int shopPort) throws IOException {
    super(
        new BalancedCustomers(
            directory,
            "groups.example",
            shopPort,
            Map.of(Way.GREEN, "127.0.0.8", Way.CANARY, "127.0.0.9")));
    server = new ElbServer(REGION, this::weighed);
    server.group(BLUE, "HTTP", "healthy");
    server.group(GREEN, "HTTP", "healthy");
    LISTENERS
        .values()
        .forEach(
            arn ->
                server.forward(
                    arn, "HTTP", JsonNodeFactory.instance.objectNode(), ElbServer.forwardTo(BLUE)));
  }

  private void weighed(String arn, Map<String, Integer> weights) {
    Way way = arn.equals(LISTENERS.get(Way.GREEN)) ? Way.GREEN : Way.CANARY;
    customers.weigh(way, weights.getOrDefault(BLUE, 0), weights.getOrDefault(GREEN, 0));
  }

  @Override
  public String label() {
    return "groups";
  }

  @Override
  public String traffic(Way way) {
    return """
      targetGroups:
        listeners: ["%s"]
        profile: lab
        source: ["%s"]
        target: ["%s"]
    """
        .formatted(LISTENERS.get(way), BLUE, GREEN);
  }

  @Override
  public Access access() {
    return new Access(
        Map.of("lab.elb.user", "GOOD", "lab.elb.password", "c2VjcmV0"),
        Set.of(),
        Set.of(),
        Map.of(
            "CUTOVER_DNS_ALLOWED_LISTENERS",
            String.join(",", LISTENERS.values()),
            "CUTOVER_DNS_ELB_ENDPOINT",
            server.endpoint().toString()));
  }

  @Override
  public void close() {
    server.close();
    super.close();
  }
}
