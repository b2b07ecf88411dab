package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CopyTerms;
import dev.cutover.contract.CopyTerms.SchemaOrigin;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ExternalForward;
import dev.cutover.contract.ForwardMode;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads the databases of a plan. */
final class PlanData {
  static final String CREDENTIAL = "the name of a credential, of letters, digits, '.', '_' and '-'";
  private static final String CREDENTIAL_SHAPE = "[A-Za-z0-9._-]{1,100}";
  private static final String TABLE = "a table as schema.table";
  private static final long DEFAULT_SEQUENCE_MARGIN = 1000;

  private PlanData() {}

  /** Names a credential; a plan never holds one. */
  static String credential(YamlSection section) {
    for (String secret : List.of("user", "password")) {
      if (section.has(secret)) {
        section.fault(
            secret,
            "Expected the name of a credential, but found a %s: put it into the services' own"
                    .formatted(secret)
                + " credentials file, and its name here as 'credential'");
      }
    }
    return section.value("credential", CREDENTIAL, "", PlanValues.matching(CREDENTIAL_SHAPE));
  }

  static Optional<ReplicationSpec> read(YamlSection data, CutoverId id, YamlFaults faults) {
    String fromId = id.value().replace('-', '_');
    String name =
        data.valueOr(
            "name",
            "a replication name of 1 to 40 characters a-z, 0-9 and _",
            fromId.substring(0, Math.min(fromId.length(), 40)),
            PlanValues.matching("[a-z0-9_]{1,40}"));
    DatabaseEndpoint source = endpoint(data.section("source"));
    DatabaseEndpoint target = endpoint(data.section("target"));
    if (!source.host().isEmpty() && source.address().equals(target.address())) {
      data.fault(
          "target",
          "Expected two different databases, but source and target are both " + source.address());
    }
    List<TableName> tables = tables(data, "tables");
    if (tables.isEmpty()) {
      data.fault("tables", "Expected at least one table in data.tables, but found none");
    }
    boolean endBlockers = data.valueOr("endBlockers", "true or false", false, PlanValues::flag);
    long sequenceMargin =
        data.valueOr(
            "sequenceMargin",
            "a whole number of 0 to 1000000000",
            DEFAULT_SEQUENCE_MARGIN,
            PlanValues.whole(0, 1_000_000_000));
    ForwardMode forward =
        data.valueOr(
            "forward", "builtin, native or external", ForwardMode.BUILTIN, PlanData::forward);
    Optional<ExternalForward> external = external(data, forward);
    Optional<CopyTerms> copy =
        data.optionalSection("copy").flatMap(section -> copy(section, forward));
    Optional<Long> maxRetainedBytes =
        limit(data, "maxRetainedBytes", 64L << 20, 1_000_000_000_000_000L);
    data.end();
    return faults.none()
        ? Optional.of(
            new ReplicationSpec(
                name,
                source,
                target,
                tables,
                endBlockers,
                sequenceMargin,
                copy,
                Optional.empty(),
                forward == ForwardMode.BUILTIN ? Optional.empty() : Optional.of(forward),
                maxRetainedBytes,
                external))
        : Optional.empty();
  }

  private static Optional<ExternalForward> external(YamlSection data, ForwardMode forward) {
    if (forward != ForwardMode.EXTERNAL) {
      if (data.has("external")) {
        data.fault(
            "external",
            "Expected 'forward: external' with 'external', or neither, but forward is %s"
                .formatted(forward.name().toLowerCase(Locale.ROOT)));
        var _ = data.optionalSection("external").flatMap(PlanData::tool);
      }
      return Optional.empty();
    }
    if (!data.has("external")) {
      data.fault(
          "forward",
          "Expected 'external' with 'forward: external', but found none: a tool that nothing proves could lose every write");
      return Optional.empty();
    }
    return data.optionalSection("external").flatMap(PlanData::tool);
  }

