package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.DnsQueries;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Asks an HAProxy which servers of a backend get new sessions, and how many they have taken. */
public final class HaProxyQueries implements DnsQueries {
  private final HaProxySockets sockets;

  public HaProxyQueries(HaProxySockets sockets) {
    this.sockets = sockets;
  }

  @Override
  public Answer ask(
      ServerAddress server, boolean recursive, String name, RecordType type, Duration within) {
    try {
      return new Answered(state(server, name, within).set(name), true);
    } catch (IOException | HaProxyState.UnreadableException e) {
      return new Unanswered(name, type, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Map<String, Long> sessions(ServerAddress server, String name, Duration within) {
    Map<String, Long> sessions = new HashMap<>();
    try {
      state(server, name, within)
          .servers()
          .forEach((key, found) -> sessions.put(key, found.sessions()));
    } catch (IOException | HaProxyState.UnreadableException e) {
      return Map.of(); // no evidence
    }
    return sessions;
  }

  private HaProxyState state(ServerAddress server, String name, Duration within)
      throws IOException, HaProxyState.UnreadableException {
    String backend = name.substring(0, name.length() - 1);
    try (HaProxySession session = HaProxySession.open(server, sockets, within)) {
      return HaProxyState.parse(session.ask(HaProxyState.questions(backend)));
    }
  }
}
