package dev.cutover.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.Forecast;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.PeopleStatus;
import dev.cutover.contract.ProgrammeStatus;
import dev.cutover.contract.ReadinessStatus;
import dev.cutover.contract.RehearsalResult;
import dev.cutover.contract.StrategyStatus;
import dev.cutover.contract.SwitchFigures;
import dev.cutover.orchestrator.adapter.ApiDocument;
import dev.cutover.orchestrator.adapter.JournalEntry;
import dev.cutover.orchestrator.adapter.Role;
import dev.cutover.orchestrator.adapter.Route;
import dev.cutover.orchestrator.adapter.StatusBoard;
import dev.cutover.orchestrator.domain.CutoverReport;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.InMemoryLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.OpenAPIContractBuilder;
import io.vertx.openapi.mediatype.ContentAnalyser;
import io.vertx.openapi.mediatype.MediaTypeRegistration;
import io.vertx.openapi.mediatype.MediaTypeRegistry;
import io.vertx.openapi.validation.ValidationContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API document and the routes say the same. */
final class OpenApiTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

  private final Documented document = new Documented(new ApiDocument().json());

  @Test
  void shouldBeOpenApi31() throws Exception {
    // given
    Vertx vertx = Vertx.vertx();
    try {
      // when
      OpenAPIContract contract =
          new OpenAPIContractBuilder(vertx)
              .setContract(new ApiDocument().json())
              .mediaTypeRegistry(MediaTypeRegistry.createDefault().register(new OtherTypes()))
              .build()
              .toCompletionStage()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      // then
      assertThat(contract.operations()).hasSameSizeAs(document.operations());
    } finally {
      var _ = vertx.close();
    }
  }

  /** Types of bodies that the library does not read; it would refuse a document with them. */
  private static final class OtherTypes implements MediaTypeRegistration {
    @Override
    public ContentAnalyser createContentAnalyser(
        String type, Buffer content, ValidationContext context) {
      throw new UnsupportedOperationException("Expected to read the document only");
    }

    @Override
    public boolean canHandle(String type) {
      return supportedTypes().contains(type);
    }

    @Override
    public List<String> supportedTypes() {
      return List.of(
          "application/yaml",
          "application/problem+json",
          "application/x-ndjson",
          "text/html",
          "text/event-stream");
    }
  }

  @Test
  void shouldDescribeEveryRouteWithItsRolesAndNoOther() {
    // given
    Topics topics = new Topics("openapi", 1, (short) 1, 1);
    Wire wire = new Wire(topics, new MessageCodec(), Optional.empty());
    Map<String, Set<String>> served = new TreeMap<>();
    for (Route route :
        Main.routes(
            wire,
            _ -> Future.failedFuture("nobody asks"),
            new InMemoryLog(topics, CLOCK, new Random(1), InMemoryLog.Faults.NONE).join("api"),
            new StatusBoard(topics),
            CLOCK)) {
      served.put(
          "%s %s".formatted(route.method(), route.path()),
          route.roles().stream().map(Role::wireName).collect(Collectors.toSet()));
    }
    served.put("GET " + ApiDocument.PATH, Set.of());
    // when
    Map<String, Set<String>> described = new TreeMap<>();
    document
        .operations()
        .forEach(operation -> described.put(operation.toString(), operation.roles()));
    // then
    assertThat(described).isEqualTo(served);
  }

  @ParameterizedTest
  @CsvSource({
    "Status",
    "Step",
    "People",
    "StrategyStatus",
    "ProgrammeStatus",
    "JournalEntry",
    "Readiness",
    "ReadinessLine",
    "Fact",
    "Freeze",
    "Forecast",
    "Expected",
    "Drill",
    "Report",
    "KeptRecords",
    "Round",
    "SwitchFigures",
    "RehearsalResult",
    "ReportedStep",
    "Saying",
    "ReportedNotice",
    "Milestone"
  })
  void shouldDescribeEveryFieldOfARecord(String schema) {
    // given
    Class<?> record =
        switch (schema) {
          case "Status" -> CutoverStatus.class;
          case "People" -> PeopleStatus.class;
          case "StrategyStatus" -> StrategyStatus.class;
          case "ProgrammeStatus" -> ProgrammeStatus.class;
          case "Step" -> CutoverStatus.StepStatus.class;
          case "Readiness" -> ReadinessStatus.class;
          case "ReadinessLine" -> ReadinessStatus.LineStatus.class;
          case "Fact" -> ReadinessStatus.Fact.class;
          case "Freeze" -> ReadinessStatus.FreezeStatus.class;
          case "Forecast" -> Forecast.class;
          case "Expected" -> Forecast.Expected.class;
          case "Drill" -> Forecast.Drill.class;
          case "Report" -> CutoverReport.class;
          case "KeptRecords" -> CutoverReport.KeptLine.class;
          case "Round" -> CutoverReport.Round.class;
          case "SwitchFigures" -> SwitchFigures.class;
          case "RehearsalResult" -> RehearsalResult.class;
          case "ReportedStep" -> CutoverReport.StepLine.class;
          case "Saying" -> CutoverReport.Saying.class;
          case "ReportedNotice" -> CutoverReport.NoticeLine.class;
          case "Milestone" -> ReadinessStatus.Milestone.class;
          default -> JournalEntry.class;
        };
    // when, then
    assertThat(
            new ApiDocument()
                .json()
                .getJsonObject("components")
                .getJsonObject("schemas")
                .getJsonObject(schema)
                .getJsonObject("properties")
                .fieldNames())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(record.getRecordComponents())
                .map(component -> component.getName())
                .toList());
  }
}
