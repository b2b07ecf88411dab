package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.CONFLICT;
import static dev.cutover.contract.FailureKind.REFUSED;
import static dev.cutover.contract.FailureKind.UNREACHABLE;
import static dev.cutover.contract.FailureKind.UNSUITABLE;
import static dev.cutover.dns.domain.SwitchGuard.conflict;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One HAProxy during one order: looked at once, and changed through the same session, so that the
 * change rests on a look that is no older than {@link HaProxySession#IDLE}.
 */
final class HaProxyInstance implements PlacewiseSwitch.Balancer {
  private static final Duration EXCHANGE_MAX = Duration.ofSeconds(3);

  private final ServerAddress address;
  private final SwitchSpec spec;
  private final String backend;
  private final HaProxySession session;
  private final HaProxyState found;

  private HaProxyInstance(
      ServerAddress address,
      SwitchSpec spec,
      String backend,
      HaProxySession session,
      HaProxyState found) {
    this.address = address;
    this.spec = spec;
    this.backend = backend;
    this.session = session;
    this.found = found;
  }

  /** Connects and looks. */
  static HaProxyInstance look(
      ServerAddress address,
      SwitchSpec spec,
      String backend,
      HaProxySockets sockets,
      Duration within)
      throws SwitchFailure {
    HaProxySession session;
    try {
      Duration time = within.compareTo(EXCHANGE_MAX) < 0 ? within : EXCHANGE_MAX;
      session = HaProxySession.open(address, sockets, time);
    } catch (IOException e) {
      throw new SwitchFailure(
          UNREACHABLE,
          "Expected the runtime API at %s to answer, but: %s".formatted(address, e.getMessage()),
          true,
          e);
    }
    try {
      return new HaProxyInstance(address, spec, backend, session, read(session, address, backend));
    } catch (SwitchFailure e) {
      session.close();
      throw e;
    }
  }

  private static HaProxyState read(HaProxySession session, ServerAddress address, String backend)
      throws SwitchFailure {
    List<String> answers;
    try {
      answers = session.ask(HaProxyState.questions(backend));
    } catch (IOException e) {
      throw new SwitchFailure(
          UNREACHABLE,
          "Expected %s to say how backend %s stands, but: %s"
              .formatted(address, backend, e.getMessage()),
          true,
          e);
    }
    for (String answer : answers) {
      if (answer.startsWith("Permission denied")) {
        throw new SwitchFailure(REFUSED, levelMissing(address, answers.getFirst()), false);
      }
    }
    try {
      return HaProxyState.parse(answers);
    } catch (HaProxyState.UnreadableException e) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected %s to have backend %s, but: %s".formatted(address, backend, e.getMessage()),
          false,
          e);
    }
  }

  private static String levelMissing(ServerAddress address, String level) {
    return "Expected a runtime API of level admin at %s, but it answered 'Permission denied' at level %s: configure 'stats socket ... level admin'"
        .formatted(address, level);
  }

  ServerAddress address() {
    return address;
  }

  @Override
  public String name() {
    return address.toString();
  }

  @Override
  public SwitchSpec spec() {
    return spec;
  }

  @Override
  public SwitchState state() {
    return found.switchState(spec.zone());
  }

  @Override
  public void requireChangeable() throws SwitchFailure {
    if (!found.level().equals("admin")) {
      throw new SwitchFailure(REFUSED, levelMissing(address, found.level()), false);
    }
    for (String server : RecordSets.weights(spec, 0).keySet()) {
      if (!found.servers().containsKey(server)) {
        throw new SwitchFailure(
            UNSUITABLE,
            "Expected server %s in backend %s, but %s has none of that name: it has %s"
                .formatted(
                    server, backend, address, found.servers().keySet().stream().sorted().toList()),
            false);
      }
    }
    if (found.algorithm().equals("static-rr") || found.algorithm().equals("first")) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected an algorithm that follows changes of weights in backend %s, but %s balances by %s: use roundrobin or leastconn"
              .formatted(backend, address, found.algorithm()),
          false);
    }
  }

  @Override
  public void requireTargetUp() throws SwitchFailure {
    List<String> unable = new ArrayList<>();
    for (String server :
        RecordSets.valuesOf(spec.plain(Side.TARGET), spec.zone(), RecordType.SERVER)) {
      Optional.ofNullable(found.servers().get(server))
          .filter(seen -> !seen.isUp())
          .ifPresent(seen -> unable.add(seen.describe()));
    }
    if (!unable.isEmpty()) {
      throw new SwitchFailure(
          CONFLICT,
          "Expected every server of the target to be up at %s, but %s: nothing was moved"
              .formatted(address, String.join(", ", unable)),
          true);
    }
  }

  /**
   * One that a person has set aside has its weight too: it is no reason to write it again, and the
   * watch tells it.
   */
  @Override
  public boolean isWeighted(int weightPercent) {
    return isWeighted(found, weightPercent);
  }

  private boolean isWeighted(HaProxyState state, int weightPercent) {
    Map<String, Integer> weights = RecordSets.weights(spec, weightPercent);
    return List.of(state.weights(spec.zone(), weights.keySet())).equals(spec.at(weightPercent));
  }

  @Override
  public void mark(EpochMark.Epoch mark) throws SwitchFailure {
    requireMade(mark, change(mark, Map.of()), true);
  }

  /** Servers of weight 0 are in the configuration beforehand. */
  @Override
  public void prepare() {}

  @Override
  public void share(EpochMark.Epoch mark, int weightPercent) throws SwitchFailure {
    Map<String, Integer> weights = RecordSets.weights(spec, weightPercent);
    if (weightPercent == 0) {
      weights = thoseThatExist(weights); // a revert does what can be done, and then says what not
    }
    HaProxyState after = change(mark, isWeighted(weightPercent) ? Map.of() : weights);
    requireMade(mark, after, isWeighted(after, weightPercent));
  }

  /** All of them if none would get traffic otherwise. */
  private Map<String, Integer> thoseThatExist(Map<String, Integer> weights) {
    Map<String, Integer> existing = new LinkedHashMap<>(weights);
    existing.keySet().retainAll(found.servers().keySet());
    return existing.values().stream().anyMatch(weight -> weight > 0) ? existing : weights;
  }

  /** As it is afterwards. */
  private HaProxyState change(EpochMark.Epoch mark, Map<String, Integer> weights)
      throws SwitchFailure {
    List<String> commands = new ArrayList<>();
    if (!state().isMarked(mark)) {
      commands.add(HaProxyText.mark(backend, HaProxyText.bare(mark.text())));
    }
    commands.addAll(HaProxyText.raising(backend, weights));
    if (!commands.isEmpty()) {
      Optional<String> refusal = send(commands);
      if (refusal.isPresent()) {
        // Nobody was taken traffic from yet. What was given some goes back to what it had.
        send(
            found.servers().values().stream()
                .filter(server -> weights.containsKey(server.name()))
                .map(server -> HaProxyText.weight(backend, server.name(), server.weight()))
                .toList());
        throw refused(refusal.get());
      }
    }
    Optional<String> refusal = send(HaProxyText.emptying(backend, weights));
    if (refusal.isPresent()) {
      throw refused(refusal.get());
    }
    return read(session, address, backend);
  }

  /** Empty if every command was taken: such a one is answered with nothing. */
  private Optional<String> send(List<String> commands) throws SwitchFailure {
    List<String> answers;
    try {
      answers = session.ask(commands);
    } catch (IOException e) {
      throw new SwitchFailure(
          UNREACHABLE,
          "Expected %s to answer a change of backend %s, but: %s. It may have taken effect, or a part of it"
              .formatted(address, backend, e.getMessage()),
          true,
          e);
    }
    for (int i = 0; i < answers.size(); i++) {
      if (!answers.get(i).isEmpty()) {
        return Optional.of("'%s' to '%s'".formatted(answers.get(i), commands.get(i)));
      }
    }
    return Optional.empty();
  }

  private SwitchFailure refused(String answer) {
    return new SwitchFailure(
        answer.startsWith("'Permission denied") ? REFUSED : UNSUITABLE,
        "Expected %s to take a change of backend %s, but it answered %s"
            .formatted(address, backend, answer),
        false);
  }

  private void requireMade(EpochMark.Epoch mark, HaProxyState after, boolean weighted)
      throws SwitchFailure {
    SwitchState state = after.switchState(spec.zone());
    if (!state.isMarked(mark) || !weighted) {
      throw conflict(
          "the accepted change to be there",
          "%s at %s: somebody else has changed it since".formatted(state.describe(spec), address));
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
