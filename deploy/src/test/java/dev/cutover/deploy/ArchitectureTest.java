package dev.cutover.deploy;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All rules of the house in one place: which package may know which, and what the pure rooms must
 * not touch.
 */
class ArchitectureTest {
  private static final String ROOT = "dev.cutover.";
  private static final List<String> SERVICES =
      List.of("orchestrator", "dns", "sync", "validator", "monitor");

  private static final String[] JDK = {
    "java.lang..",
    "java.util..",
    "java.time..",
    "java.math..",
    "java.text..",
    "java.nio.charset..",
    "java.net..",
    "java.security.."
  };

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ArchitectureTest::isMain)
          .importPackages("dev.cutover");

  /** Modules and the folders of their tests, seen from this module. */
  private static final List<Path> TESTS =
      Stream.of(
              "contract",
              "orchestrator",
              "dns-service",
              "sync-service",
              "validator-service",
              "monitor-service",
              "deploy")
          .map(module -> Path.of("..", module, "target", "test-classes"))
          .filter(Files::isDirectory)
          .toList();

  @ParameterizedTest
  @ValueSource(strings = {"orchestrator", "dns", "sync", "validator", "monitor"})
  void shouldKnowNoOtherServiceWhenItIsAService(String service) {
    String[] others =
        SERVICES.stream()
            .filter(other -> !other.equals(service))
            .map(other -> ROOT + other + "..")
            .toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + service + "..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(others).or(resideInAPackage(ROOT + "deploy..")))
            .because("services talk through Kafka only"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"orchestrator", "dns", "sync", "validator", "monitor"})
  void shouldKnowTheJdkAndTheContractOnlyWhenItIsADomain(String service) {
    check(
        classes()
            .that()
            .resideInAPackage(ROOT + service + ".domain..")
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(JDK)
                    .or(
                        resideInAnyPackage(
                            ROOT + "contract..",
                            ROOT + service + ".domain..",
                            "org.jspecify.annotations.."))
                    .or(primitives()))
            .because("decisions are pure"));
  }

  @Test
  void shouldTouchNeitherClockNorChanceNorLogWhenItIsADomain() {
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "*.domain..")
            .should()
            .callMethodWhere(reads("java.time.Instant", "now"))
            .orShould()
            .callMethodWhere(reads("java.time.LocalDate", "now"))
            .orShould()
            .callMethodWhere(reads("java.time.ZonedDateTime", "now"))
            .orShould()
            .callMethodWhere(reads("java.time.Clock", "systemUTC"))
            .orShould()
            .callMethodWhere(reads("java.time.InstantSource", "system"))
            .orShould()
            .callMethodWhere(reads("java.lang.System", "currentTimeMillis"))
            .orShould()
            .callMethodWhere(reads("java.lang.System", "nanoTime"))
            .orShould()
            .callMethodWhere(reads("java.lang.Math", "random"))
            .orShould()
            .callMethodWhere(reads("java.util.UUID", "randomUUID"))
            .orShould()
            .callMethodWhere(reads("java.lang.Thread", "sleep"))
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(
                java.util.Random.class,
                java.util.concurrent.ThreadLocalRandom.class,
                java.security.SecureRandom.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.slf4j..",
                "java.util.logging..",
                "java.io..",
                "java.nio.file..",
                "java.sql..",
                "java.net.http..")
            .because("now is an argument, and replay must decide as the first time did"));
  }

  @Test
  void shouldDependOnTheJdkOnlyWhenItIsTheContractAndNotItsCodec() {
    DescribedPredicate<JavaClass> codec =
        new DescribedPredicate<>("the codec") {
          @Override
          public boolean test(JavaClass type) {
            return type.getSimpleName().contains("Codec") || type.getName().contains("Codec$");
          }
        };
    check(
        classes()
            .that(resideInAPackage(ROOT + "contract..").and(DescribedPredicate.not(codec)))
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage("java..", ROOT + "contract..", "org.jspecify.annotations..")
                    .or(primitives())));
    check(
        noClasses()
            .that(resideInAPackage(ROOT + "contract..").and(codec))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.apache.kafka..", "io.vertx..", "io.micrometer..", ROOT + "runtime.."));
  }

  @Test
  void shouldKnowNothingOfServicesWhenItIsTheRuntime() {
    String[] services =
        SERVICES.stream().map(service -> ROOT + service + "..").toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "runtime..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(services));
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "runtime..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "deploy.."));
  }

  @Test
  void shouldTouchTheOutsideOnlyWhenItIsAnAdapter() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                SERVICES.stream().map(service -> ROOT + service).toArray(String[]::new))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.apache.kafka..",
                "java.sql..",
                "javax.sql..",
                "org.postgresql..",
                "com.zaxxer.hikari..",
                "io.debezium..",
                "org.xbill.DNS..",
                "software.amazon.awssdk..")
            .because("a service's own package wires and translates; adapters touch the world"));
  }

  @Test
  void shouldHaveNoCyclesBetweenPackages() {
    check(slices().matching(ROOT + "(*)..").should().beFreeOfCycles());
    for (String service : SERVICES) {
      check(
          noClasses()
              .that()
              .resideInAPackage(ROOT + service + ".domain..")
              .should()
              .dependOnClassesThat()
              .resideInAPackage(ROOT + service + ".adapter.."));
      check(
          noClasses()
              .that()
              .resideInAnyPackage(ROOT + service + ".adapter..", ROOT + service + ".domain..")
              .should()
              .dependOnClassesThat()
              .resideInAPackage(ROOT + service));
    }
  }

  @Test
  void shouldNeverSleepWhenItIsATest() {
    JavaClasses tests = new ClassFileImporter().importPaths(TESTS);
    noClasses()
        .should()
        .callMethodWhere(reads("java.lang.Thread", "sleep"))
        .orShould()
        .callMethodWhere(reads("java.util.concurrent.TimeUnit", "sleep"))
        .because("a test waits for what it expects")
        .allowEmptyShould(true)
        .check(tests);
  }

  /** Test classes of other modules come as directories or as jars, depending on the phase. */
  private static boolean isMain(Location location) {
    return !location.contains("/test-classes/") && !location.contains("-tests.jar");
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(MAIN);
  }

  private static DescribedPredicate<JavaCall<?>> reads(String owner, String method) {
    return DescribedPredicate.describe(
        owner + "." + method,
        call ->
            call.getTargetOwner().getName().equals(owner)
                && call.getTarget().getName().equals(method));
  }

  private static DescribedPredicate<JavaClass> primitives() {
    Set<String> names =
        Set.of("void", "boolean", "byte", "short", "char", "int", "long", "float", "double");
    return DescribedPredicate.describe(
        "a primitive or an array of what is allowed",
        type ->
            names.contains(type.getBaseComponentType().getName())
                || (type.isArray()
                    && Stream.of("java.", ROOT)
                        .anyMatch(type.getBaseComponentType().getPackageName()::startsWith)));
  }
}
