package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * A primary that takes signed updates and a secondary that follows it, both serving {@link #ZONE}
 * from {@link #ZONE_FILE}.
 */
public interface Authorities extends AutoCloseable {
  String ZONE = "shop.example.";

  /** May change records of every type that a switch touches. HMAC-SHA256, Base64. */
  String KEY_SECRET = "Y3V0b3Zlci10ZXN0LWtleS1zZWNyZXQtMDEyMzQ1Njc=";

  String KEY_NAME = "mig-key";

  /** Known to the server, without any right. */
  String WEAK_KEY_NAME = "weak-key";

  /** Names n0 to n99: two addresses, an IPv6 address and an HTTPS record, TTL 300. */
  String ZONE_FILE = zoneFile(100);

  /** The zone without these names. */
  String EMPTY_ZONE_FILE = zoneFile(0);

  ServerAddress primary();

  ServerAddress secondary();

  /** The zone's serial, which a change raises. */
  default long serial() {
    try {
      Message reply =
          new SimpleResolver(new InetSocketAddress(primary().host(), primary().port()))
              .send(Message.newQuery(Record.newRecord(Name.fromString(ZONE), Type.SOA, DClass.IN)));
      return ((SOARecord) reply.getSection(Section.ANSWER).getFirst()).getSerial();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the secondary keep what it has, or (false) catch up. */
  void holdSecondary(boolean hold) throws Exception;

  @Override
  void close();

  private static String zoneFile(int names) {
    StringBuilder zone = new StringBuilder();
    zone.append(
        "$TTL 300\n@ IN SOA ns1 admin 1 3600 600 86400 5\n@ IN NS ns1\nns1 IN A 127.0.0.1\n");
    for (int i = 0; i < names; i++) {
      zone.append("n%d IN A 10.0.0.1\n".formatted(i));
      zone.append("n%d IN A 10.0.0.2\n".formatted(i));
      zone.append("n%d IN AAAA 2001:db8::1\n".formatted(i));
      zone.append("n%d IN HTTPS 1 . alpn=h2\n".formatted(i));
    }
    return zone.append("*.wild IN A 10.0.0.1\n").toString();
  }
}
