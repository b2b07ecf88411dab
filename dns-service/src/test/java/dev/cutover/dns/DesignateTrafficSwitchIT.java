package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.Reply;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.designate.DesignateFront;
import dev.cutover.dns.designate.DesignateServer;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The contract over a strict double of the API; what it calls ACTIVE is served by BIND. */
class DesignateTrafficSwitchIT extends DesignateSwitchContract {
  private static final String ZONE_ID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

  private @Nullable DesignateServer server;
  private @Nullable DesignateFront front;

  @Override
  protected Authorities start(Path directory) throws IOException {
    BindAuthorities authorities =
        new BindAuthorities(directory, Authorities.EMPTY_ZONE_FILE, BindAuthorities.GRANTS);
    DesignateServer opened =
        new DesignateServer(
            ZONE_ID,
            DesignateFront.PROJECT,
            Authorities.ZONE,
            set -> ForeignWriter.replace(Authorities.ZONE, authorities.primary(), set));
    server = opened;
    front = new DesignateFront(opened.address());
    return authorities;
  }

  @Override
  protected DesignateFront front() {
    return started(front);
  }

  @Override
  protected String zoneId() {
    return ZONE_ID;
  }

  @Override
  protected void failServers(boolean fail) {
    started(server).failServers(fail);
  }

  /** A zone of some pages, and one of more pages than names. */
  @Test
  void shouldListAZoneOfManyPages() {
    // given
    SwitchSpec spec = ofThree();
    handle(new StageSwitch(header(10), spec, captured(spec)));
    long marked = 10;
    for (int pageMax : new int[] {5, 2}) {
      started(server).pageMax(pageMax);
      // when
      Reply shifted = handle(new ShiftTraffic(header(marked + 1), spec, marked, 100));
      Reply reverted = handle(new RevertTraffic(header(marked + 2), spec));
      marked += 2;
      // then
      assertThat(shifted).isInstanceOf(TrafficShifted.class);
      assertThat(reverted).isInstanceOf(TrafficReverted.class);
    }
    started(server).pageMax(1000);
  }

  @AfterAll
  void stopServer() {
    if (front != null) {
      front.close();
    }
    if (server != null) {
      server.close();
    }
  }
}
