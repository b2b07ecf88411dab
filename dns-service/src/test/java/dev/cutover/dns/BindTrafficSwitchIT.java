package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsCommand.RestoreTtl;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsCommand.WatchedView;
import dev.cutover.contract.DnsReply.ClassCount;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.DnsReply.TtlRestored;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Keeper;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchProof.ResolverClass;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.SwitchedName;
import dev.cutover.contract.ViewRecords;
import dev.cutover.dns.domain.NsupdateText;
import dev.cutover.dns.domain.RecordChangePlanner;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BindTrafficSwitchIT extends Rfc2136SwitchContract {
  @Override
  protected Authorities start(Path directory) throws IOException {
    return new BindAuthorities(directory);
  }

  @Test
  void shouldGoThereAndBackWithTheLeastRights() throws Exception {
    // given
    Switched name = switched();
    String grants =
        "grant %1$s name %2$s A AAAA CNAME HTTPS; grant %1$s name _cutover.%2$s TXT;"
            .formatted(Authorities.KEY_NAME, name.name());
    // when, then
    Path place = Files.createDirectories(directory.resolve("least"));
    try (BindAuthorities servers = new BindAuthorities(place, Authorities.ZONE_FILE, grants)) {
      assertWholeLadder(name, servers);
    }
  }

  @Test
  void shouldRevertByTheStagedTextAloneWhenNothingElseRuns() throws Exception {
    // given
    String nsupdate = Installed.require("nsupdate", "bind9-dnsutils");
    Switched name = switched();
    Path script = directory.resolve("revert.txt");
    Files.writeString(
        script, NsupdateText.of(name.spec(), RecordChangePlanner.breakGlass(name.spec())));
    String key = "hmac-sha256:%s:%s".formatted(Authorities.KEY_NAME, Authorities.KEY_SECRET);
    // when
    Daemon.run(directory, List.of(nsupdate, "-y", key, script.toString()));
    // then
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
    assertThat(name.mark()).containsExactly("\"manual\"");

    // and when people hand it back
    Path lift = directory.resolve("lift.txt");
    Files.writeString(
        lift, NsupdateText.of(name.spec(), RecordChangePlanner.liftMark(name.spec())));
    Daemon.run(directory, List.of(nsupdate, "-y", key, lift.toString()));
    // then
    assertThat(name.mark()).isEmpty();
  }

  @Test
  void shouldRefuseToCaptureWhenThePlanLeavesAnAuthorityOut() throws Exception {
    // given
    Path place = Files.createDirectories(directory.resolve("third"));
    String zone = Authorities.ZONE_FILE + "@ IN NS ns3\nns3 IN A 127.0.0.9\n";
    try (BindAuthorities servers = new BindAuthorities(place, zone, BindAuthorities.GRANTS)) {
      Switched name =
          switched()
              .withProvider(new Rfc2136(servers.primary(), "good"))
              .withAuthorities(servers.primary(), servers.secondary());
      // when, then
      assertFailed(
          handle(new CaptureRecords(header(1), name.spec())),
          FailureKind.MISMATCH,
          "its NS records name ns3.shop.example. (127.0.0.9), too");
    }
  }

  /** One honest resolver, one that knows better than the authorities, one that is not there. */
  @Test
  void shouldProveTrafficOnlyWithTheQuorumOfEachClass() throws Exception {
    Switched name = switched();
    try (UnboundResolver honest = new UnboundResolver(directory, authorities(), 0);
        UnboundResolver astray =
            new UnboundResolver(
                directory,
                authorities(),
                0,
                "server:",
                "local-zone: \"%s\" redirect".formatted(name.name()),
                "local-data: \"%s 60 A 10.9.9.9\"".formatted(name.name()))) {
      // given
      ServerAddress silent = new ServerAddress("127.0.0.1", FreePort.next());
      SwitchSpec spec = name.spec().withLoweredTtlSeconds(CAPTURED_TTL_SECONDS);
      ResolverClass half = new ResolverClass("public", List.of(honest.address(), silent), 50);
      ResolverClass all =
          new ResolverClass("corporate", List.of(honest.address(), astray.address()), 100);
      // when: the source is served, and nothing was changed
      Reply proven = handle(new VerifyTraffic(header(1), proof(spec, half), Side.SOURCE));
      Reply lacking =
          handle(
              new VerifyTraffic(
                  header(2, Duration.ofSeconds(3)), proof(spec, half, all), Side.SOURCE));
      // then
      assertThat(proven)
          .isInstanceOfSatisfying(
              TrafficVerified.class,
              verified ->
                  assertThat(verified.classes().orElseThrow())
                      .containsExactly(new ClassCount("public", 1, 2, 0, 50)));
      assertFailed(
          lacking,
          FailureKind.TIMED_OUT,
          "but 1 of 2 corporate resolvers: %s MIXED (".formatted(astray.address()));
    }
  }

  /** The zone as the public has it, and as people inside have it, at servers of its own. */
  @Test
  void shouldMoveEveryViewThereAndBackByTheSameOrders() throws Exception {
    // given
    Switched name = switched();
    Path place = Files.createDirectories(directory.resolve("inside"));
    try (BindAuthorities inside = new BindAuthorities(place)) {
      Switched view =
          name.withProvider(new Rfc2136(inside.primary(), "good"))
              .withAuthorities(inside.primary(), inside.secondary());
      SwitchSpec spec = viewed(name, view.spec());
      // when
      RecordsCaptured captured = (RecordsCaptured) handle(new CaptureRecords(header(1), spec));
      SwitchStaged staged =
          (SwitchStaged)
              handle(new StageSwitch(header(10), spec, captured.records(), captured.views()));
      // then
      assertThat(captured.views().orElseThrow().getFirst().records()).hasSize(3);
      assertThat(staged.views().orElseThrow().getFirst().revert())
          .contains("server 127.0.0.1 " + inside.primary().port());
      assertThat(mark(inside, name)).containsExactly(epoch(10));

      // and when
      assertThat(handle(new LowerTtl(header(11), spec, captured.records(), captured.views())))
          .isInstanceOf(TtlLowered.class);
      assertThat(handle(new ShiftTraffic(header(20), spec, 10, 100)))
          .isInstanceOf(TrafficShifted.class);
      // then
      assertThat(addresses(authorities(), name)).containsExactly("10.1.0.1");
      assertThat(addresses(inside, name)).containsExactly("10.1.0.1");

      // and when
      assertThat(handle(new RevertTraffic(header(30), spec)))
          .isInstanceOfSatisfying(
              TrafficReverted.class, reverted -> assertThat(reverted.changed()).isTrue());
      assertThat(handle(new RestoreTtl(header(40), spec, captured.records(), captured.views())))
          .isEqualTo(new TtlRestored(header(40).step(), CAPTURED_TTL_SECONDS));
      assertThat(addresses(inside, name)).containsExactly("10.0.0.1", "10.0.0.2");
      assertThat(read(inside.primary(), name.name(), RecordType.A).ttlSeconds())
          .isEqualTo(CAPTURED_TTL_SECONDS);
    }
  }

  @Test
  void shouldCaptureWhatAToolKeepsInAViewOnlyWhereThePlanNamesIt() throws Exception {
    // given: the view is another zone of the same server, as far as a look goes
    Switched name = switched();
    Switched view = switched();
    SwitchedName planned = view.spec().names().getFirst();
    overwrite(
        new RecordSet("_owner.a." + view.name(), RecordType.TXT, 60, List.of("\"*octodns*\"")));
    // when
    Reply unnamed = handle(new CaptureRecords(header(1), viewed(name, view.spec())));
    Reply named =
        handle(
            new CaptureRecords(
                header(2), viewed(name, view.withNames(kept(planned, Keeper.OCTODNS)).spec())));
    // then
    assertFailed(
        unnamed,
        FailureKind.CONFLICT,
        "View 'private': Expected nobody else to keep " + view.name());
    assertThat(named)
        .isInstanceOfSatisfying(
            RecordsCaptured.class,
            captured -> {
              assertThat(captured.marks()).isEmpty();
              assertThat(captured.looks().orElseThrow())
                  .singleElement()
                  .satisfies(
                      look -> {
                        assertThat(look.view()).isEqualTo("private");
                        assertThat(look.keepers())
                            .extracting(KeeperMark::keeper)
                            .containsExactly(Keeper.OCTODNS);
                        assertThat(look.delegation()).isEmpty();
                      });
            });
  }

  private static SwitchSpec viewed(Switched name, SwitchSpec view) {
    return name.spec().withViews(List.of(new SwitchView("private", "corporate", view)));
  }

  @Test
  void shouldWatchAndReadEveryView() throws Exception {
    // given
    Switched name = switched();
    CutoverId cutover = new CutoverId("views");
    Path place = Files.createDirectories(directory.resolve("watched"));
    try (BindAuthorities inside = new BindAuthorities(place)) {
      Switched view =
          name.withProvider(new Rfc2136(inside.primary(), "good"))
              .withAuthorities(inside.primary(), inside.secondary());
      SwitchSpec spec = viewed(name, view.spec());
      RecordsCaptured captured =
          (RecordsCaptured) handle(new CaptureRecords(header(cutover, 1), spec));
      handle(
          new WatchRecords(
              header(cutover, 2),
              spec,
              0,
              captured.records(),
              List.of(),
              Optional.of(
                  List.of(
                      new WatchedView(
                          "private", ViewRecords.of(captured.views(), "private"), List.of())))));
      handle(new StageSwitch(header(cutover, 3), spec, captured.records(), captured.views()));
      handle(new LowerTtl(header(cutover, 4), spec, captured.records(), captured.views()));
      handle(new ShiftTraffic(header(cutover, 5), spec, 3, 100));
      awaitServed(cutover, ServedSide.TARGET, 5);
      // when: somebody puts the view's records back
      ForeignWriter.replace(
          Authorities.ZONE,
          inside.primary(),
          new RecordSet(name.name(), RecordType.A, 60, List.of("10.0.0.1", "10.0.0.2")));
      RecordsObserved drifted = awaitSeen(cutover, Verdict.DRIFTED);
      SwitchRead read = (SwitchRead) handle(new ReadSwitch(header(cutover, 6), spec));
      // then
      assertThat(drifted.served()).isEqualTo(ServedSide.TARGET);
      assertThat(drifted.drifts()).allMatch(drift -> drift.view().equals(Optional.of("private")));
      assertThat(read.servers().getFirst().records())
          .extracting(RecordSet::values)
          .contains(List.of("10.1.0.1"));
      assertThat(read.views().orElseThrow())
          .singleElement()
          .satisfies(
              of -> {
                assertThat(of.view()).isEqualTo("private");
                assertThat(of.served()).isEqualTo(ServedSide.NEITHER);
                assertThat(of.servers().getFirst().server()).isEqualTo(inside.primary());
                assertThat(of.servers().getFirst().records())
                    .extracting(RecordSet::values)
                    .contains(List.of("10.0.0.1", "10.0.0.2"));
                assertThat(of.marks().getFirst().epoch()).isEqualTo(5);
              });
      assertThat(said.subList(0, said.indexOf(drifted)))
          .as("its own orders are no drift")
          .noneMatch(
              event -> event instanceof RecordsObserved seen && seen.verdict() == Verdict.DRIFTED);
      handle(new RestoreTtl(header(cutover, 9), spec, captured.records(), captured.views()));
    }
  }

  @Test
  void shouldRevertEveryViewThatCanBeAndSayWhichCouldNot() throws Exception {
    // given: the view's primary is gone
    Switched name = lowered();
    ServerAddress gone = new ServerAddress("127.0.0.1", FreePort.next());
    Switched view = name.withProvider(new Rfc2136(gone, "good")).withAuthorities(gone);
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    SwitchSpec spec = viewed(name, view.spec());
    // when
    Reply reply = handle(new RevertTraffic(header(30, Duration.ofSeconds(3)), spec));
    // then
    assertFailed(reply, FailureKind.UNREACHABLE, "View 'private': ");
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
  }

  private static List<String> mark(Authorities servers, Switched name) {
    return read(servers.primary(), "_cutover." + name.name(), RecordType.TXT).values();
  }

  private static List<String> addresses(Authorities servers, Switched name) {
    return read(servers.primary(), name.name(), RecordType.A).values();
  }

  private static SwitchSpec proof(SwitchSpec spec, ResolverClass... classes) {
    return spec.withProof(new SwitchProof(List.of(classes), false, List.of()));
  }
}
