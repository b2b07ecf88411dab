package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Forecast.Part;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ObjectsSpec.Fence;
import dev.cutover.orchestrator.adapter.PlanYaml.Reading;
import dev.cutover.orchestrator.domain.Claims;
import dev.cutover.orchestrator.domain.Forecasts;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.PlanRules;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Objects in a plan. */
final class PlanObjectsTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final String DATA =
      """
      cutover: shop
      approvers: [ana, bo]
      data:
        source: {host: a, database: shop, credential: shop-source}
        target: {host: b, database: shop, credential: shop-target}
        tables: [public.orders]
      """;
  private static final String COPIER = "copier: \"arn:aws:iam::111122223333:role/cutover\"";
  private static final String OBJECTS =
      """
      objects:
        fence: policy
        buckets:
          - source: {bucket: media, COPIER, probe: shop}
            target: {bucket: media-new, prefix: img/, endpoint: "https://s3.example.com", COPIER}
      """
          .replace("COPIER", COPIER);

  private static Plan plan(String yaml) {
    return switch (PlanYaml.read(yaml, NOW)) {
      case Reading.Accepted(Plan plan) -> plan;
      case Reading.Faulty(List<String> faults) ->
          throw new AssertionError("Expected an accepted plan, but " + String.join("\n", faults));
    };
  }

  private static List<String> faults(String yaml) {
    return PlanYaml.read(yaml, NOW) instanceof Reading.Faulty(List<String> faults)
        ? faults
        : List.of();
  }

  @Test
  void shouldReadObjectsWithWhatHoldsAnyway() {
    // when
    ObjectsSpec objects = plan(DATA + OBJECTS).data().orElseThrow().objects().orElseThrow();

    // then
    assertThat(objects.fence()).isEqualTo(Fence.POLICY);
    assertThat(objects.mirrorsDeletes()).isFalse();
    assertThat(objects.settle()).isEqualTo(Duration.ofSeconds(5));
    assertThat(objects.finalPass()).isEqualTo(Duration.ofSeconds(15));
    assertThat(objects.every()).isEqualTo(Duration.ofMinutes(5));
    assertThat(objects.buckets())
        .singleElement()
        .satisfies(
            pair -> {
              assertThat(pair.source().address()).isEqualTo("s3://media");
              assertThat(pair.source().probe()).contains("shop");
              assertThat(pair.target().address())
                  .isEqualTo("s3://media-new/img/@https://s3.example.com");
            });
  }

  @Test
  void shouldFindFaultsWithTheirPlaces() {
    // given
    String faulty =
        """
        objects:
          fence: wall
          deletes: sometimes
          settle: 2 s
          buckets:
            - source: {bucket: media, copier: everybody, secretKey: x}
              target: {bucket: media, endpoint: "https://u:p@s3.example.com"}
        """;

    // when, then
    assertThat(faults(DATA + faulty))
        .anySatisfy(fault -> assertThat(fault).contains("line 8", "policy, hook or none", "'wall'"))
        .anySatisfy(fault -> assertThat(fault).contains("keep or mirror"))
        .anySatisfy(fault -> assertThat(fault).contains("objects.settle"))
        .anySatisfy(fault -> assertThat(fault).contains("the ARN of a role or a user"))
        .anySatisfy(fault -> assertThat(fault).contains("secretKey"))
        .anySatisfy(fault -> assertThat(fault).contains("without a login"));
  }

  @Test
  void shouldRefuseWhatCannotBeSafe() {
    assertThat(faults(DATA + OBJECTS.replace(COPIER + ", probe", "probe")))
        .singleElement()
        .asString()
        .contains("Expected 'copier' for objects.fence policy");
    assertThat(faults(DATA + OBJECTS + "  settle: 20s\n"))
        .singleElement()
        .asString()
        .contains("objects.settle and objects.finalPass together below bounds.switchStep");
    assertThat(faults(DATA + OBJECTS.replace("fence: policy", "fence: none\n  deletes: mirror")))
        .singleElement()
        .asString()
        .contains("Expected objects.deletes keep without a fence");
    assertThat(faults(DATA + OBJECTS.replace("fence: policy", "fence: hook")))
        .singleElement()
        .asString()
        .contains("a step of the team's own before the fence");
    assertThat(
            faults(
                DATA
                    + OBJECTS
                        .replace("media-new, prefix: img/", "media")
                        .replace(", endpoint: \"https://s3.example.com\"", "")))
        .singleElement()
        .asString()
        .contains("Expected two places that don't overlap");
    String alone = DATA.substring(0, DATA.indexOf("data:"));
    assertThat(faults(alone + OBJECTS))
        .anySatisfy(fault -> assertThat(fault).contains("Expected databases in 'data' beside"));
  }

  @Test
  void shouldSayWhatIsNotPromised() {
    assertThat(PlanRules.notes(plan(DATA + OBJECTS.replace("fence: policy", "fence: none"))))
        .extracting(PlanRules.Finding::sentence)
        .anySatisfy(note -> assertThat(note).startsWith("objects: eventual"));
    assertThat(PlanRules.notes(plan(DATA + OBJECTS)))
        .extracting(PlanRules.Finding::path)
        .doesNotContain("objects.fence", "objects.buckets");
    assertThat(PlanRules.notes(plan(DATA + OBJECTS.replace(", probe: shop", ""))))
        .extracting(PlanRules.Finding::path)
        .contains("objects.buckets");
  }

  @Test
  void shouldClaimBucketsAndCountThemIntoTheOutage() {
    // when
    Plan plan = plan(DATA + OBJECTS);

    // then
    assertThat(Claims.of(plan)).contains("bucket s3://media");
    assertThat(Forecasts.of(plan).writeOutage().orElseThrow().parts())
        .filteredOn(part -> part.name().equals("objects"))
        .extracting(Part::ms)
        .isEqualTo(List.of(20_000L));
    assertThat(plan.data().orElseThrow().withoutObjects().objects()).isEmpty();
  }
}
