package dev.cutover.dns.route53;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.route53.StoredSet.StoredKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/**
 * Writes what a hosted zone holds to a name server that takes updates, so that real authorities and
 * resolvers see it. Sets that are answered by weight, or point elsewhere, are left out.
 */
public final class ZoneMirror
    implements BiConsumer<Map<StoredKey, StoredSet>, Map<StoredKey, StoredSet>> {
  private final String zone;
  private final ServerAddress primary;
  private final TSIG key;

  public ZoneMirror(String zone, ServerAddress primary, String keyName, String secret) {
    this.zone = zone;
    this.primary = primary;
    this.key = new TSIG(TSIG.HMAC_SHA256, keyName, secret);
  }

  @Override
  public void accept(Map<StoredKey, StoredSet> before, Map<StoredKey, StoredSet> after) {
    try {
      Update update = new Update(Name.fromString(zone));
      Set<StoredKey> keys = new HashSet<>(before.keySet());
      keys.addAll(after.keySet());
      keys.removeIf(
          k -> {
            StoredSet was = before.get(k);
            return was != null && was.equals(after.get(k));
          });
      if (keys.isEmpty()) {
        return;
      }
      for (StoredKey changed : keys) {
        update.delete(name(changed), Type.value(changed.type()));
      }
      for (StoredKey changed : keys) {
        StoredSet now = after.get(changed);
        if (now != null && now.identifier().isEmpty() && now.ttl().isPresent()) {
          for (String value : now.values()) {
            update.add(
                name(changed),
                Type.value(changed.type()),
                now.ttl().orElseThrow(),
                absolute(now, value));
          }
        }
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

  private static Name name(StoredKey key) throws IOException {
    return Name.fromString(key.name().replace("\\052", "*"));
  }

  /**
   * DG "Supported DNS record types": names in values are absolute, with the final dot or without.
   */
  private static String absolute(StoredSet set, String value) {
    return set.type().equals("CNAME") && !value.endsWith(".") ? value + "." : value;
  }
}