  private static Optional<ExternalForward> tool(YamlSection section) {
    String origin =
        section.value(
            "origin",
            "the replication origin under which the tool writes on the target",
            "",
            PlanValues.matching("[^\\s]{1,512}"));
    YamlSection proof = section.section("caughtUp");
    Side side = proof.value("side", "source or target", Side.SOURCE, PlanData::side);
    String query =
        proof.value(
            "query", "one statement without ';'", "", PlanValues.matching("[^;]*[^;\\s][^;]*"));
    String expect = proof.optionalText("expect").orElse("t");
    proof.end();
    section.end();
    return origin.isBlank() || query.isBlank()
        ? Optional.empty()
        : Optional.of(
            new ExternalForward(origin, new ExternalForward.CaughtUp(side, query, expect)));
  }

  private static Side side(String word) {
    return switch (word) {
      case "source" -> Side.SOURCE;
      case "target" -> Side.TARGET;
      default -> throw new IllegalArgumentException(word);
    };
  }

  /** What is said is kept only where it differs from what holds anyway. */
  private static Optional<CopyTerms> copy(YamlSection section, ForwardMode forward) {
    SchemaOrigin schema =
        section.valueOr("schema", "carry or check", SchemaOrigin.CHECK, PlanData::schema);
    Optional<Long> maxBytesPerSecond =
        limit(section, "maxBytesPerSecond", 1_024, 1_000_000_000_000L);
    Optional<Integer> maxSourceSessions =
        limit(section, "maxSourceSessions", 0, 100_000).map(Math::toIntExact);
    if (forward == ForwardMode.NATIVE) {
      requireNoTerms(section, schema);
    }
    if (forward == ForwardMode.EXTERNAL) {
      section.fault(
          "Expected no 'copy' with 'forward: external', but found one: the tool copies, into tables that are there");
    }
    section.end();
    CopyTerms terms = new CopyTerms(schema, maxBytesPerSecond, maxSourceSessions);
    return terms.equals(CopyTerms.DEFAULT) ? Optional.empty() : Optional.of(terms);
  }

  private static void requireNoTerms(YamlSection section, SchemaOrigin schema) {
    if (schema == SchemaOrigin.CARRY) {
      section.fault(
          "schema",
          "Expected 'schema: check' with 'forward: native', but found carry: the servers copy into tables that are there with their keys");
    }
    for (String key : List.of("maxBytesPerSecond", "maxSourceSessions")) {
      if (section.has(key)) {
        section.fault(
            key,
            "Expected no %s with 'forward: native', but found one: the servers copy by themselves, and know no such limit"
                .formatted(key));
      }
    }
  }

  private static ForwardMode forward(String word) {
    return switch (word) {
      case "builtin" -> ForwardMode.BUILTIN;
      case "native" -> ForwardMode.NATIVE;
      case "external" -> ForwardMode.EXTERNAL;
      default -> throw new IllegalArgumentException(word);
    };
  }

  private static SchemaOrigin schema(String word) {
    return switch (word) {
      case "carry" -> SchemaOrigin.CARRY;
      case "check" -> SchemaOrigin.CHECK;
      default -> throw new IllegalArgumentException(word);
    };
  }

  private static Optional<Long> limit(YamlSection section, String key, long min, long max) {
    return section.has(key)
        ? Optional.of(
            section.value(
                key,
                "a whole number of %d to %d".formatted(min, max),
                min,
                PlanValues.whole(min, max)))
        : Optional.empty();
  }

  /** Tables as written, each once. */
  static List<TableName> tables(YamlSection section, String key) {
    Set<TableName> tables = new LinkedHashSet<>();
    for (YamlSection.Text text : section.texts(key)) {
      if (!text.value().matches("[^.]+(\\.[^.]+)?")) {
        section.fault(text, "Expected %s, but found '%s'".formatted(TABLE, text.value()));
      } else if (!tables.add(TableName.parse(text.value()))) {
        section.fault(
            text, "Expected each table once, but %s is there twice".formatted(text.value()));
      }
    }
    return new ArrayList<>(tables);
  }

  private static DatabaseEndpoint endpoint(YamlSection section) {
    String host = section.text("host", "a host name or address");
    int port = section.valueOr("port", "a port of 1 to 65535", 5432, PlanValues.number(1, 65_535));
    String database = section.text("database", "the name of a database");
    String credential = credential(section);
    section.end();
    return new DatabaseEndpoint(host, port, database, credential);
  }
}
