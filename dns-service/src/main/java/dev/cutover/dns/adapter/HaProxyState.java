package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Split;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.SwitchState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one instance says of a backend, read from answers of the runtime API. Pure.
 *
 * @param level what the connection may do: {@code user}, {@code operator} or {@code admin}
 * @param mark bare text of the mark; empty when there is none
 * @param algorithm how the backend balances, such as {@code roundrobin}
 * @param servers by name
 */
record HaProxyState(
    String level, Optional<String> mark, String algorithm, Map<String, Server> servers) {
  private static final Pattern NO_LETTER = Pattern.compile("[^A-Za-z0-9]");
  private static final Pattern VARIABLE =
      Pattern.compile("proc\\.\\S+: type=\\S+ value=<(.*)>", Pattern.DOTALL);

  /** Columns of {@code show servers state}, which come with their names. */
  private static final List<String> STATE_COLUMNS =
      List.of("srv_name", "srv_admin_state", "srv_uweight");

  private static final List<String> STATISTICS_COLUMNS =
      List.of("svname", "type", "status", "bck", "stot", "check_status", "last_chk", "algo");

  /**
   * Maintenance or draining that a person, the configuration or a tracked server has set
   * (management guide, srv_admin_state). Not those that come and go with name resolution.
   */
  private static final int SET_ASIDE = 0x01 | 0x02 | 0x04 | 0x08 | 0x10;

  HaProxyState {
    servers = Map.copyOf(servers);
  }

  /**
   * A server of the backend.
   *
   * @param weight 0 to 256, as set now
   * @param admin bits of srv_admin_state
   * @param status such as {@code UP}, {@code UP 1/3}, {@code DOWN}, {@code MAINT}, {@code no check}
   * @param check what the last health check said, such as {@code L4CON Connection refused}
   * @param backup whether it takes traffic only when no other can
   * @param sessions how many it has taken since the process began
   */
  record Server(
      String name,
      int weight,
      int admin,
      String status,
      String check,
      boolean backup,
      long sessions) {
    boolean isSetAside() {
      return (admin & SET_ASIDE) != 0;
    }

    /** Whether it would serve: as far as anybody checks. */
    boolean isUp() {
      return !isSetAside()
          && !backup
          && (status.startsWith("UP") || status.startsWith("DRAIN") || status.equals("no check"));
    }

    /** For people, such as {@code green1 is DOWN (L4CON Connection refused)}. */
    String describe() {
      String why = backup ? "a backup server" : check;
      return "%s is %s%s".formatted(name, status, why.isEmpty() ? "" : " (" + why + ")");
    }
  }

  /** An answer that is not what was asked for. */
  static final class UnreadableException extends Exception {
    UnreadableException(String message) {
      super(message);
    }
  }

  /** What has to be asked for, in this order. */
  static List<String> questions(String backend) {
    return List.of(
        "show cli level",
        "get var " + variable(backend),
        "show servers state " + backend,
        "show stat %s 6 -1".formatted(backend));
  }

  /**
   * The variable of the process that keeps a backend's mark. What its name can't have is written as
   * a number.
   */
  static String variable(String backend) {
    return "proc.cutover."
        + NO_LETTER
            .matcher(backend)
            .replaceAll(found -> "_%02x".formatted((int) found.group().charAt(0)));
  }

  /** Reads the answers to {@link #questions}. */
  static HaProxyState parse(List<String> answers) throws UnreadableException {
    Map<String, Server> servers = new HashMap<>();
    List<Map<String, String>> states =
        table(afterVersion(answers.get(2)), " ", STATE_COLUMNS, answers.get(2));
    List<Map<String, String>> statistics =
        table(answers.get(3), ",", STATISTICS_COLUMNS, answers.get(3));
    Map<String, Map<String, String>> statisticsByName = new HashMap<>();
    String algorithm = "";
    for (Map<String, String> row : statistics) {
      if (row.getOrDefault("type", "").equals("1")) {
        algorithm = row.getOrDefault("algo", "");
      } else {
        statisticsByName.put(row.getOrDefault("svname", ""), row);
      }
    }
    for (Map<String, String> row : states) {
      String name = row.getOrDefault("srv_name", "");
      servers.put(name, server(name, row, statisticsByName.getOrDefault(name, Map.of())));
    }
    return new HaProxyState(answers.get(0), mark(answers.get(1)), algorithm, servers);
  }

  private static Server server(String name, Map<String, String> state, Map<String, String> seen)
      throws UnreadableException {
    String check =
        "%s %s"
            .formatted(seen.getOrDefault("check_status", ""), seen.getOrDefault("last_chk", ""))
            .replaceFirst("^\\* ", "") // while the next check is under way
            .strip();
    return new Server(
        name,
        (int) number(state, "srv_uweight"),
        (int) number(state, "srv_admin_state"),
        seen.getOrDefault("status", "unknown"),
        check,
        seen.getOrDefault("bck", "0").equals("1"),
        seen.isEmpty() ? 0 : number(seen, "stot"));
  }

  private static long number(Map<String, String> row, String column) throws UnreadableException {
    String text = row.getOrDefault(column, "");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new UnreadableException(
          "Expected a number as %s, but it answered '%s'".formatted(column, text));
    }
  }

  private static Optional<String> mark(String answer) throws UnreadableException {
    Matcher variable = VARIABLE.matcher(answer);
    if (variable.matches()) {
      return Optional.of(variable.group(1)).filter(text -> !text.isBlank());
    }
    if (answer.startsWith("Variable not found")) {
      return Optional.empty();
    }
    throw new UnreadableException("Expected the mark, but it answered '%s'".formatted(answer));
  }

  /** The first line of a state tells the format's version. */
  private static String afterVersion(String answer) {
    int line = answer.indexOf('\n');
    return line < 0 ? answer : answer.substring(line + 1);
  }

  private static List<Map<String, String>> table(
      String text, String separator, List<String> needed, String answer)
      throws UnreadableException {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty() || !lines.getFirst().startsWith("# ")) {
      throw new UnreadableException(
          "Expected the servers of the backend, but it answered '%s'".formatted(answer));
    }
    List<String> columns = List.of(lines.getFirst().substring(2).split(separator, -1));
    if (!columns.containsAll(needed)) {
      throw new UnreadableException(
          "Expected columns %s, as HAProxy 2.4 and later have them, but it answered %s"
              .formatted(needed, columns));
    }
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(separator, -1);
      Map<String, String> row = new HashMap<>();
      for (int i = 0; i < Math.min(cells.length, columns.size()); i++) {
        row.put(columns.get(i), cells[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  /** The servers that get new sessions, by the ratio of their weights. */
  RecordSet set(String name) {
    return Split.ratio(
        new RecordSet(
            name,
            RecordType.SERVER,
            0,
            servers.values().stream()
                .filter(server -> !server.isSetAside() && !server.backup())
                .map(server -> new Split.Share(server.name(), server.weight()).text())
                .toList()));
  }

  /**
   * The ratio of weights of the servers of these names, whether they get sessions or were set
   * aside: what an order can set.
   */
  RecordSet weights(String name, Set<String> named) {
    return Split.ratio(
        new RecordSet(
            name,
            RecordType.SERVER,
            0,
            servers.values().stream()
                .filter(server -> named.contains(server.name()))
                .map(server -> new Split.Share(server.name(), server.weight()).text())
                .toList()));
  }

  /** The mark as it would stand in a zone. */
  EpochMark epochMark() {
    return EpochMark.parse(mark.map(text -> "\"" + text + "\"").stream().toList());
  }

  SwitchState switchState(String name) {
    return new SwitchState(List.of(set(name)), Map.of(name, epochMark()));
  }
}
