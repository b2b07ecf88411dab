package dev.cutover.deploy.dns;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.adapter.DnsjavaProbe;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.proof.Expected;
import dev.cutover.dns.domain.proof.Inquiry;
import dev.cutover.dns.domain.proof.Quorums;
import dev.cutover.dns.domain.proof.Server;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is asked, and of whom, as told on the command line. */
final class NameOptions {
  /** Servers of a backend are nothing that DNS serves. */
  private static final List<RecordType> TYPES =
      List.copyOf(EnumSet.complementOf(EnumSet.of(RecordType.SERVER)));

  /** They move as one unit: a name whose AAAA stays behind loses half of its users (trap 27). */
  private static final Set<RecordType> UNIT =
      EnumSet.of(RecordType.A, RecordType.AAAA, RecordType.HTTPS);

  private static final String NOTHING = "none";
  private static final int PORT = 53;

  @Parameters(paramLabel = "NAME", description = "Such as www.example.com.")
  private String name = "";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "A, AAAA, CNAME, HTTPS or TXT; may be given several times. A, AAAA and HTTPS unless"
              + " given, and those of --expect and --old in any case.")
  private List<String> types = new ArrayList<>();

  @Option(
      names = "--expect",
      paramLabel = "TYPE=VALUE[,VALUE]",
      description =
          "The whole set that shall be served, such as A=192.0.2.1,192.0.2.2, or AAAA=none. A type"
              + " without it is compared with what the authorities serve.")
  private List<String> expected = new ArrayList<>();

  @Option(
      names = "--old",
      paramLabel = "TYPE=VALUE[,VALUE]",
      description = "The whole set that was served before, so that it is recognised.")
  private List<String> old = new ArrayList<>();

  @Option(
      names = "--authority",
      paramLabel = "HOST[:PORT]",
      description =
          "An authority of the name; may be given several times. They are found by delegation"
              + " unless given.")
  private List<String> authorities = new ArrayList<>();

  @Option(
      names = "--via",
      paramLabel = "HOST[:PORT]",
      description =
          "The resolver through which authorities are found: this machine's unless given.")
  private List<String> start = new ArrayList<>();

  @Option(
      names = "--resolver",
      paramLabel = "[CLASS=]HOST[:PORT]",
      description =
          "A resolver to ask beside the well-known public ones, such as office=192.0.2.53; may be"
              + " given several times. Its class is 'own' unless given.")
  private List<String> resolvers = new ArrayList<>();

  @Option(
      names = "--no-public",
      description = "Leaves the well-known public resolvers out (class 'public').")
  private boolean withoutPublic;

  @Option(
      names = "--quorum",
      paramLabel = "CLASS=PERCENT",
      description =
          "How many resolvers of a class must agree, such as public=75%%. All unless given;"
              + " authorities always all.")
  private List<String> quorums = new ArrayList<>();

  @Option(
      names = "--window",
      paramLabel = "DURATION",
      description = "Warns of DNSSEC signatures that end within it, such as 48h; 24h unless given.",
      converter = Spans.class)
  private Duration window = Duration.ofHours(24);

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  /** Where the search for authorities begins. */
  List<ServerAddress> start() {
    return start.isEmpty()
        ? DnsjavaProbe.systemResolvers()
        : start.stream().map(text -> address("--via", text)).toList();
  }

  /**
   * @throws IllegalArgumentException with a sentence for what can't be understood
   */
  Inquiry inquiry() {
    String asked = checkedName();
    Map<RecordType, List<String>> wanted = sets("--expect", expected, asked);
    Map<RecordType, List<String>> before = sets("--old", old, asked);
    Set<RecordType> all =
        types.stream()
            .map(text -> type("--type", text))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(RecordType.class)));
    if (all.isEmpty()) {
      all.addAll(UNIT);
    }
    all.addAll(wanted.keySet());
    all.addAll(before.keySet());
    List<Server> given = resolvers.stream().map(NameOptions::resolver).toList();
    return new Inquiry(
        asked,
        List.copyOf(all),
        new Expected(wanted, before),
        authorities.stream().flatMap(NameOptions::authority).toList(),
        withoutPublic
            ? given
            : Stream.concat(given.stream(), PublicResolvers.all().stream()).distinct().toList(),
        Quorums.parse(quorums),
        window);
  }

  private String checkedName() {
    String stripped = name.strip();
    if (stripped.replaceAll("\\.$", "").indexOf('.') < 0) {
      throw new IllegalArgumentException(
          "Expected a whole name with a dot, such as www.example.com, but got '%s'"
              .formatted(name));
    }
    return DnsjavaProbe.normalise(
            new RecordSet(
                RecordSets.normaliseName(stripped), RecordType.A, 0, List.of("192.0.2.1")))
        .name();
  }

  private static Map<RecordType, List<String>> sets(
      String option, List<String> texts, String name) {
    Map<RecordType, List<String>> sets = new EnumMap<>(RecordType.class);
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals < 1 || equals == text.length() - 1) {
        throw new IllegalArgumentException(
            "Expected %s TYPE=VALUE[,VALUE], such as A=192.0.2.1, but got '%s'"
                .formatted(option, text));
      }
      RecordType type = type(option, text.substring(0, equals));
      String values = text.substring(equals + 1);
      if (sets.containsKey(type)) {
        throw new IllegalArgumentException(
            "Expected %s once for each type, with all of its values, but %s is there twice"
                .formatted(option, type));
      }
      sets.put(
          type,
          values.equals(NOTHING)
              ? List.of()
              : DnsjavaProbe.normalise(
                      new RecordSet(name, type, 0, Arrays.asList(values.split(",", -1))))
                  .values());
    }
    return sets;
  }

  private static RecordType type(String option, String text) {
    return TYPES.stream()
        .filter(type -> type.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Expected %s with one of %s, but got the type '%s'"
                        .formatted(option, TYPES, text)));
  }

  private static Server resolver(String text) {
    int equals = text.indexOf('=');
    String group = equals < 0 ? "own" : text.substring(0, equals).toLowerCase(Locale.ROOT);
    if (!group.matches("[a-z][a-z0-9-]*") || group.equals(Server.AUTHORITY)) {
      throw new IllegalArgumentException(
          "Expected --resolver [CLASS=]HOST[:PORT] with a class of letters, digits and hyphens, but got '%s'"
              .formatted(text));
    }
    return new Server(address("--resolver", text.substring(equals + 1)), "", group);
  }

  /** Each address of a host is a server of its own. */
  private static Stream<Server> authority(String text) {
    ServerAddress given = address("--authority", text);
    try {
      return Arrays.stream(InetAddress.getAllByName(given.host()))
          .map(
              address ->
                  new Server(
                      new ServerAddress(address.getHostAddress(), given.port()),
                      isLiteral(given.host()) ? "" : given.host(),
                      Server.AUTHORITY));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "Expected an address of --authority %s, but it has none".formatted(given.host()), e);
    }
  }

  private static boolean isLiteral(String host) {
    return host.contains(":") || host.matches("[0-9.]+");
  }

  private static ServerAddress address(String option, String text) {
    try {
      return ServerAddress.parse(text, PORT);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Expected %s HOST[:PORT], such as 192.0.2.53 or [2001:db8::53]:53, but got '%s'"
              .formatted(option, text),
          e);
    }
  }
}
