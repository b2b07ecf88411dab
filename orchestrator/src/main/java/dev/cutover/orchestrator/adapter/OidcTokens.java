package dev.cutover.orchestrator.adapter;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import dev.cutover.runtime.LogKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON Web Tokens of an OpenID Connect issuer: signed by one of its present keys with a public-key
 * algorithm, for this audience, and not expired. Its keys are kept for five minutes, read again
 * when a token names an unknown one (a few times a minute at the most), and used for four hours
 * more when the issuer can't be reached.
 */
public final class OidcTokens implements Identities {
  private static final Logger LOGGER = LoggerFactory.getLogger(OidcTokens.class);

  /** Never one whose verifying key can sign, and never none. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  /** What a token may say that it is; one that says nothing is taken too. */
  private static final DefaultJOSEObjectTypeVerifier<SecurityContext> TYPES =
      new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null);

  private static final Duration SKEW_MAX = Duration.ofSeconds(30);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration KEYS_AGE_MAX = Duration.ofMinutes(5);
  private static final Duration KEYS_INTERVAL_MIN = Duration.ofSeconds(20);
  private static final Duration OUTAGE_MAX = Duration.ofHours(4);
  private static final int KEYS_BYTES_MAX = 256 * 1024;

  /**
   * Whom to believe.
   *
   * @param issuer as in claim {@code iss}; key {@code API_OIDC_ISSUER}
   * @param audience one of claim {@code aud}; key {@code API_OIDC_AUDIENCE}
   * @param keys where the issuer's key set is; key {@code API_OIDC_JWKS}, an address or a file
   * @param nameClaim holds the person's name; it must be unique and not the person's to choose; key
   *     {@code API_OIDC_NAME_CLAIM}, {@code sub} by default
   * @param rolesClaim path of the claim with roles, a list or words, such as {@code
   *     realm_access.roles}; key {@code API_OIDC_ROLES_CLAIM}, {@code roles} by default
   * @param rolesPrefix what stands before a role's name there, such as {@code cutover-}; key {@code
   *     API_OIDC_ROLES_PREFIX}, nothing by default
   */
  public record Settings(
      String issuer,
      String audience,
      URI keys,
      String nameClaim,
      String rolesClaim,
      String rolesPrefix) {}

  private final Vertx vertx;
  private final Settings settings;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  public OidcTokens(Vertx vertx, Settings settings) {
    this.vertx = vertx;
    this.settings = settings;
    int timeoutMs = Math.toIntExact(READ_TIMEOUT.toMillis());
    try {
      processor.setJWSKeySelector(
          new JWSVerificationKeySelector<>(
              ALGORITHMS,
              JWKSourceBuilder.create(
                      settings.keys().toURL(),
                      new DefaultResourceRetriever(timeoutMs, timeoutMs, KEYS_BYTES_MAX))
                  .cache(KEYS_AGE_MAX.toMillis(), 2 * READ_TIMEOUT.toMillis())
                  .refreshAheadCache(false)
                  .rateLimited(KEYS_INTERVAL_MIN.toMillis())
                  .outageTolerant(OUTAGE_MAX.toMillis())
                  .build()));
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(
          "Expected an address of keys, but found " + settings.keys(), e);
    }
    processor.setJWSTypeVerifier(TYPES);
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            settings.audience(),
            new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
            Set.of("exp", "iss", "aud"));
    claims.setMaxClockSkew(Math.toIntExact(SKEW_MAX.toSeconds()));
    processor.setJWTClaimsSetVerifier(claims);
  }

  /** Whether it looks like one of these: three parts. */
  static boolean isOne(String token) {
    return token.matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*");
  }

  @Override
  public Future<Identity> of(String token) {
    // the keys may have to be fetched
    return vertx.executeBlocking(() -> verified(token), false);
  }

  private Identity verified(String token) {
    try {
      return person(processor.process(token, null));
    } catch (RateLimitReachedException e) {
      return unknown("is signed with a key that the issuer does not have", e);
    } catch (KeySourceException e) {
      LOGGER
          .atWarn()
          .addKeyValue("keys", settings.keys())
          .addKeyValue(LogKeys.CAUSE, String.valueOf(e.getMessage()))
          .log("keys of the issuer not read");
      return new Identity.Undecided(
          "Expected to check the token with the issuer's keys, but they can't be read at the"
              + " moment");
    } catch (ExpiredJWTException e) {
      return unknown("has expired", e);
    } catch (BadJWTException e) {
      return unknown("is not for here: " + e.getMessage(), e);
    } catch (ParseException e) {
      return unknown("is none that can be read", e);
    } catch (BadJOSEException e) {
      return unknown("has no signature by one of the issuer's keys", e);
    } catch (JOSEException e) {
      return unknown("can't be checked", e);
    }
  }

  private static Identity unknown(String what, Exception cause) {
    LOGGER
        .atInfo()
        .addKeyValue(LogKeys.CAUSE, String.valueOf(cause.getMessage()))
        .log("token refused");
    return new Identity.Unknown("Expected a token of the configured issuer, but this one " + what);
  }

  private Identity person(JWTClaimsSet claims) {
    if (!(claims.getClaim(settings.nameClaim()) instanceof String name)
        || !name.matches(Person.NAME)) {
      return new Identity.Unknown(
          "Expected a name like %s as claim %s of the token, but found another"
              .formatted(Person.NAME, settings.nameClaim()));
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String word : words(claims.getClaims(), settings.rolesClaim())) {
      if (word.startsWith(settings.rolesPrefix())) {
        Role.of(word.substring(settings.rolesPrefix().length())).ifPresent(roles::add);
      }
    }
    return new Identity.Known(new Person(name, roles));
  }

  /** A claim's list or words; whoever has none has no roles. */
  private static List<String> words(Map<String, Object> claims, String path) {
    Object value = claims;
    // a claim's name may have dots itself, as those that are addresses do
    if (claims.containsKey(path)) {
      value = claims.get(path);
    } else {
      for (String part : path.split("\\.", -1)) {
        value = value instanceof Map<?, ?> map ? map.get(part) : null;
      }
    }
    return switch (value) {
      case List<?> list -> list.stream().map(String::valueOf).toList();
      case String text -> Arrays.asList(text.split(" ", -1));
      case null, default -> List.of();
    };
  }

  /** People of a file and of an issuer; either may be missing. */
  public static Identities orFile(Optional<Identities> issuer, Optional<Identities> file) {
    return token ->
        (isOne(token) ? issuer.or(() -> file) : file)
            .map(identities -> identities.of(token))
            .orElseGet(
                () ->
                    Future.succeededFuture(
                        new Identity.Unknown(
                            "Expected a token of the configured issuer, but this is none")))
            .otherwise(_ -> new Identity.Undecided("Expected to check the token, but it failed"));
  }
}
