package dev.cutover.deploy.bench;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.DnsService;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A zone of some provider, with the names n0 to n99, which the real dns-service switches.
 *
 * @param title of the provider
 * @param zone its name, with the final dot
 * @param authorities that serve what the provider holds
 * @param types that the provider takes
 * @param ttlSeconds during a cutover
 * @param together how many names move together, 50 or the most that the provider changes as a whole
 * @param requests how many the provider has got so far; empty where none are counted
 * @param revertMaxMs how long until all authorities are right, p99; empty without a target
 */
record MeasuredZone(
    String title,
    String zone,
    SwitchProvider provider,
    List<ServerAddress> authorities,
    List<RecordType> types,
    int ttlSeconds,
    int together,
    DnsService service,
    Optional<LongSupplier> requests,
    Optional<Double> revertMaxMs) {
  static final int NAMES = 100;

  String name(int number) {
    return "n%d.%s".formatted(number, zone);
  }

  /** Orders for the names of these numbers, which move together, and resolvers to look at. */
  OrderedSwitch switching(List<Integer> numbers, List<ServerAddress> resolvers) {
    return new OrderedSwitch(
        service,
        new SwitchSpec(
            zone,
            provider,
            numbers.stream().map(this::name).map(this::switched).toList(),
            authorities,
            resolvers,
            ttlSeconds));
  }

  /** Addresses of both families and an HTTPS record; one address, and no AAAA, on the target. */
  private SwitchedName switched(String name) {
    return new SwitchedName(
        name,
        taken(
            new RecordSet(name, RecordType.A, 0, List.of("10.0.0.1", "10.0.0.2")),
            new RecordSet(name, RecordType.AAAA, 0, List.of("2001:db8::1")),
            new RecordSet(name, RecordType.HTTPS, 0, List.of("1 . alpn=h2"))),
        taken(
            new RecordSet(name, RecordType.A, 0, List.of("10.1.0.1")),
            new RecordSet(name, RecordType.HTTPS, 0, List.of("1 . alpn=h2,h3"))));
  }

  private List<RecordSet> taken(RecordSet... sets) {
    return List.of(sets).stream().filter(set -> types.contains(set.type())).toList();
  }
}
