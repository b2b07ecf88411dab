package dev.cutover.validator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Event;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.TableName;
import dev.cutover.contract.ValidatorCommand.CompareChanged;
import dev.cutover.contract.ValidatorCommand.CompareData;
import dev.cutover.contract.ValidatorCommand.RunChecks;
import dev.cutover.contract.ValidatorCommand.ValidateFinal;
import dev.cutover.contract.ValidatorReply;
import dev.cutover.contract.ValidatorReply.ChecksRun;
import dev.cutover.contract.ValidatorReply.DataCompared;
import dev.cutover.contract.ValidatorReply.FinalValidated;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.Work;
import dev.cutover.testkit.PostgresPair;
import dev.cutover.validator.adapter.HttpFlowRunner;
import dev.cutover.validator.adapter.PostgresTableReader;
import dev.cutover.validator.domain.Verdict;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The service's commands on two real servers. */
class ValidatorServiceIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();

  private static final TableName ORDERS = TableName.parse("orders");
  private static final TableName LINES = TableName.parse("lines");

  /** Generous, because other work runs on the machine; only a hundredth is planned for. */
  private static final Duration BUDGET = Duration.ofSeconds(10);

  private static World world;
  private ValidatorService service;

  @BeforeAll
  static void openWorld() {
    world = new World(PAIR);
  }

  @AfterAll
  static void closeWorld() {
    world.close();
  }

  @BeforeEach
  void fill() {
    world.table(
        "orders",
        "id bigint PRIMARY KEY, total numeric(12,2), note text",
        "INSERT INTO orders SELECT i, i*1.5, 'note '||i FROM generate_series(1, 20000) i");
    world.table(
        "lines",
        "order_id bigint, line int, sku text, PRIMARY KEY (order_id, line)",
        "INSERT INTO lines SELECT i/2, i%2, 'sku '||i FROM generate_series(1, 40000) i");
    service = service(new AllowedHosts(List.of("localhost")));
  }

  private static ValidatorService service(AllowedHosts hosts) {
    return new ValidatorService(
        endpoint ->
            new PostgresTableReader(
                world.sessions.to(endpoint), endpoint.address(), Duration.ofSeconds(30)),
        new HttpFlowRunner(InstantSource.system()),
        (_, _) -> new Verdict.Match("looked at", List.of()),
        Credentials.of(PostgresPair.credentials(World.CREDENTIAL)),
        hosts,
        new ValidatorConfig.Checking(
            8, Duration.ofSeconds(30), Duration.ofMillis(200), Duration.ofSeconds(5), 1),
        Pace.MACHINE);
  }

  private static CommandHeader header() {
    return new CommandHeader(
        new StepRef(new CutoverId("c1"), "compare", 1), 1, Instant.now().plusSeconds(60));
  }

  private static ReplicationSpec spec(DatabaseEndpoint source, DatabaseEndpoint target) {
    return new ReplicationSpec("shop", source, target, List.of(ORDERS, LINES), true, 1000);
  }

  private static ReplicationSpec spec() {
    return spec(World.endpoint(PAIR.source()), World.endpoint(PAIR.target()));
  }

  private Event handle(dev.cutover.contract.ValidatorCommand command) throws InterruptedException {
    return service.handle(
        command,
        new Work() {
          @Override
          public void publish(Event event) {}

          @Override
          public boolean rehearsal() {
            return false;
          }

          @Override
          public InstantSource clock() {
            return InstantSource.system();
          }
        });
  }

  private List<CheckResult> compare(DataCheck... checks) throws InterruptedException {
    Event event = handle(new CompareData(header(), spec(), List.of(checks)));
    assertThat(event).isInstanceOf(DataCompared.class);
    return ((ValidatorReply) event).results();
  }

  private List<CheckResult> compareAll() throws InterruptedException {
    return compare(
        new DataCheck.RowCounts("counts", List.of()),
        new DataCheck.Checksums("content", List.of()),
        new DataCheck.SampleQuery("sum", "SELECT sum(total) FROM public.orders", Optional.empty()));
  }

  private List<CheckResult> compareChanged(Direction direction) throws InterruptedException {
    Event event = handle(new CompareChanged(header(), spec(), direction));
    assertThat(event).isInstanceOf(DataCompared.class);
    return ((ValidatorReply) event).results();
  }

  private FinalValidated validateFinal(Duration budget) throws InterruptedException {
    Event event =
        handle(new ValidateFinal(header(), spec(), Instant.now().minusSeconds(5), budget));
    assertThat(event).isInstanceOf(FinalValidated.class);
    return (FinalValidated) event;
  }

  @Test
  void shouldMatchEveryCheckWhenDataIsTheSame() throws Exception {
    // when
    List<CheckResult> results = compareAll();

    // then
    assertThat(results).extracting(CheckResult::name).containsExactly("counts", "content", "sum");
    assertThat(results).as(results.toString()).allMatch(r -> r.outcome() == Outcome.MATCH);
  }

  @Test
  void shouldMismatchEveryCheckWithKeysWhenRowIsMissing() throws Exception {
    // given
    PAIR.target().execute("DELETE FROM orders WHERE id=777");

    // when
    List<CheckResult> results = compareAll();

    // then
    assertThat(results).as(results.toString()).allMatch(r -> r.outcome() == Outcome.MISMATCH);
    assertThat(results.get(1).evidence())
        .anyMatch(line -> line.startsWith("public.orders (777) is missing on the target"));
    assertThat(results.toString()).doesNotContain("note 777");
  }

  @Test
  void shouldCompareQueryWithPlanWhenResultIsExpected() throws Exception {
    // when
    List<CheckResult> results =
        compare(
            new DataCheck.SampleQuery(
                "right",
                "SELECT count(*), max(id) FROM public.orders;",
                Optional.of("20000|20000")),
            new DataCheck.SampleQuery(
                "wrong", "SELECT id FROM public.orders ORDER BY id LIMIT 2", Optional.of("1\n3")));

    // then
    assertThat(results)
        .extracting(CheckResult::outcome)
        .containsExactly(Outcome.MATCH, Outcome.MISMATCH);
  }

  @Test
  void shouldRefuseQueryWhenItWrites() throws Exception {
    // when
    Event event =
        handle(
            new CompareData(
                header(),
                spec(),
                List.of(
                    new DataCheck.SampleQuery(
                        "evil", "SELECT 1) q; DELETE FROM orders; SELECT (1", Optional.empty()))));

    // then
    assertThat(event)
        .isInstanceOfSatisfying(
            StepFailed.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(FailureKind.UNSUITABLE));
  }

  @Test
  void shouldCoverEverythingThatChangedWhenFullPassIsKnown() throws Exception {
    // given
    compareAll();
    world.onBoth("INSERT INTO orders SELECT i, i, 'new' FROM generate_series(20001, 20300) i");
    world.onBoth(
        "UPDATE orders SET note='later' WHERE id IN (5, 6); DELETE FROM lines WHERE order_id=9");

    // when
    FinalValidated validated = validateFinal(BUDGET);

    // then
    assertThat(validated.results())
        .as(validated.toString())
        .allMatch(result -> result.outcome() == Outcome.MATCH);
    System.out.printf(
        "final validation of 60,000 rows took %d ms: %s%n",
        validated.tookMs(), validated.results().stream().map(CheckResult::detail).toList());
  }

  @Test
  @Tag("E8")
  void shouldFindLostUpdateWhenItIsFarFromNewestRows() throws Exception {
    // given
    compareAll();
    PAIR.source().execute("UPDATE orders SET note='lost' WHERE id=5");

    // when
    FinalValidated validated = validateFinal(BUDGET);

    // then
    assertThat(validated.results().getFirst().outcome()).isEqualTo(Outcome.MISMATCH);
    assertThat(validated.results().getFirst().evidence())
        .anyMatch(line -> line.startsWith("(5) differs"));
  }

  @Test
  @Tag("E9")
  void shouldFindLostDeleteAndDamageOnTargetWhenOnlyThatChanged() throws Exception {
    // given
    compareAll();
    PAIR.source().execute("DELETE FROM orders WHERE id=5");
    PAIR.target().execute("UPDATE lines SET sku='damaged' WHERE order_id=7 AND line=1");

    // when
    FinalValidated validated = validateFinal(BUDGET);

    // then
    assertThat(validated.results())
        .as(validated.toString())
        .extracting(CheckResult::outcome)
        .containsExactly(Outcome.MISMATCH, Outcome.MISMATCH);
    assertThat(validated.results().getLast().evidence())
        .anyMatch(line -> line.startsWith("(7,1) differs"));
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void shouldFindWhatTheStreamLostWhenItComparesWhatChanged(Direction direction) throws Exception {
    // given
    compareAll();
    PAIR.source().execute("UPDATE orders SET note='lost' WHERE id=5");
    PAIR.target().execute("INSERT INTO lines VALUES (70000, 1, 'stray')");

    // when
    List<CheckResult> changed = compareChanged(direction);

    // then
    assertThat(changed)
        .as(changed.toString())
        .allMatch(result -> result.outcome() == Outcome.MISMATCH);
    assertThat(changed.getFirst().evidence()).anyMatch(line -> line.contains("(5) differs"));
    assertThat(changed.getLast().evidence())
        .anyMatch(line -> line.contains("(70000,1) is only on the target"));
  }

  @Test
  void shouldLeaveRowsThatNeverStandStillToTheFinalValidation() throws Exception {
    // given: the position says that the target has not caught up
    compareAll();
    world.onBoth(
        "CREATE SCHEMA cutover; CREATE TABLE cutover.position(stream text PRIMARY KEY, lsn pg_lsn"
            + " NOT NULL); INSERT INTO cutover.position VALUES ('cutover_shop_forward', '0/1')");
    PAIR.source().execute("UPDATE orders SET note='on its way' WHERE id=5");
    List<CheckResult> changed;
    try {
      changed = compareChanged(Direction.FORWARD);
    } finally {
      world.onBoth("DROP SCHEMA cutover CASCADE");
    }

    // when
    CheckResult missed = validateFinal(BUDGET).results().getFirst();
    PAIR.target().execute("UPDATE orders SET note='on its way' WHERE id=5");
    CheckResult arrived = validateFinal(BUDGET).results().getFirst();

    // then
    assertThat(changed.getFirst().outcome()).as(changed.toString()).isEqualTo(Outcome.MATCH);
    assertThat(changed.getFirst().evidence()).anyMatch(line -> line.contains("still changing"));
    assertThat(missed.evidence()).anyMatch(line -> line.startsWith("(5) differs"));
    assertThat(arrived.outcome()).as(arrived.toString()).isEqualTo(Outcome.MATCH);
  }

  @Test
  void shouldCompareInFullWhenNoPassIsKnown() throws Exception {
    // given: another instance made the pass
    PAIR.target().execute("DELETE FROM orders WHERE id=3");

    // when
    List<CheckResult> changed = compareChanged(Direction.REVERSE);

    // then
    assertThat(changed.getFirst().outcome()).isEqualTo(Outcome.MISMATCH);
    assertThat(changed.getFirst().evidence())
        .anyMatch(line -> line.startsWith("public.orders (3) is missing on the target"));
    assertThat(validateFinal(BUDGET).results().getLast().detail()).contains("all 40000 rows");
  }

  @Test
  void shouldNameRowThatTheReverseStreamLostWhenTheTargetLeads() throws Exception {
    // given
    compareAll();
    world.onBoth("UPDATE orders SET note='new' WHERE id < 10");
    PAIR.target().execute("UPDATE orders SET note='only here' WHERE id=11");

    // when
    CheckResult orders = compareChanged(Direction.REVERSE).getFirst();

    // then
    assertThat(orders.outcome()).as(orders.toString()).isEqualTo(Outcome.MISMATCH);
    assertThat(orders.detail()).contains("a rollback would lose it");
    assertThat(orders.evidence()).anyMatch(line -> line.startsWith("public.orders (11) differs"));
  }

  @Test
  void shouldNameDeletedRowThatTheReverseStreamLostWhenTheTargetLeads() throws Exception {
    // given: a row that is gone leaves no trace among what changed
    compareAll();
    CheckResult before = compareChanged(Direction.REVERSE).getFirst();
    PAIR.target().execute("DELETE FROM orders WHERE id=12");

    // when
    CheckResult orders = compareChanged(Direction.REVERSE).getFirst();

    // then
    assertThat(before.outcome()).as(before.toString()).isEqualTo(Outcome.MATCH);
    assertThat(before.evidence()).contains("both sides have the same keys");
    assertThat(orders.outcome()).as(orders.toString()).isEqualTo(Outcome.MISMATCH);
    assertThat(orders.evidence())
        .anyMatch(line -> line.startsWith("public.orders (12) is missing on the target"));
  }

  @Test
  void shouldSayWhatWasNotReadWhenFullPassIsNotKnown() throws Exception {
    // when: another instance made the pass
    FinalValidated validated = validateFinal(BUDGET);

    // then
    CheckResult lines = validated.results().getLast();
    assertThat(lines.outcome()).as(validated.toString()).isEqualTo(Outcome.MATCH);
    assertThat(lines.detail()).contains("newest");
    assertThat(lines.evidence()).anyMatch(line -> line.contains("were not read again"));
  }

  @Test
  void shouldBeInconclusiveWhenBudgetEndsBeforeTheDatabaseAnswers() throws Exception {
    // given
    compareAll();
    try (Connection held = PAIR.target().connect("postgres");
        Statement statement = held.createStatement()) {
      held.setAutoCommit(false);
      statement.execute("LOCK TABLE orders, lines IN ACCESS EXCLUSIVE MODE");

      // when
      FinalValidated validated = validateFinal(Duration.ofMillis(300));

      // then
      assertThat(validated.results()).hasSize(2);
      assertThat(validated.results()).allMatch(result -> result.outcome() == Outcome.INCONCLUSIVE);
    }
  }

  @Test
  void shouldFailWhenServerDoesNotAnswer() throws Exception {
    // given
    DatabaseEndpoint nobody = new DatabaseEndpoint("localhost", 1, "shop", World.CREDENTIAL);

    // when
    Event event =
        handle(
            new CompareData(
                header(),
                spec(World.endpoint(PAIR.source()), nobody),
                List.of(new DataCheck.Checksums("content", List.of()))));

    // then
    assertThat(event)
        .isInstanceOfSatisfying(
            StepFailed.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(FailureKind.UNREACHABLE);
              assertThat(failed.failure().retryable()).isTrue();
            });
  }

  @Test
  void shouldRefuseWhenHostIsNotAllowed() throws Exception {
    // given
    service = service(new AllowedHosts(List.of("db.example")));

    // when
    Event event =
        handle(new CompareData(header(), spec(), List.of(new DataCheck.Checksums("c", List.of()))));

    // then
    assertThat(event)
        .isInstanceOfSatisfying(
            StepFailed.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(FailureKind.REFUSED);
              assertThat(failed.failure().reason()).contains("CUTOVER_VALIDATOR_ALLOWED_HOSTS");
            });
  }

  @Test
  void shouldFailWhenCredentialIsMissing() throws Exception {
    // given
    DatabaseEndpoint source = World.endpoint(PAIR.source());
    DatabaseEndpoint unknown =
        new DatabaseEndpoint(source.host(), source.port(), source.database(), "nobody");

    // when
    Event event =
        handle(
            new CompareData(
                header(),
                spec(unknown, World.endpoint(PAIR.target())),
                List.of(new DataCheck.Checksums("c", List.of()))));

    // then
    assertThat(event)
        .isInstanceOfSatisfying(
            StepFailed.class,
            failed -> assertThat(failed.failure().reason()).contains("nobody.reader.user"));
  }

  @Test
  void shouldBeInconclusiveWhenCheckOfOneSideNeedsBoth() throws Exception {
    // when
    Event event =
        handle(
            new RunChecks(
                header(), Side.TARGET, List.of(new DataCheck.Checksums("c", List.of(ORDERS)))));

    // then
    assertThat(event).isInstanceOf(ChecksRun.class);
    assertThat(((ChecksRun) event).results())
        .singleElement()
        .extracting(CheckResult::outcome)
        .isEqualTo(Outcome.INCONCLUSIVE);
  }

  @Test
  void shouldAskOneSideAndShowOnlyNumbersWhenAQueryDoesNotFit() throws Exception {
    // when
    Event event =
        handle(
            new RunChecks(
                header(),
                Side.SOURCE,
                List.of(
                    sideQuery(
                        "select count(*) from pg_stat_activity where application_name like"
                            + " 'worker%'",
                        "0"),
                    sideQuery("SELECT count(*) FROM public.orders", "0"),
                    sideQuery("SELECT note FROM public.orders WHERE id = 777", "nothing"))));

    // then
    assertThat(event).isInstanceOf(ChecksRun.class);
    List<CheckResult> results = ((ChecksRun) event).results();
    assertThat(results)
        .extracting(CheckResult::outcome)
        .containsExactly(Outcome.MATCH, Outcome.MISMATCH, Outcome.MISMATCH);
    assertThat(results.get(1).detail()).contains("found 20000");
    assertThat(results.toString()).doesNotContain("note 777");
  }

  @Test
  void shouldFailWhenAQueryOfOneSideWrites() throws Exception {
    // when
    Event event =
        handle(
            new RunChecks(
                header(),
                Side.SOURCE,
                List.of(sideQuery("DELETE FROM public.orders RETURNING 1", "1"))));

    // then
    assertThat(event)
        .isInstanceOfSatisfying(
            StepFailed.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(FailureKind.UNSUITABLE));
  }

  private static DataCheck.SideQuery sideQuery(String sql, String expected) {
    return new DataCheck.SideQuery(sql, Side.SOURCE, spec().source(), sql, expected);
  }
}
