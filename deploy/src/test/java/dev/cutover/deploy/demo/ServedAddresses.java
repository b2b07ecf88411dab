package dev.cutover.deploy.demo;

import dev.cutover.contract.Side;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** What a name server answers to customers. */
final class ServedAddresses {
  /** So often that a server which draws by weight shows both sides of any share above a tenth. */
  private static final int QUERIES = 50;

  private ServedAddresses() {}

  /** The side whose address is the only one that it answers; empty when there are others. */
  static Optional<Side> side(InetSocketAddress server, String name) {
    Set<String> addresses = new TreeSet<>();
    try {
      SimpleResolver resolver = new SimpleResolver(server);
      Record question = Record.newRecord(Name.fromString(name + "."), Type.A, DClass.IN);
      for (int i = 0; i < QUERIES; i++) {
        resolver
            .send(Message.newQuery(question))
            .getSection(Section.ANSWER)
            .forEach(record -> addresses.add(record.rdataToString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (addresses.equals(Set.of(SwitchLab.SOURCE))) {
      return Optional.of(Side.SOURCE);
    }
    return addresses.equals(Set.of(SwitchLab.TARGET)) ? Optional.of(Side.TARGET) : Optional.empty();
  }
}
