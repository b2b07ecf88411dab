package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.testkit.PostgresPair;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A comparison as a new user runs it, on real servers. */
final class ValidateCommandIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();

  @TempDir private Path directory;
  private Path credentials;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeEach
  void prepare() throws Exception {
    for (PostgresPair.Server server : List.of(PAIR.source(), PAIR.target())) {
      server.execute(
          """
          DROP TABLE IF EXISTS customers; DROP TABLE IF EXISTS orders;
          CREATE TABLE customers(id int PRIMARY KEY, name text);
          CREATE TABLE orders(id int PRIMARY KEY, customer int, note text);
          INSERT INTO customers SELECT g, 'secret ' || g FROM generate_series(1, 50) g;
          INSERT INTO orders SELECT g, 1 + g % 50 FROM generate_series(1, 500) g;
          ANALYZE\
          """);
    }
    List<String> lines = new ArrayList<>();
    PostgresPair.credentials("shop").forEach((key, value) -> lines.add(key + "=" + value));
    credentials = Files.write(directory.resolve("credentials"), lines);
  }

  private Path plan(int targetPort) throws Exception {
    return Files.writeString(
        directory.resolve("plan.yaml"),
        """
        cutover: shop
        approvers: [ana, bo]
        data:
          source: {host: localhost, port: %d, database: shop, credential: shop}
          target: {host: localhost, port: %d, database: shop, credential: shop}
          tables: [public.customers, public.orders]
        checks:
          data:
            - {name: counts, kind: rowCounts}
            - {name: content, kind: checksums}
            - {name: customers known, kind: sampleQuery, sql: SELECT count(*) FROM public.customers}
        """
            .formatted(PAIR.source().port(), targetPort));
  }

  private int run(Path plan, String... options) {
    out = new StringWriter();
    err = new StringWriter();
    List<String> words =
        new ArrayList<>(
            List.of("validate", plan.toString(), "--credentials", credentials.toString()));
    words.addAll(List.of(options));
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(words.toArray(String[]::new));
  }

  @Test
  void shouldSayThatBothSidesAreTheSame() throws Exception {
    // when
    int exit = run(plan(PAIR.target().port()));

    // then
    assertThat(exit).as(out + "\n" + err).isZero();
    assertThat(out.toString())
        .containsPattern("counts public.customers +match ")
        .containsPattern("content public.orders +match +[0-9.]+ s +500 rows in 1 tables")
        .containsPattern("customers known +match ")
        .doesNotContain("\033");
    assertThat(err.toString()).contains("5 of 5: customers known");
  }

  @Test
  void shouldNameRowsThatDifferWithoutShowingThem() throws Exception {
    // given
    PAIR.target()
        .execute(
            "UPDATE customers SET name='Secret 7' WHERE id=7; DELETE FROM customers WHERE id=8");

    // when
    int exit = run(plan(PAIR.target().port()), "--only", "content", "--json");

    // then
    assertThat(exit).isEqualTo(1);
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.at("/outcome").asText()).isEqualTo("MISMATCH");
    assertThat(report.at("/lines")).hasSize(2);
    assertThat(report.at("/lines/0/evidence").toString())
        .contains("public.customers (7) differs", "public.customers (8) is missing on the target");
    assertThat(report.at("/lines/1/outcome").asText()).isEqualTo("MATCH");
    assertThat(out.toString()).doesNotContainIgnoringCase("secret");
  }

  @Test
  void shouldBeInconclusiveWhenASideCannotBeReached() throws Exception {
    // when
    int exit = run(plan(1), "--only", "public.orders");

    // then
    assertThat(exit).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern("content public.orders +inconclusive ")
        .containsPattern("counts public.orders +inconclusive ")
        .doesNotContain(" match ");
  }

  @Test
  void shouldBeInconclusiveWhenWhatACheckNeedsDoesNotMatch() throws Exception {
    // given: it stands before what it needs
    Path plan = plan(PAIR.target().port());
    Files.writeString(
        plan,
        Files.readString(plan)
            + """
              reading:
                - {name: rows, kind: query, sql: SELECT count(*) FROM public.orders, expected: "500", needs: [port]}
                - {name: port, kind: tcp, servers: ["localhost:1"]}
            """);

    // when
    int exit = run(plan, "--only", "rows,port");
    String together = out.toString();
    run(plan, "--only", "rows");

    // then
    assertThat(exit).isEqualTo(1);
    assertThat(together)
        .containsPattern("port \\(target\\) +mismatch ")
        .containsPattern(
            "rows \\(target\\) +inconclusive .*needs port \\(target\\), which is mismatch");
    assertThat(out.toString()).containsPattern("rows \\(target\\) +match ");
  }

  @Test
  void shouldSayWhatItCannotUnderstand() throws Exception {
    // when / then
    assertThat(run(directory.resolve("nowhere.yaml"))).isEqualTo(2);
    assertThat(err.toString()).contains("Expected a readable plan");
    assertThat(run(plan(PAIR.target().port()), "--only", "nothing")).isEqualTo(2);
    assertThat(err.toString()).contains("Expected a table or a reading check named nothing");
    assertThat(run(plan(PAIR.target().port()), "--minutes", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("Expected --minutes from 1 to 10080, but got 0");
  }
}
