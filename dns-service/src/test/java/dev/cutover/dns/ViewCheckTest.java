package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsCommand.VerifyView;
import dev.cutover.contract.DnsReply.ViewVerified;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.Rfc2136Switch;
import dev.cutover.dns.adapter.TsigKeys;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import dev.cutover.dns.domain.TxtAffix;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a vantage point proves, and what it must not take for a proof. */
class ViewCheckTest {
  private static final ServerAddress AUTHORITY = new ServerAddress("10.0.0.53", 53);
  private static final String NAME = "www.shop.example.";
  private static final SwitchSpec PRIVATE =
      new SwitchSpec(
          "shop.example.",
          new SwitchProvider.Rfc2136(AUTHORITY, "inside"),
          List.of(new SwitchedName(NAME, List.of(a("10.0.0.1")), List.of(a("10.8.0.1")))),
          List.of(AUTHORITY),
          List.of(),
          5);

  @TempDir private Path directory;

  @Test
  void shouldNotBelieveANetworkInWhichSomebodyAnswersForNobody() throws Exception {
    // given: whoever is asked, a cache on the way answers
    DnsQueries intercepted = (_, _, _, _, _) -> new Answered(a("10.8.0.1"), true);
    DnsQueries refused =
        (server, _, name, type, _) ->
            server.equals(ViewCheck.NOBODY)
                ? new Unanswered(name, type, "REFUSED")
                : new Answered(a("10.8.0.1"), true);
    // when, then
    for (DnsQueries queries : List.of(intercepted, refused)) {
      assertInconclusive(
          verify(queries), "port 53 is intercepted on the way from there. What is seen there is");
    }
  }

  @Test
  void shouldNotTakeAnAnswerWithoutAuthorityForEvidence() throws Exception {
    assertInconclusive(
        verify(
            (server, _, name, type, _) ->
                server.equals(ViewCheck.NOBODY)
                    ? new Unanswered(name, type, "no answer within 1000 ms")
                    : new Answered(a("10.0.0.1"), false)),
        "not authoritative). Nobody who lacks answers here with authority");
  }

  @Test
  void shouldProveTheViewWhereItsAuthorityAnswers() throws Exception {
    // when
    Reply reply =
        verify(
            (server, _, name, type, _) ->
                server.equals(AUTHORITY)
                    ? new Answered(a("10.8.0.1"), true)
                    : new Unanswered(name, type, "no answer within 1000 ms"));
    // then
    assertThat(reply)
        .isInstanceOfSatisfying(
            ViewVerified.class,
            verified -> {
              assertThat(verified.view()).isEqualTo("private");
              assertThat(verified.vantage()).isEqualTo("corporate");
              assertThat(verified.side()).isEqualTo(Side.TARGET);
            });
  }

  @Test
  void shouldLeaveToOthersWhatIsNotForThisVantagePoint() throws Exception {
    // given
    VerifyView elsewhere = new VerifyView(header(), PRIVATE, Side.TARGET, "private", "branch");
    VerifyTraffic whole = new VerifyTraffic(header(), PRIVATE, Side.TARGET);
    DnsQueries nothing = (_, _, name, type, _) -> new Unanswered(name, type, "not asked");
    // when, then
    try (DnsService corporate = service(nothing, Optional.of("corporate"));
        DnsService everywhere = service(nothing, Optional.empty())) {
      assertThat(corporate.takes(order())).isTrue();
      assertThat(corporate.takes(elsewhere)).isFalse();
      assertThat(corporate.takes(whole)).isFalse();
      assertThat(everywhere.takes(order())).isFalse();
      assertThat(everywhere.takes(whole)).isTrue();
    }
  }

  private static void assertInconclusive(Reply reply, String words) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            StepFailed.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(FailureKind.INCONCLUSIVE);
              assertThat(failed.failure().reason()).contains(words);
            });
  }

  private Reply verify(DnsQueries queries) throws Exception {
    try (DnsService service = service(queries, Optional.of("corporate"))) {
      return service.handle(order(), _ -> {});
    }
  }

  private DnsService service(DnsQueries queries, Optional<String> vantage) throws Exception {
    Path none = Files.writeString(directory.resolve("none.properties"), "");
    return new DnsService(
        new Rfc2136Switch(new TsigKeys(Credentials.load(none))),
        queries,
        new AllowList(Set.of("shop.example"), Set.of("10.0.0.53")),
        List.of(TxtAffix.NONE),
        Optional.empty(),
        Optional.empty(),
        vantage,
        Duration.ofSeconds(30),
        InstantSource.system(),
        Pace.MACHINE);
  }

  private static VerifyView order() {
    return new VerifyView(header(), PRIVATE, Side.TARGET, "private", "corporate");
  }

  private static CommandHeader header() {
    return new CommandHeader(
        new StepRef(new CutoverId("shop"), "verify-view-private", 1),
        1,
        Instant.now().plus(Duration.ofSeconds(3)));
  }

  private static RecordSet a(String address) {
    return new RecordSet(NAME, RecordType.A, 5, List.of(address));
  }
}
