package dev.cutover.contract;

import java.util.Optional;
import java.util.regex.Pattern;

/** Who takes the changes of a zone or backend, and how it is asked to. */
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
   * A zone of Cloudflare, with records that it does not proxy.
   *
   * @param zoneId the zone's id: 32 hexadecimal digits, lower case
   * @param token name of an API token in the dns-service's own configuration
   * @param revertToken another user's token for reverts, which the limit of the first one's user
   *     does not stop (trap 24); the same is used when empty
   */
  record Cloudflare(String zoneId, String token, Optional<String> revertToken)
      implements SwitchProvider {
    private static final ServerAddress API = new ServerAddress("api.cloudflare.com", 443);
    private static final Pattern ZONE_ID = Pattern.compile("[0-9a-f]{32}");

    public Cloudflare {
      Arguments.require(
          ZONE_ID.matcher(zoneId).matches(),
          "Expected the id of a zone such as 023e105f4ecef8ad9ca31a8372d0c353, but got '%s'"
              .formatted(zoneId));
      Arguments.require(!token.isBlank(), "Expected the name of a token, but it is blank");
      Arguments.require(
          revertToken.filter(String::isBlank).isEmpty(),
          "Expected the name of a token for reverts, but it is blank");
    }

    @Override
    public ServerAddress writtenAt() {
      return API;
    }
  }

  /** Where changes are taken and the stored records are read, for people and reports. */
  ServerAddress writtenAt();
}
