package dev.cutover.contract;

import java.util.Optional;
import java.util.regex.Pattern;

/** Who takes the changes of a zone, backend or listener, and how it is asked to. */
public sealed interface SwitchProvider {
  /**
   * A server that takes updates by RFC 2136, signed with TSIG.
   *
   * @param primary the server
   * @param tsigKey name of the key in the dns-service's own configuration
   */
  record Rfc2136(ServerAddress primary, String tsigKey) implements SwitchProvider {
    public Rfc2136 {
      Arguments.require(!tsigKey.isBlank(), "Expected the name of a TSIG key, but it is blank");
    }

    @Override
    public ServerAddress writtenAt() {
      return primary;
    }
  }

  /**
   * A hosted zone of Amazon Route 53.
   *
   * @param hostedZone the zone's id without {@code /hostedzone/}, such as {@code Z2FDTNDATAQYW2}
   * @param profile name of the credentials in the dns-service's own configuration; {@link
   *     #DEFAULT_PROFILE} is what the AWS SDK finds by itself
   */
  record Route53(String hostedZone, String profile) implements SwitchProvider {
    /** The credentials that the AWS SDK finds: environment, pod, instance, shared files. */
    public static final String DEFAULT_PROFILE = "default";

    /** The API's own name, which no plan changes: how it is told in reports. */
    private static final ServerAddress API = new ServerAddress("route53.amazonaws.com", 443);

    /** The API takes at most 32 characters (ResourceId). */
    private static final Pattern HOSTED_ZONE = Pattern.compile("[A-Z0-9]{1,32}");

    public Route53 {
      Arguments.require(
          HOSTED_ZONE.matcher(hostedZone).matches(),
          "Expected the id of a hosted zone such as Z2FDTNDATAQYW2, but got '%s'"
              .formatted(hostedZone));
      Arguments.require(!profile.isBlank(), "Expected the name of credentials, but it is blank");
    }

    @Override
    public ServerAddress writtenAt() {
      return API;
    }
  }

  /**
   * A zone of OpenStack Designate.
   *
   * @param cloud name of the cloud in the dns-service's own configuration, where its Keystone and
   *     credentials are
   * @param zoneId the zone's UUID, lower case with dashes
   */
  record Designate(String cloud, String zoneId) implements SwitchProvider {
    private static final Pattern CLOUD = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern ZONE_ID =
        Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    public Designate {
      Arguments.require(
          isCloud(cloud),
          "Expected the name of a cloud in lower-case letters, digits and dashes, but got '%s'"
              .formatted(cloud));
      Arguments.require(
          ZONE_ID.matcher(zoneId).matches(),
          "Expected the UUID of a zone, but got '%s'".formatted(zoneId));
    }

    /** Whether a cloud can have that name. */
    public static boolean isCloud(String name) {
      return CLOUD.matcher(name).matches();
    }

    /** No plan knows the API's address: the cloud's name stands for it. */
    @Override
    public ServerAddress writtenAt() {
      return new ServerAddress("designate." + cloud, 443);
    }
  }

  /**
   * A backend of HAProxy, changed through the runtime API of each instance. The instances are the
   * switch's authorities: each is written, and has to converge.
   *
   * @param backend its name in the configuration, the same at every instance
   * @param first the instance that is read first and told in reports; one of the authorities
   */
  record HaProxy(String backend, ServerAddress first) implements SwitchProvider {
    /** What HAProxy takes as the name of a proxy or server (configuration manual, 2.4 and 4.2). */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,120}");

    public HaProxy {
      Arguments.require(
          isName(backend), "Expected the name of a backend, but got '%s'".formatted(backend));
    }

    /** Whether that can be the name of a backend or of a server. */
    public static boolean isName(String text) {
      return NAME.matcher(text).matches();
    }

