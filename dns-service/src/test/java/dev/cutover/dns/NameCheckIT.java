package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.NameCheck.Look;
import dev.cutover.dns.adapter.DnsjavaProbe;
import dev.cutover.dns.domain.proof.Expected;
import dev.cutover.dns.domain.proof.Finding;
import dev.cutover.dns.domain.proof.Inquiry;
import dev.cutover.dns.domain.proof.NameReport;
import dev.cutover.dns.domain.proof.Quorums;
import dev.cutover.dns.domain.proof.Server;
import dev.cutover.dns.domain.proof.Undiscovered;
import dev.cutover.dns.domain.proof.Verdict;
import dev.cutover.dns.domain.proof.WatchMemory;
import dev.cutover.runtime.FreePort;
import dev.cutover.runtime.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every verdict on real servers. Each test has a name of the zone for itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NameCheckIT {
  /** A notify that is lost is sent again after 15 s. */
  private static final Duration FOLLOW_MAX = Duration.ofSeconds(30);

  private static final String OLD = "10.0.0.1";
  private static final String NEW = "10.1.0.1";

  private BindAuthorities authorities;
  private UnboundResolver honest;
  private UnboundResolver clamping;
  private UnboundResolver stale;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    authorities = new BindAuthorities(directory);
    honest =
        new UnboundResolver(
            directory, authorities, 0, "server:", "access-control: 127.0.0.1/32 allow_snoop");
    clamping = new UnboundResolver(directory, authorities, 60);
    stale =
        new UnboundResolver(
            directory,
            authorities,
            0,
            "server:",
            "serve-expired: yes",
            "serve-expired-client-timeout: 0",
            "serve-expired-reply-ttl: 30");
  }

  @AfterAll
  void stop() {
    for (AutoCloseable server : Arrays.asList(stale, clamping, honest, authorities)) {
      try {
        if (server != null) {
          server.close();
        }
      } catch (Exception e) {
        Assertions.fail(e);
      }
    }
  }

  @Test
  void shouldAgreeWhenAllServeTheSame() throws Exception {
    // when
    NameReport report = look(name(0), Expected.NOTHING, honest).report();
    // then
    assertThat(report.agrees()).as(report.toString()).isTrue();
    assertThat(report.links().getFirst().zone()).isEqualTo(Authorities.ZONE);
    assertThat(report.links().getFirst().apexHosts()).containsExactly("ns1.shop.example.");
    assertThat(report.authorities())
        .hasSize(6)
        .allSatisfy(
            finding -> {
              assertThat(finding.verdict()).isEqualTo(Verdict.AGREES);
              assertThat(finding.transport()).isEqualTo("udp+tcp");
              assertThat(finding.ttlSeconds()).isEqualTo(300);
              assertThat(finding.serial()).isPresent();
            });
    assertThat(report.resolvers()).hasSize(3).allMatch(Finding::holds);
    assertThat(report.dnssec().signed()).isFalse();
  }

  @Test
  void shouldCarryAChangeFromOldToNewAndTellWhoLags() throws Exception {
    // given: all resolvers have the old record
    String name = name(1);
    write(name, 4, OLD);
    awaitFollowed(name, OLD);
    List.of(honest, clamping, stale).forEach(resolver -> resolver.values(name));
    Expected expected = expect(name);
    NameCheck check = check();
    Look before = check.look(inquiry(name, expected, all()), WatchMemory.empty(true));
    assertThat(verdicts(before.report().authorities())).containsOnly(Verdict.OLD);
    assertThat(before.report().resolvers()).isEmpty();

    // when: the secondary does not follow
    authorities.holdSecondary(true);
    try {
      write(name, 4, NEW);
      Look held = check.look(inquiry(name, expected, all()), before.memory());
      // then: no resolver is asked, which might fetch the old record again
      assertThat(verdicts(held.report().authorities())).containsExactly(Verdict.NEW, Verdict.OLD);
      assertThat(held.report().authorities().getLast().reason()).contains("is older than");
      assertThat(held.report().resolvers()).isEmpty();
      assertThat(held.report().notes()).anyMatch(note -> note.startsWith("No resolver was asked"));
      assertThat(held.overAt()).isEmpty();
    } finally {
      authorities.holdSecondary(false);
    }

    // when: it does
    List<Look> looks = new CopyOnWriteArrayList<>();
    Look last =
        new NameWatch(check, Pace.MACHINE)
            .run(
                inquiry(name, expected, List.of(server(honest, "own"), server(stale, "own"))),
                FOLLOW_MAX.multipliedBy(2),
                Duration.ofMillis(200),
                looks::add);
    // then
    assertThat(last.report().agrees()).as(last.report().summary()).isTrue();
    Look converged =
        looks.stream().filter(look -> look.report().authoritiesAgree()).findFirst().orElseThrow();
    assertThat(converged.overAt().orElseThrow()).isBeforeOrEqualTo(Instant.now().plusSeconds(6));
    assertThat(verdictsOf(looks, stale)).contains(Verdict.STALE).endsWith(Verdict.NEW);
    assertThat(verdictsOf(looks, honest)).endsWith(Verdict.NEW).doesNotContain(Verdict.STALE);

    // and the one that clamps has not followed, for longer than anybody told it; in the one second
    // in which its copy has exactly 30 s left, a single look takes it for a stale one
    await()
        .untilAsserted(
            () ->
                assertThat(look(name, withOld(name), clamping).report().resolvers())
                    .singleElement()
                    .satisfies(
                        finding -> {
                          assertThat(finding.verdict()).isEqualTo(Verdict.CLAMPED);
                          assertThat(finding.holds()).isFalse();
                          assertThat(finding.values()).containsExactly(OLD);
                          assertThat(finding.ttlSeconds()).isBetween(5, 60);
                        }));
  }

  @Test
  void shouldCountAClampedResolverWithTheRightRecords() throws Exception {
    // given
    String name = name(2);
    write(name, 4, NEW);
    awaitFollowed(name, NEW);
    // when
    NameReport report = look(name, expect(name), clamping).report();
    // then
    assertThat(report.agrees()).isTrue();
    assertThat(verdicts(report.resolvers())).containsExactly(Verdict.CLAMPED);
    assertThat(report.notes()).anyMatch(note -> note.startsWith("Longer than told"));
  }

  @Test
  void shouldTellARememberedAbsence() throws Exception {
    // given: asked before it is there
    String name = "early." + Authorities.ZONE;
    assertThat(honest.values(name)).isEmpty();
    write(name, 4, NEW);
    awaitFollowed(name, NEW);
    // when
    NameReport report = look(name, expect(name), honest).report();
    // then
    assertThat(report.agrees()).isFalse();
    assertThat(report.resolvers())
        .singleElement()
        .extracting("verdict")
        .isEqualTo(Verdict.NEGATIVE);
    assertThat(report.resolvers().getFirst().reason())
        .contains("the name does not exist, for up to");
  }

  @Test
  void shouldNotPlantAnAbsence() throws Exception {
    // given
    String name = "late." + Authorities.ZONE;
    // when: looked at before it is there
    NameReport before = look(name, expect(name), honest).report();
    write(name, 4, NEW);
    awaitFollowed(name, NEW);
    // then
    assertThat(before.agrees()).isFalse();
    assertThat(before.resolvers()).isEmpty();
    assertThat(honest.values(name)).containsExactly(NEW);
  }

  @Test
  void shouldTellMixedRecordsAtAuthorityAndResolver() throws Exception {
    // given: a resolver that has seen both for a moment
    String name = name(3);
    write(name, 300, OLD, NEW);
    awaitFollowed(name, OLD, NEW);
    NameReport both = look(name, withOld(name), honest).report();
    assertThat(honest.values(name)).hasSize(2);
    write(name, 300, NEW);
    awaitFollowed(name, NEW);
    // when
    NameReport report = look(name, withOld(name), honest).report();
    // then
    assertThat(verdicts(both.authorities())).containsExactly(Verdict.MIXED, Verdict.MIXED);
    assertThat(verdicts(report.authorities())).containsExactly(Verdict.NEW, Verdict.NEW);
    assertThat(verdicts(report.resolvers())).containsExactly(Verdict.MIXED);
  }

  @Test
  void shouldTellAResolverThatFetchesFromALaggardThatNobodyAsks() throws Exception {
    // given: only the primary is known to be an authority
    String name = name(4);
    write(name, 2, OLD);
    awaitFollowed(name, OLD);
    Inquiry inquiry =
        new Inquiry(
            name,
            List.of(RecordType.A),
            expect(name),
            List.of(authority(authorities.primary())),
            List.of(server(honest, "own")),
            new Quorums(Map.of()),
            Duration.ofHours(1));
    NameCheck check = check();
    List<Look> looks = new ArrayList<>();
    looks.add(check.look(inquiry, WatchMemory.empty(true)));
    authorities.holdSecondary(true);
    try {
      write(name, 2, NEW);
      // when, then: it picks either server each time that its copy has ended
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(300))
          .untilAsserted(
              () -> {
                looks.add(check.look(inquiry, looks.getLast().memory()));
                assertThat(looks.getLast().report().resolvers())
                    .singleElement()
                    .satisfies(
                        finding -> {
                          assertThat(finding.verdict()).isEqualTo(Verdict.OLD);
                          assertThat(finding.reason()).contains("a server lags that nobody asked");
                        });
              });
    } finally {
      authorities.holdSecondary(false);
    }
  }

  @Test
  void shouldTakeACacheForNoAuthority() throws Exception {
    // given: as where port 53 is intercepted, each "authority" is a cache
    String name = name(5);
    honest.values(name);
    Inquiry inquiry =
        new Inquiry(
            name,
            List.of(RecordType.A),
            Expected.NOTHING,
            List.of(authority(honest.address())),
            List.of(server(clamping, "own")),
            new Quorums(Map.of()),
            Duration.ofHours(1));
    // when
    NameReport report = check().look(inquiry, WatchMemory.empty(false)).report();
    // then
    assertThat(report.agrees()).isFalse();
    assertThat(verdicts(report.authorities())).containsOnly(Verdict.INTERCEPTED);
    assertThat(report.resolvers()).isEmpty();
    assertThat(report.notes()).anyMatch(note -> note.contains("port 53 is intercepted"));
  }

  @Test
  void shouldTellWhoCanNotBeReached() throws Exception {
    // given
    ServerAddress nobody = new ServerAddress("127.0.0.1", FreePort.next());
    Inquiry inquiry =
        new Inquiry(
            name(6),
            List.of(RecordType.A),
            Expected.NOTHING,
            List.of(authority(authorities.primary()), authority(nobody)),
            List.of(new Server(nobody, "", "own"), server(honest, "own")),
            Quorums.parse(List.of("own=50%")),
            Duration.ofHours(1));
    // when
    NameReport report = check().look(inquiry, WatchMemory.empty(false)).report();
    // then: half of the resolvers is enough here, half of the authorities never is
    assertThat(verdicts(report.authorities())).containsExactly(Verdict.AGREES, Verdict.UNREACHABLE);
    assertThat(verdicts(report.resolvers())).containsExactly(Verdict.UNREACHABLE, Verdict.AGREES);
    assertThat(report.tallies()).extracting("met").containsExactly(false, true);
    assertThat(report.agrees()).isFalse();
    assertThat(report.summary()).contains("127.0.0.1:%d: unreachable".formatted(nobody.port()));
  }

  @Test
  void shouldSayThatNoAuthorityAnswers() throws Exception {
    // given
    ServerAddress nobody = new ServerAddress("127.0.0.1", FreePort.next());
    Inquiry inquiry =
        new Inquiry(
            name(6),
            List.of(RecordType.A),
            Expected.NOTHING,
            List.of(authority(nobody)),
            List.of(),
            new Quorums(Map.of()),
            Duration.ofHours(1));
    // when, then
    Assertions.assertThatThrownBy(() -> check().look(inquiry, WatchMemory.empty(false)))
        .isInstanceOf(Undiscovered.class)
        .hasMessageContaining("Expected an authority of n6.shop.example. to answer")
        .hasMessageContaining("nothing listens there");
  }

  @Test
  void shouldFollowAnAliasAndTellAWildcard() throws Exception {
    // given
    String alias = "alias." + Authorities.ZONE;
    String wild = "any.wild." + Authorities.ZONE;
    ForeignWriter.replace(
        Authorities.ZONE,
        authorities.primary(),
        new RecordSet(alias, RecordType.CNAME, 60, List.of(wild)));
    awaitFollowed(alias, OLD);
    // when
    NameReport report = look(alias, Expected.NOTHING, honest).report();
    NameReport wildcard = look(wild, Expected.NOTHING, honest).report();
    // then
    assertThat(report.agrees()).as(report.toString()).isTrue();
    assertThat(report.links()).extracting("name").containsExactly(alias, wild);
    assertThat(report.authorities())
        .extracting(Finding::type)
        .contains(RecordType.CNAME, RecordType.A);
    assertThat(report.resolvers())
        .singleElement()
        .satisfies(finding -> assertThat(finding.values()).containsExactly(OLD));
    assertThat(wildcard.notes()).anyMatch(note -> note.contains("*.wild.shop.example."));
  }

  @Test
  void shouldSayThatANameIsUnknown() throws Exception {
    // when
    NameReport report = look("nothing." + Authorities.ZONE, Expected.NOTHING, honest).report();
    // then
    assertThat(report.agrees()).isFalse();
    assertThat(report.resolvers()).isEmpty();
    assertThat(report.summary())
        .isEqualTo(
            "Expected records of nothing.shop.example., but its authorities have none of type A,"
                + " AAAA, HTTPS: the name does not exist");
  }

  @Test
  void shouldEndTheWatchInTimeWhenNobodyFollows() throws Exception {
    // given
    List<Look> looks = new ArrayList<>();
    Future<Look> watched =
        Pace.MACHINE.fork(
            "watch",
            () ->
                new NameWatch(check(), Pace.MACHINE)
                    .run(
                        inquiry(name(7), expect(name(7)), all()),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(300),
                        looks::add));
    // when
    Look last = watched.get();
    // then: the first look takes what is there for old
    assertThat(last.report().agrees()).isFalse();
    assertThat(looks).hasSizeBetween(2, 5);
    assertThat(looks.getFirst().changes()).hasSize(2);
    assertThat(looks.get(1).changes()).isEmpty();
    assertThat(verdicts(last.report().authorities())).containsOnly(Verdict.OLD);
  }

  private static String name(int number) {
    return "n%d.%s".formatted(number, Authorities.ZONE);
  }

  private static Expected expect(String name) {
    assertThat(name).endsWith(Authorities.ZONE);
    return new Expected(Map.of(RecordType.A, List.of(NEW)), Map.of());
  }

  private static Expected withOld(String name) {
    return new Expected(expect(name).wanted(), Map.of(RecordType.A, List.of(OLD)));
  }

  private void write(String name, int ttlSeconds, String... addresses) {
    ForeignWriter.replace(
        Authorities.ZONE,
        authorities.primary(),
        new RecordSet(name, RecordType.A, ttlSeconds, List.of(addresses)));
  }

  private void awaitFollowed(String name, String... addresses) {
    Inquiry inquiry =
        new Inquiry(
            name,
            List.of(RecordType.A),
            Expected.NOTHING,
            List.of(authority(authorities.primary()), authority(authorities.secondary())),
            List.of(),
            new Quorums(Map.of()),
            Duration.ofHours(1));
    await()
        .atMost(FOLLOW_MAX)
        .untilAsserted(
            () -> {
              NameReport report = check().look(inquiry, WatchMemory.empty(false)).report();
              assertThat(report.authorities())
                  .filteredOn(f -> f.type() == RecordType.A)
                  .hasSize(2)
                  .allSatisfy(f -> assertThat(f.values()).containsExactlyInAnyOrder(addresses));
            });
  }

  private NameCheck check() {
    return new NameCheck(new DnsjavaProbe(), List.of(), InstantSource.system(), Pace.MACHINE);
  }

  private List<Server> all() {
    return List.of(server(honest, "own"), server(clamping, "own"), server(stale, "own"));
  }

  private Inquiry inquiry(String name, Expected expected, List<Server> resolvers) {
    return new Inquiry(
        name,
        expected.wanted().isEmpty()
            ? List.of(RecordType.A, RecordType.AAAA, RecordType.HTTPS)
            : List.of(RecordType.A),
        expected,
        List.of(authority(authorities.primary()), authority(authorities.secondary())),
        resolvers,
        new Quorums(Map.of()),
        Duration.ofHours(1));
  }

  private Look look(String name, Expected expected, UnboundResolver resolver) throws Exception {
    return check()
        .look(inquiry(name, expected, List.of(server(resolver, "own"))), WatchMemory.empty(false));
  }

  private static Server authority(ServerAddress address) {
    return new Server(address, "", Server.AUTHORITY);
  }

  private static Server server(UnboundResolver resolver, String group) {
    return new Server(resolver.address(), "", group);
  }

  private static List<Verdict> verdicts(List<Finding> findings) {
    return findings.stream().map(Finding::verdict).toList();
  }

  private static List<Verdict> verdictsOf(List<Look> looks, UnboundResolver resolver) {
    return looks.stream()
        .flatMap(look -> look.report().resolvers().stream())
        .filter(finding -> finding.server().address().equals(resolver.address()))
        .map(Finding::verdict)
        .toList();
  }
}
