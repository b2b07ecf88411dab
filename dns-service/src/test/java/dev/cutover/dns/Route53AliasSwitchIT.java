package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Alias;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.route53.StoredSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The contract over aliases: the addresses of both sides are those of two other names of the zone,
 * with an HTTPS record beside them. Aliases of what is outside of the zone: {@link Route53AliasIT}.
 */
class Route53AliasSwitchIT extends Route53SwitchContract {
  private static final String OLD = "old." + Authorities.ZONE;
  private static final String NEW = "new." + Authorities.ZONE;

  @Override
  protected Authorities start(Path directory) throws IOException {
    Authorities authorities = super.start(directory);
    for (RecordSet set :
        List.of(
            set(OLD, RecordType.A, "10.0.0.1", "10.0.0.2"),
            set(OLD, RecordType.AAAA, "2001:db8:0:0:0:0:0:1"),
            set(NEW, RecordType.A, "10.1.0.1"))) {
      overwrite(set.withTtlSeconds(loweredTtlSeconds()));
    }
    return authorities;
  }

  @Override
  protected Switched switched() {
    Switched records = super.switched();
    String name = records.name();
    RecordSet addresses = alias(name, RecordType.A, OLD);
    RecordSet longer = alias(name, RecordType.AAAA, OLD);
    overwrite(addresses);
    overwrite(longer);
    return records.withNames(
        new SwitchedName(
            name,
            List.of(addresses, longer, set(name, RecordType.HTTPS, "1 . alpn=h2")),
            List.of(
                alias(name, RecordType.A, NEW), set(name, RecordType.HTTPS, "1 . alpn=h2,h3"))));
  }

  private static RecordSet alias(String name, RecordType type, String target) {
    return set(name, type, new Alias(target, HOSTED_ZONE, false).text());
  }

  /** The alias that is stored, where it is one; the servers answer with what its target has. */
  @Override
  protected RecordSet held(RecordSet served) {
    StoredSet stored =
        server().stored(served.name()).stream()
            .filter(set -> set.type().equals(served.type().name()))
            .findFirst()
            .orElseThrow();
    return stored
        .aliasTarget()
        .map(
            target -> {
              assertThat(read(authorities().primary(), target.dnsName(), served.type()).values())
                  .isEqualTo(served.values());
              return alias(served.name(), served.type(), target.dnsName());
            })
        .orElse(served);
  }

  @Override
  protected String written(Side side) {
    return side == Side.SOURCE ? OLD : NEW;
  }

  @Override
  protected String unknownOf(Switched name) {
    return "said what it resolves to: %s A, %s A".formatted(NEW, OLD);
  }
}
