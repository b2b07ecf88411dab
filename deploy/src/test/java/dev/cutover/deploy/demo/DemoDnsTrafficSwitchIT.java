package dev.cutover.deploy.demo;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.Authorities;
import dev.cutover.dns.Rfc2136SwitchContract;
import java.nio.file.Path;
import java.util.List;

/** The same contract as against BIND: the dns-service must not be able to tell them apart. */
class DemoDnsTrafficSwitchIT extends Rfc2136SwitchContract {
  @Override
  protected Authorities start(Path directory) {
    return new DemoAuthorities();
  }

  private static final class DemoAuthorities implements Authorities {
    private final DemoDnsServer primary =
        DemoDnsServer.start(
            0,
            List.of(
                new DemoDnsKey(KEY_NAME, KEY_SECRET, true),
                new DemoDnsKey(WEAK_KEY_NAME, KEY_SECRET, false)));
    private final DemoDnsServer secondary = primary.startSecondary(0);

    DemoAuthorities() {
      primary.addZone(ZONE, ZONE_FILE);
    }

    @Override
    public ServerAddress primary() {
      return new ServerAddress("127.0.0.1", primary.port());
    }

    @Override
    public ServerAddress secondary() {
      return new ServerAddress("127.0.0.1", secondary.port());
    }

    @Override
    public void holdSecondary(boolean hold) {
      secondary.pauseTransfers(hold);
      if (!hold) {
        primary.transferAll();
      }
    }

    @Override
    public void close() {
      secondary.close();
      primary.close();
    }
  }
}
