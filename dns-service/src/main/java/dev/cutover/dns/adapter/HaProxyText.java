package dev.cutover.dns.adapter;

import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes changes of a backend as commands of the runtime API: the same that are sent, and that a
 * person sends by {@code socat}. Pure.
 */
final class HaProxyText {
  /** Without it older versions take no variables (2.6: "restricted to experimental mode"). */
  private static final String EXPERIMENTAL = "experimental-mode on";

  private HaProxyText() {}

  static String mark(String backend, String text) {
    return "set var %s str(%s)".formatted(HaProxyState.variable(backend), text.replace(" ", "\\ "));
  }

  static String weight(String backend, String server, int weight) {
    return "set weight %s/%s %d".formatted(backend, server, weight);
  }

  /** A mark without the quotes that it has in a zone. */
  static String bare(String text) {
    return text.substring(1, text.length() - 1);
  }

  /** The shift as people see it before anybody has decided on it. */
  static String forward(SwitchSpec spec, HaProxy provider, EpochMark.Epoch staged) {
    return line(spec, provider, 100, "epoch=<of the shift> cutover=%s".formatted(staged.cutover()));
  }

  /** The way back over whatever is there, with the mark of a person. */
  static String revert(SwitchSpec spec, HaProxy provider) {
    return line(spec, provider, 0, bare(EpochMark.MANUAL));
  }

  /** Empties the mark, whatever it is: the API has no conditions. */
  static String liftMark(HaProxy provider) {
    return String.join(
            "; ",
            EXPERIMENTAL,
            mark(provider.backend(), ""),
            "get var " + HaProxyState.variable(provider.backend()))
        + "\n";
  }

  /** One line: without a prompt HAProxy reads no second one. */
  private static String line(SwitchSpec spec, HaProxy provider, int percent, String mark) {
    String backend = provider.backend();
    List<String> commands = new ArrayList<>(List.of(EXPERIMENTAL, mark(backend, mark)));
    Map<String, Integer> weights = RecordSets.weights(spec, percent);
    commands.addAll(raising(backend, weights));
    commands.addAll(emptying(backend, weights));
    commands.add("get var " + HaProxyState.variable(backend));
    commands.add("show servers state " + backend);
    return String.join("; ", commands) + "\n";
  }

  /** What gives traffic: always before what takes it away, or nobody serves in between (trap 2). */
  static List<String> raising(String backend, Map<String, Integer> weights) {
    return commands(backend, weights, true);
  }

  static List<String> emptying(String backend, Map<String, Integer> weights) {
    return commands(backend, weights, false);
  }

  private static List<String> commands(
      String backend, Map<String, Integer> weights, boolean positive) {
    Stream<Map.Entry<String, Integer>> chosen =
        weights.entrySet().stream().filter(entry -> entry.getValue() > 0 == positive);
    return chosen.map(entry -> weight(backend, entry.getKey(), entry.getValue())).toList();
  }
}
