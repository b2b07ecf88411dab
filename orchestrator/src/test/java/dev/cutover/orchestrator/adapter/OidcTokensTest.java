package dev.cutover.orchestrator.adapter;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.cutover.runtime.Payload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A small issuer, its keys, and every token that must not be believed. */
@SuppressWarnings("JavaUtilDate") // the library's claims are of this type
final class OidcTokensTest {
  private static final String ISSUER = "https://issuer.test";

  @RegisterExtension
  static final WireMockExtension KEYS =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort())
          .build();

  private static Vertx vertx;
  private static RSAKey rsa;
  private static RSAKey next;
  private static ECKey ec;

  @TempDir private Path directory;
  private OidcTokens tokens;

  @BeforeAll
  static void make() throws JOSEException {
    vertx = Vertx.vertx();
    rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
    next = new RSAKeyGenerator(2048).keyID("next").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
  }

  @AfterAll
  static void close() {
    var _ = vertx.close();
  }

  @BeforeEach
  void publish() {
    publish(rsa, ec);
    tokens = new OidcTokens(vertx, settings(KEYS.baseUrl() + "/keys", "sub", "roles", ""));
  }

  private static void publish(JWK... keys) {
    KEYS.stubFor(get("/keys").willReturn(okJson(new JWKSet(List.of(keys)).toString(true))));
  }

  private static OidcTokens.Settings settings(
      String keys, String nameClaim, String rolesClaim, String prefix) {
    return new OidcTokens.Settings(
        ISSUER, "cutover", URI.create(keys), nameClaim, rolesClaim, prefix);
  }

  @Test
  void shouldKnowAPersonByATokenOfEitherKindOfKey() throws Exception {
    // given
    Identity ada = new Identity.Known(new Person("ada", Set.of(Role.OPERATOR, Role.APPROVER)));
    // when, then
    assertThat(identity(rsa(good()))).isEqualTo(ada);
    assertThat(
            identity(
                signed(
                    new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("ec").build(),
                    good(),
                    new ECDSASigner(ec))))
        .isEqualTo(ada);
    assertThat(
            identity(
                signed(
                    new JWSHeader.Builder(JWSAlgorithm.PS384)
                        .type(new JOSEObjectType("at+jwt"))
                        .keyID("rsa")
                        .build(),
                    good(),
                    new RSASSASigner(rsa))))
        .isEqualTo(ada);
    // the keys were fetched once
    KEYS.verify(1, getRequestedFor(urlEqualTo("/keys")));
  }

  @Test
  void shouldTakeATokenWithinTheLeewayOfClocksAndNoLonger() throws Exception {
    assertThat(identity(rsa(with(c -> c.expirationTime(in(-10))))))
        .isInstanceOf(Identity.Known.class);
    assertThat(identity(rsa(with(c -> c.notBeforeTime(in(10))))))
        .isInstanceOf(Identity.Known.class);
    assertThat(refusal(rsa(with(c -> c.expirationTime(in(-60)))))).contains("has expired");
    assertThat(refusal(rsa(with(c -> c.notBeforeTime(in(60)))))).contains("not for here");
  }

  @Test
  void shouldRefuseATokenThatIsNotForHere() throws Exception {
    assertThat(refusal(rsa(with(c -> c.issuer("https://other.test"))))).contains("not for here");
    assertThat(refusal(rsa(with(c -> c.issuer(null))))).contains("not for here");
    assertThat(refusal(rsa(with(c -> c.audience("elsewhere"))))).contains("not for here");
    assertThat(refusal(rsa(with(c -> c.audience((String) null))))).contains("not for here");
    assertThat(refusal(rsa(with(c -> c.expirationTime(null))))).contains("not for here");
  }

  @Test
  void shouldRefuseATokenWithoutASignatureOfTheIssuer() throws Exception {
    // given: none at all
    assertThat(refusal(new PlainJWT(good()).serialize())).contains("no signature");
    // the public key, used as if it were a shared secret
    byte[] secret = rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
    assertThat(
            refusal(
                signed(
                    new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa").build(),
                    good(),
                    new MACSigner(secret))))
        .contains("no signature");
    // another key by a known name
    assertThat(
            refusal(
                signed(
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").build(),
                    good(),
                    new RSASSASigner(next))))
        .contains("no signature");
    // a key that the token brings itself
    assertThat(
            refusal(
                signed(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID("rsa")
                        .jwk(next.toPublicJWK())
                        .build(),
                    good(),
                    new RSASSASigner(next))))
        .contains("no signature");
    // another's claims under a good signature
    String[] parts = rsa(good()).split("\\.", -1);
    String[] others = rsa(with(c -> c.subject("mallory"))).split("\\.", -1);
    assertThat(refusal(parts[0] + "." + others[1] + "." + parts[2])).contains("no signature");
    // another kind of token
    assertThat(
            refusal(
                signed(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .type(new JOSEObjectType("logout+jwt"))
                        .keyID("rsa")
                        .build(),
                    good(),
                    new RSASSASigner(rsa))))
        .contains("no signature");
    assertThat(refusal("a.b.c")).contains("none that can be read");
  }

  @Test
  void shouldReadTheKeysAgainWhenTheyWereChanged() throws Exception {
    // given
    assertThat(identity(rsa(good()))).isInstanceOf(Identity.Known.class);
    publish(next);
    // when, then
    assertThat(identity(next(good()))).isInstanceOf(Identity.Known.class);
    assertThat(refusal(rsa(good()))).startsWith("Expected a token of the configured issuer");
  }

  @Test
  void shouldReadTheKeysAFewTimesOnlyWhenTokensNameUnknownOnes() throws Exception {
    // given
    assertThat(identity(rsa(good()))).isInstanceOf(Identity.Known.class);
    // when
    for (int i = 0; i < 20; i++) {
      assertThat(refusal(next(good()))).startsWith("Expected a token of the configured issuer");
    }
    // then
    assertThat(KEYS.findAll(getRequestedFor(urlEqualTo("/keys")))).hasSizeLessThan(4);
    assertThat(identity(rsa(good()))).isInstanceOf(Identity.Known.class);
  }

  @Test
  void shouldDecideNothingWhileTheKeysAreOutOfReach() throws Exception {
    // given
    KEYS.stubFor(get("/keys").willReturn(aResponse().withStatus(500)));
    // when, then
    assertThat(identity(rsa(good())))
        .isEqualTo(
            new Identity.Undecided(
                "Expected to check the token with the issuer's keys, but they can't be read at the"
                    + " moment"));
  }

  @Test
  void shouldGoOnWithKnownKeysWhenTheIssuerFails() throws Exception {
    // given
    assertThat(identity(rsa(good()))).isInstanceOf(Identity.Known.class);
    KEYS.stubFor(get("/keys").willReturn(aResponse().withStatus(500)));
    // when: an unknown key makes it ask again
    assertThat(identity(next(good()))).isNotInstanceOf(Identity.Known.class);
    // then
    assertThat(identity(rsa(good()))).isInstanceOf(Identity.Known.class);
  }

  @Test
  void shouldReadKeysFromAFile() throws Exception {
    // given
    Path file = directory.resolve("keys.json");
    Files.writeString(file, new JWKSet(rsa).toString(true));
    tokens = new OidcTokens(vertx, settings(file.toUri().toString(), "sub", "roles", ""));
    // when, then
    assertThat(identity(rsa(good()))).isInstanceOf(Identity.Known.class);
  }

  @Test
  void shouldFindNameAndRolesWhereTheSettingsSay() throws Exception {
    // given
    tokens =
        new OidcTokens(
            vertx, settings(KEYS.baseUrl() + "/keys", "email", "realm_access.roles", "cutover-"));
    // when, then
    assertThat(
            identity(
                rsa(
                    with(
                        c ->
                            c.claim("email", "ada@example.com")
                                .claim(
                                    "realm_access",
                                    Map.of(
                                        "roles",
                                        List.of("cutover-viewer", "operator", "cutover-king")))))))
        .isEqualTo(new Identity.Known(new Person("ada@example.com", Set.of(Role.VIEWER))));
    assertThat(refusal(rsa(good()))).contains("as claim email of the token");
  }

  @Test
  void shouldFindRolesAsWordsOrUnderAnAddress() throws Exception {
    // given
    tokens =
        new OidcTokens(
            vertx, settings(KEYS.baseUrl() + "/keys", "sub", "https://example.com/roles", ""));
    // when, then
    assertThat(
            identity(rsa(with(c -> c.claim("https://example.com/roles", "viewer administrator")))))
        .isEqualTo(new Identity.Known(new Person("ada", Set.of(Role.VIEWER, Role.ADMINISTRATOR))));
    assertThat(identity(rsa(good()))).isEqualTo(new Identity.Known(new Person("ada", Set.of())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ada", "a/b", "ada\nnew line", "-ada"})
  void shouldRefuseANameThatCouldMislead(String name) throws Exception {
    assertThat(refusal(rsa(with(c -> c.subject(name))))).contains("Expected a name like");
  }

  @Test
  void shouldAskTheFileForTokensOfNoIssuer() throws Exception {
    // given
    Path file = directory.resolve("people.properties");
    Files.writeString(
        file, "eve.sha256=%s\neve.roles=viewer\n".formatted(Payload.of("secret").sha256()));
    Identities both = OidcTokens.orFile(Optional.of(tokens), Optional.of(new TokensFile(file)));
    // when, then
    assertThat(await(both.of("secret"))).isInstanceOf(Identity.Known.class);
    assertThat(await(both.of(rsa(good())))).isInstanceOf(Identity.Known.class);
    assertThat(await(both.of("other"))).isInstanceOf(Identity.Unknown.class);
    assertThat(await(OidcTokens.orFile(Optional.of(tokens), Optional.empty()).of("secret")))
        .isInstanceOf(Identity.Unknown.class);
  }

  private static JWTClaimsSet good() {
    return with(UnaryOperator.identity());
  }

  private static JWTClaimsSet with(UnaryOperator<JWTClaimsSet.Builder> change) {
    return change
        .apply(
            new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(List.of("other", "cutover"))
                .subject("ada")
                .claim("roles", List.of("operator", "Approver", "baker"))
                .expirationTime(in(300)))
        .build();
  }

  private static Date in(long seconds) {
    return Date.from(Instant.now().plusSeconds(seconds));
  }

  private static String rsa(JWTClaimsSet claims) throws JOSEException {
    return signed(
        new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT).keyID("rsa").build(),
        claims,
        new RSASSASigner(rsa));
  }

  private static String next(JWTClaimsSet claims) throws JOSEException {
    return signed(
        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("next").build(),
        claims,
        new RSASSASigner(next));
  }

  private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer)
      throws JOSEException {
    SignedJWT token = new SignedJWT(header, claims);
    token.sign(signer);
    return token.serialize();
  }

  private String refusal(String token) throws IOException {
    assertThat(identity(token)).isInstanceOf(Identity.Unknown.class);
    return ((Identity.Unknown) identity(token)).sentence();
  }

  private Identity identity(String token) throws IOException {
    return await(tokens.of(token));
  }

  private static Identity await(Future<Identity> identity) throws IOException {
    try {
      return identity
          .toCompletionStage()
          .toCompletableFuture()
          .get(Duration.ofSeconds(20).toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
