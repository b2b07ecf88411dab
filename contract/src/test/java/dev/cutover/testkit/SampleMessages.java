package dev.cutover.testkit;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.HttpStep;
import dev.cutover.contract.Message;
import dev.cutover.contract.NoticeChannel;
import dev.cutover.contract.Objectives;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.TableName;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes one message of each type, always the same, with every field filled. */
public final class SampleMessages {
  private static final Map<Class<?>, Object> FIXED =
      Map.ofEntries(
          fixed(CutoverId.class, new CutoverId("shop")),
          fixed(StepRef.class, new StepRef(new CutoverId("shop"), "fence-source", 2)),
          fixed(
              RecordSet.class,
              new RecordSet(
                  "shop.example.org.", RecordType.A, 60, List.of("192.0.2.1", "192.0.2.2"))),
          fixed(TableName.class, new TableName("public", "orders")),
          fixed(
              SwitchProvider.class,
              new SwitchProvider.Rfc2136(new ServerAddress("host-é", 5432), "tsigKey-é")),
          fixed(
              Objectives.class,
              new Objectives(
                  0.05,
                  2,
                  0.95,
                  20,
                  3,
                  0.001,
                  200,
                  3600,
                  500,
                  true,
                  "http_requests_total",
                  "status",
                  "http_request_duration_seconds",
                  Optional.of(new Objectives.WarmUp(Duration.ofSeconds(30), 6, 0.1)))),
          fixed(
              HttpStep.class,
              new HttpStep(
                  "log in",
                  "POST",
                  "/login?as=${user}",
                  Map.of("accept", "application/json", "x-test", "1"),
                  Optional.of("{\"password\":\"${password}\"}"),
                  200,
                  Map.of("/ok", "true"),
                  Map.of("token", "/token"),
                  500)),
          fixed(
              DataCheck.class,
              new DataCheck.RowCounts("rows", List.of(new TableName("public", "orders")))),
          fixed(
              ReplicationSpec.class,
              new ReplicationSpec(
                  "shop",
                  new DatabaseEndpoint("10.0.0.1", 5432, "shop", "shop-source"),
                  new DatabaseEndpoint("10.0.0.2", 5433, "shop", "shop-target"),
                  List.of(new TableName("public", "orders")),
                  true,
                  1000)),
          fixed(Instant.class, Instant.parse("2026-11-22T10:15:30.123456Z")),
          fixed(Duration.class, Duration.ofMillis(125_500)),
          fixed(
              NoticeChannel.class,
              new NoticeChannel.Statuspage(
                  "status page", "https://api.statuspage.io", "p1", List.of("c1"), "status-page")));

  /** Fields that came later than the golden files, and are left out there. */
  private static final Set<String> LATER =
      Set.of(
          "managedBy",
          "keepers",
          "proof",
          "classes",
          "delegation",
          "views",
          "view",
          "holds",
          "changedBy",
          "looks",
          "limits",
          "unreached",
          "objects",
          "lost",
          "signedUntil",
          "signatures");

  private SampleMessages() {}

  public static <M extends Message> M of(Class<M> type) {
    return type.cast(value(type, type.getSimpleName()));
  }

  private static Map.Entry<Class<?>, Object> fixed(Class<?> type, Object sample) {
    return Map.entry(type, sample);
  }

  private static Object value(Type type, String name) {
    if (type instanceof ParameterizedType generic) {
      Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      if (generic.getRawType() == List.class) {
        return last == DataCheck.class ? checks() : List.of(value(last, name));
      }
      if (LATER.contains(name)) {
        return Optional.empty();
      }
      return generic.getRawType() == Optional.class
          ? Optional.of(value(last, name))
          : Map.of("key", value(last, name));
    }
    Class<?> plain = (Class<?>) type;
    Object fixed = FIXED.get(plain);
    if (fixed != null) {
      return fixed;
    }
    if (plain.isEnum()) {
      return plain.getEnumConstants()[0];
    }
    if (plain.isRecord()) {
      return record(plain);
    }
    return switch (plain.getName()) {
      case "int" -> name.equals("port") ? (Object) 5432 : (Object) name.length();
      case "long" -> 1_000L + name.length();
      case "double" -> 0.25;
      // Written only where it is true, which came later than the golden files of switches.
      case "boolean", "java.lang.Boolean" -> !name.equals("weighted");
      case "java.lang.Integer" -> 3;
      case "java.lang.Long" -> 3L;
      case "java.lang.String" -> name + "-é";
      default -> throw new IllegalStateException("No sample for " + plain);
    };
  }

  /** One of each kind that was there when the golden files were written. */
  private static List<DataCheck> checks() {
    return Arrays.stream(DataCheck.class.getPermittedSubclasses())
        .filter(kind -> !kind.isSealed())
        .filter(kind -> kind != DataCheck.Recommended.class && kind != DataCheck.Dependent.class)
        .map(kind -> (DataCheck) record(kind))
        .toList();
  }

  private static Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values =
        Arrays.stream(components)
            .map(component -> value(component.getGenericType(), component.getName()))
            .toArray();
    try {
      var constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("No sample for " + type, e);
    }
  }
}