    @Override
    public ServerAddress writtenAt() {
      return first;
    }
  }

  /**
   * A zone of Cloudflare, and records of it.
   *
   * @param zoneId the zone's id: 32 hexadecimal digits, lower case
   * @param token name of an API token in the dns-service's own configuration
   * @param revertToken another user's token for reverts, which the limit of the first one's user
   *     does not stop (trap 24); the same is used when empty
   * @param edge how Cloudflare's edge is asked, where it proxies the records; it proxies none of
   *     them when empty
   */
  record Cloudflare(
      String zoneId, String token, Optional<String> revertToken, Optional<EdgeProbe> edge)
      implements SwitchProvider {
    private static final ServerAddress API = new ServerAddress("api.cloudflare.com", 443);
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    public Cloudflare {
      requireZone(zoneId, token, revertToken);
    }

    /** Of records that Cloudflare does not proxy. */
    public Cloudflare(String zoneId, String token, Optional<String> revertToken) {
      this(zoneId, token, revertToken, Optional.empty());
    }

    private static void requireZone(String zoneId, String token, Optional<String> revertToken) {
      Arguments.require(
          isId(zoneId),
          "Expected the id of a zone such as 023e105f4ecef8ad9ca31a8372d0c353, but got '%s'"
              .formatted(zoneId));
      Arguments.require(!token.isBlank(), "Expected the name of a token, but it is blank");
      Arguments.require(
          revertToken.filter(String::isBlank).isEmpty(),
          "Expected the name of a token for reverts, but it is blank");
    }

    /** Whether that can be the id of a zone, an account or a pool. */
    public static boolean isId(String text) {
      return ID.matcher(text).matches();
    }

    @Override
    public ServerAddress writtenAt() {
      return API;
    }

    @Override
    public Optional<EdgeProbe> probe() {
      return edge;
    }
  }

  /**
   * Load balancers of Cloudflare in one zone, which share requests out to pools. Their host names
   * are the switched names, the ids of pools the values.
   *
   * @param zoneId as in {@link Cloudflare}
   * @param accountId id of the account that has the pools, of the same form
   * @param token as in {@link Cloudflare}
   * @param revertToken as in {@link Cloudflare}
   * @param edge how Cloudflare's edge is asked which side has served
   */
  record CloudflarePools(
      String zoneId, String accountId, String token, Optional<String> revertToken, EdgeProbe edge)
      implements SwitchProvider {
    public CloudflarePools {
      Cloudflare.requireZone(zoneId, token, revertToken);
      Arguments.require(
          Cloudflare.isId(accountId),
          "Expected the id of an account, 32 hexadecimal digits, but got '%s'"
              .formatted(accountId));
    }

    @Override
    public ServerAddress writtenAt() {
      return Cloudflare.API;
    }

    @Override
    public Optional<EdgeProbe> probe() {
      return Optional.of(edge);
    }
  }

  /**
   * Listeners and rules of AWS's Elastic Load Balancing (version 2), which share traffic out to
   * target groups. Their ARNs are the switched names, those of the target groups the values.
   *
   * @param region where all of them are, such as {@code eu-west-1}
   * @param profile name of the credentials in the dns-service's own configuration; {@link
   *     Route53#DEFAULT_PROFILE} is what the AWS SDK finds by itself
   */
  record TargetGroups(String region, String profile) implements SwitchProvider {
    private static final String ELB =
        "arn:aws[a-z-]*:elasticloadbalancing:([a-z0-9-]+):([0-9]{12}):";
    private static final String ID = "/[0-9a-f]{1,32}";
    private static final String NAME = "/[A-Za-z0-9-]{1,32}";

    /** Of an Application or a Network Load Balancer (service authorization reference, ELB V2). */
    private static final Pattern LISTENER =
        Pattern.compile(ELB + "listener/(app|net)" + NAME + ID + ID);

    /** Only Application Load Balancers have rules. */
    private static final Pattern RULE =
        Pattern.compile(ELB + "listener-rule/app" + NAME + ID + ID + ID);

    private static final Pattern TARGET_GROUP = Pattern.compile(ELB + "targetgroup" + NAME + ID);
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,32}");
    private static final String HOST = "elbv2.";

    public TargetGroups {
      Arguments.require(
          REGION.matcher(region).matches(),
          "Expected a region such as eu-west-1, but got '%s'".formatted(region));
      Arguments.require(!profile.isBlank(), "Expected the name of credentials, but it is blank");
    }

    /** Whether that is the ARN of a listener, whose default actions are switched. */
    public static boolean isListener(String arn) {
      return LISTENER.matcher(arn).matches();
    }

    /** Whether that is the ARN of a listener's rule, whose actions are switched. */
    public static boolean isRule(String arn) {
      return RULE.matcher(arn).matches();
    }

    /** Whether that is the ARN of a target group. */
    public static boolean isTargetGroup(String arn) {
      return TARGET_GROUP.matcher(arn).matches();
    }

    /** The region of an ARN, and its account behind a slash; a load balancer reaches no other. */
    public static String placeOf(String arn) {
      String[] parts = arn.split(":", 6);
      Arguments.require(parts.length == 6, "Expected an ARN, but got '%s'".formatted(arn));
      return parts[3] + "/" + parts[4];
    }

    /** Of {@link #writtenAt}; empty if it is another kind of server. */
    public static Optional<TargetGroups> at(ServerAddress server) {
      String[] parts = server.host().split("\\.", 3);
      return server.host().startsWith(HOST) && parts.length == 3
          ? Optional.of(new TargetGroups(parts[1], parts[2]))
          : Optional.empty();
    }

    /** The API of a region, as seen with these credentials: a plan knows no address of it. */
    @Override
    public ServerAddress writtenAt() {
      return new ServerAddress(HOST + region + "." + profile, 443);
    }
  }

  /** Where changes are taken and the stored records are read, for people and reports. */
  ServerAddress writtenAt();

  /**
   * How the edge is asked that stands in front of both sides, and whose answers alone tell which of
   * them serves; empty where name servers or the balancer itself tell it.
   */
  default Optional<EdgeProbe> probe() {
    return Optional.empty();
  }
}
