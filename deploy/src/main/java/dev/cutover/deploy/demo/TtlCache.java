package dev.cutover.deploy.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * Resolves one name to an address as a well-behaved client does: an answer is used for exactly its
 * TTL, and not a moment longer.
 */
final class TtlCache {
  private final SimpleResolver resolver;
  private final Message query;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Answer answer;

  /**
   * @param changedAt since when the cache holds this address
   * @param ttlSeconds as the server said
   */
  record Answer(InetAddress address, Instant changedAt, long ttlSeconds, long expiresNanos) {}

  TtlCache(InetSocketAddress server, String name) throws IOException {
    resolver = new SimpleResolver(server);
    resolver.setTimeout(Duration.ofMillis(500));
    query = Message.newQuery(Record.newRecord(Name.fromString(name + "."), Type.A, DClass.IN));
  }

  /**
   * Returns the answer in force, asking for it if the last one has expired. Throws when there is
   * none.
   */
  Answer resolve() throws IOException {
    Answer known = answer;
    if (known != null && System.nanoTime() - known.expiresNanos < 0) {
      return known;
    }
    lock.lock();
    try {
      known = answer;
      if (known != null && System.nanoTime() - known.expiresNanos < 0) {
        return known;
      }
      for (Record record : resolver.send(query.clone()).getSection(Section.ANSWER)) {
        if (record instanceof ARecord a) {
          boolean same = known != null && known.address.equals(a.getAddress());
          Instant changedAt = known != null && same ? known.changedAt : Instant.now();
          Answer fresh =
              new Answer(
                  a.getAddress(),
                  changedAt,
                  a.getTTL(),
                  System.nanoTime() + a.getTTL() * 1_000_000_000L);
          answer = fresh;
          return fresh;
        }
      }
      throw new IOException(
          "expected an address for " + query.getQuestion().getName() + ", but the answer has none");
    } finally {
      lock.unlock();
    }
  }

  /** Returns the last answer, whether or not it has expired. */
  @Nullable Answer last() {
    return answer;
  }
}
