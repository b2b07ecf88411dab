package dev.cutover.dns;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ServerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/** Somebody else who changes the zone: no conditions, no marks. */
public final class ForeignWriter {
  private ForeignWriter() {}

  /** Makes the set what it is given, or removes it when it has no values. */
  public static void replace(String zone, ServerAddress primary, RecordSet set) {
    try {
      Name name = Name.fromString(set.name());
      int type = Type.value(set.type().name());
      Update update = new Update(Name.fromString(zone));
      update.delete(name, type);
      for (String value : set.values()) {
        update.add(name, type, set.ttlSeconds(), value);
      }
      SimpleResolver resolver =
          new SimpleResolver(new InetSocketAddress(primary.host(), primary.port()));
      resolver.setTCP(true);
      resolver.setTSIGKey(new TSIG(TSIG.HMAC_SHA256, Authorities.KEY_NAME, Authorities.KEY_SECRET));
      Message reply = resolver.send(update);
      if (reply.getRcode() != Rcode.NOERROR) {
        throw new IllegalStateException("Expected the update to pass, but: " + reply);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
