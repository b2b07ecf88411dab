package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.SwitchedName;
import dev.cutover.contract.ViewLook;
import dev.cutover.dns.adapter.DnsjavaProbe;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.Rfc2136Switch;
import dev.cutover.dns.adapter.TsigKeys;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.TxtAffix;
import dev.cutover.dns.domain.proof.DnsProbe;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.Query;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Silence;
import dev.cutover.dns.domain.proof.DnsProbe.Silent;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Signatures that end before a cutover does: a zone that a real BIND signs, and one that none. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignatureLookIT extends DnsOrders {
  private static final String NAME = "n1." + Authorities.ZONE;

  private final List<Query> asked = new CopyOnWriteArrayList<>();
  private BindAuthorities signed;
  private BindAuthorities plain;
  private DnsProbe probe = this::ask;
  private DnsService service;

  SignatureLookIT() {
    super("signed");
  }

  @Override
  DnsService service() {
    return service;
  }

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    signed = BindAuthorities.signed(Files.createDirectories(directory.resolve("signed")));
    plain = new BindAuthorities(Files.createDirectories(directory.resolve("plain")));
    service =
        new DnsService(
            new Rfc2136Switch(
                new TsigKeys(
                    Credentials.of(
                        Map.of(
                            "good.tsig.user", Authorities.KEY_NAME,
                            "good.tsig.password", Authorities.KEY_SECRET)))),
            new DnsjavaQueries(),
            new AllowList(Set.of(Authorities.ZONE), Set.of("127.0.0.1")),
            List.of(TxtAffix.NONE),
            Optional.empty(),
            Optional.of(
                new SignatureLook(query -> probe.ask(query), InstantSource.system(), Pace.MACHINE)),
            Optional.empty(),
            Duration.ofSeconds(30),
            InstantSource.system(),
            Pace.MACHINE);
    for (ServerAddress server : List.of(signed.primary(), signed.secondary())) {
      await("signed at " + server)
          .atMost(Duration.ofSeconds(30))
          .until(() -> isSigned(server, NAME) && isSigned(server, "n99." + Authorities.ZONE));
    }
  }

  @AfterEach
  void askAll() {
    probe = this::ask;
    asked.clear();
  }

  @AfterAll
  void stop() {
    if (service != null) {
      service.close();
    }
    if (plain != null) {
      plain.close();
    }
    if (signed != null) {
      signed.close();
    }
  }

  @Test
  void shouldRefuseACutoverWhoseSignaturesEndBeforeItIsOver() {
    // given: they end after three days at the latest
    long serial = signed.serial();
    // when
    Reply reply = capture(spec(signed), in(Duration.ofDays(10)));
    // then
    assertFailed(
        reply,
        FailureKind.UNSUITABLE,
        "Expected signatures of shop.example. that last until " + day(Duration.ofDays(10)));
    assertFailed(reply, FailureKind.UNSUITABLE, ", but RRSIG of ");
    assertThat(signed.serial()).isEqualTo(serial);
  }

  @Test
  void shouldCaptureWhenTheyLastAndSayHowLong() {
    // when: by what the order says, and by what is usual
    Reply said = capture(spec(signed), in(Duration.ofHours(30)));
    Reply unsaid = handle(new CaptureRecords(header(2), spec(signed)));
    // then
    for (Reply reply : List.of(said, unsaid)) {
      assertThat(reply)
          .isInstanceOfSatisfying(
              RecordsCaptured.class,
              captured ->
                  assertThat(captured.signatures().orElseThrow())
                      .startsWith("the first signature to end is RRSIG of ")
                      .doesNotContain("not seen", "none from"));
    }
    assertThat(asked).extracting(Query::server).contains(signed.primary(), signed.secondary());
    assertThat(asked)
        .extracting(query -> query.name() + " " + query.type())
        .contains(NAME + " A", NAME + " HTTPS", "shop.example. SOA", "shop.example. DNSKEY");
  }

  @Test
  void shouldOnlyTellWhatEndsWhereThePlanSaysThatItIsRenewed() {
    // given
    SwitchSpec renewed =
        spec(signed).withProof(new SwitchProof(List.of(), false, List.of(), Optional.of(false)));
    // when
    Reply reply = capture(renewed, in(Duration.ofDays(10)));
    // then
    assertThat(reply)
        .isInstanceOfSatisfying(
            RecordsCaptured.class,
            captured ->
                assertThat(captured.signatures().orElseThrow())
                    .startsWith("Expected signatures of shop.example. that last until "));
  }

  @Test
  void shouldAskOnceWhenTheZoneIsNotSigned() {
    // when
    Reply reply = capture(spec(plain), in(Duration.ofDays(10)));
    // then
    assertThat(reply)
        .isInstanceOfSatisfying(
            RecordsCaptured.class,
            captured -> assertThat(captured.signatures()).contains("the zone is not signed"));
    assertThat(asked).hasSize(1);
  }

  @Test
  void shouldLookAtAViewThroughItsOwnAuthorities() {
    // given
    SwitchSpec viewed =
        spec(plain).withViews(List.of(new SwitchView("private", "corporate", spec(signed))));
    // when
    Reply ends = capture(viewed, in(Duration.ofDays(10)));
    Reply lasts = capture(viewed, in(Duration.ofHours(30)));
    // then
    assertFailed(
        ends,
        FailureKind.UNSUITABLE,
        "View 'private': Expected signatures of shop.example. that last until ");
    assertThat(lasts)
        .isInstanceOfSatisfying(
            RecordsCaptured.class,
            captured -> {
              assertThat(captured.signatures()).contains("the zone is not signed");
              assertThat(captured.looks().orElseThrow())
                  .singleElement()
                  .extracting(ViewLook::signatures)
                  .asString()
                  .contains("the first signature to end is RRSIG of ");
            });
  }

  @Test
  void shouldSayThatNothingWasSeenAndRefuseNothing() {
    // given
    probe = _ -> new Silent(Silence.NO_ANSWER, "no answer in time");
    // when
    Reply reply = capture(spec(signed), in(Duration.ofDays(10)));
    // then
    assertThat(reply)
        .isInstanceOfSatisfying(
            RecordsCaptured.class,
            captured ->
                assertThat(captured.signatures().orElseThrow())
                    .startsWith("whether the zone is signed was not seen: ")
                    .contains(signed.primary() + ": no answer in time"));
  }

  private Reply capture(SwitchSpec spec, Instant signedUntil) {
    return handle(new CaptureRecords(header(1), spec, Optional.of(signedUntil)));
  }

  private static Instant in(Duration time) {
    return Instant.now().plus(time);
  }

  /** Such as {@code 2026-12-11T}; TTLs are minutes, and nobody runs this at midnight. */
  private static String day(Duration time) {
    return in(time).plusSeconds(330).toString().substring(0, 11);
  }

  private DnsProbe.Reply ask(Query query) {
    asked.add(query);
    return new DnsjavaProbe().ask(query);
  }

  private static boolean isSigned(ServerAddress server, String name) {
    return new DnsjavaProbe().ask(ProbePoll.ofAuthority(server, Transport.UDP, name, QueryType.A))
            instanceof Given given
        && !given.signatures().isEmpty();
  }

  private static SwitchSpec spec(BindAuthorities servers) {
    SwitchedName name =
        new SwitchedName(
            NAME,
            List.of(
                new RecordSet(NAME, RecordType.A, 30, List.of("10.0.0.1", "10.0.0.2")),
                new RecordSet(NAME, RecordType.AAAA, 30, List.of("2001:db8::1")),
                new RecordSet(NAME, RecordType.HTTPS, 30, List.of("1 . alpn=h2"))),
            List.of(new RecordSet(NAME, RecordType.A, 30, List.of("10.1.0.1"))));
    return new SwitchSpec(
        Authorities.ZONE,
        new Rfc2136(servers.primary(), "good"),
        List.of(name),
        List.of(servers.primary(), servers.secondary()),
        List.of(),
        30);
  }
}
