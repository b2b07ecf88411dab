package dev.cutover.deploy.demo;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.dns.Authorities;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The same zone twice: as the public sees it, and as people of a vantage point do. */
final class ViewsLab extends UpdatesLab {
  private static final String VANTAGE = "corporate";

  private final UpdatesLab inside;

  ViewsLab(String label, Authorities outside, Authorities inside) {
    super(label, outside);
    this.inside = new UpdatesLab(label, inside);
  }

  @Override
  public Set<String> vantages() {
    return Set.of(VANTAGE);
  }

  @Override
  public String traffic(Way way) {
    return super.traffic(way)
        + "  views:\n    - name: private\n      vantage: %s\n".formatted(VANTAGE)
        + inside.traffic(way).indent(4);
  }

  @Override
  public Access access() {
    Access access = super.access();
    Set<ServerAddress> servers = new HashSet<>(access.servers());
    servers.addAll(inside.servers());
    return new Access(access.credentials(), access.zones(), servers, access.settings());
  }

  /** A side serves when everybody is sent there. */
  @Override
  public Optional<Side> serves(Way way) {
    return super.serves(way).filter(side -> inside.serves(way).equals(Optional.of(side)));
  }

  @Override
  public void close() {
    inside.close();
    super.close();
  }
}
