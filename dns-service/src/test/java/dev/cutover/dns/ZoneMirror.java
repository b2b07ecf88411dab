package dev.cutover.dns;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ServerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.function.BiConsumer;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/**
 * Writes what a provider's zone holds to a name server that takes updates, so that real authorities
 * and resolvers see it: the sets that were served, and those that are from now on.
 */
public final class ZoneMirror implements BiConsumer<Collection<RecordSet>, Collection<RecordSet>> {
  private final String zone;
  private final ServerAddress primary;
  private final TSIG key;

  public ZoneMirror(String zone, ServerAddress primary, String keyName, String secret) {
    this.zone = zone;
    this.primary = primary;
    this.key = new TSIG(TSIG.HMAC_SHA256, keyName, secret);
  }

  @Override
  public void accept(Collection<RecordSet> before, Collection<RecordSet> after) {
    try {
      Update update = new Update(Name.fromString(zone));
      boolean changed = false;
      for (RecordSet set : before) {
        if (!after.contains(set)) {
          update.delete(Name.fromString(set.name()), Type.value(set.type().name()));
          changed = true;
        }
      }
      for (RecordSet set : after) {
        if (!before.contains(set)) {
          for (String value : set.values()) {
            update.add(
                Name.fromString(set.name()),
                Type.value(set.type().name()),
                set.ttlSeconds(),
                value);
          }
          changed = true;
        }
      }
      if (!changed) {
        return;
      }
      SimpleResolver resolver =
          new SimpleResolver(new InetSocketAddress(primary.host(), primary.port()));
      resolver.setTCP(true);
      resolver.setTSIGKey(key);
      Message reply = resolver.send(update);
      if (reply.getRcode() != Rcode.NOERROR) {
        throw new IllegalStateException("Expected the update to pass, but: " + reply);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
