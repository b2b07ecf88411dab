package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.TableName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SchemaWorkTest {
  private static final TableName ORDERS = new TableName("sales", "orders");
  private static final TableName ODD = new TableName("My \"Shop\"", "a.b; c");
  private static final TableName EVENTS = new TableName("sales", "events");

  private static SchemaWork work(SchemaItem... items) {
    return SchemaWork.of(Arrays.asList(items), Set.of(ORDERS, ODD), Set.of(EVENTS));
  }

  private static SchemaItem item(String type, String sql) {
    return new SchemaItem(type, "sales", "x", "shop", sql);
  }

  @Test
  void shouldBuildTheIndexOfAKeyBeforeTheKey() {
    // when
    SchemaWork work =
        work(
            item(
                "CONSTRAINT",
                "ALTER TABLE ONLY sales.orders\n    ADD CONSTRAINT one UNIQUE NULLS NOT DISTINCT (a, \"B c\") INCLUDE (d) DEFERRABLE INITIALLY DEFERRED;"));

    // then
    assertThat(work.builds())
        .singleElement()
        .satisfies(
            build -> {
              assertThat(build.table()).isEqualTo(ORDERS);
              assertThat(build.index())
                  .isEqualTo(
                      "CREATE UNIQUE INDEX one ON sales.orders USING btree (a, \"B c\") INCLUDE (d) NULLS NOT DISTINCT");
              assertThat(build.constraint())
                  .contains(
                      "ALTER TABLE ONLY sales.orders ADD CONSTRAINT one UNIQUE USING INDEX one DEFERRABLE INITIALLY DEFERRED");
            });
  }

  @Test
  void shouldLeaveAloneWhatItCannotRead() {
    // given
    String exclusion =
        "ALTER TABLE ONLY sales.orders\n    ADD CONSTRAINT apart EXCLUDE USING gist (during WITH &&);";
    String clustered =
        "ALTER TABLE ONLY sales.orders\n    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n\nALTER TABLE sales.orders CLUSTER ON orders_pkey;";
    String ofRoot = "ALTER TABLE ONLY sales.events\n    ADD CONSTRAINT e PRIMARY KEY (id);";

    // when
    SchemaWork work =
        work(
            item("CONSTRAINT", exclusion),
            item("CONSTRAINT", clustered),
            item("CONSTRAINT", ofRoot));

    // then
    assertThat(work.builds())
        .extracting(SchemaWork.Build::index)
        .containsExactly(exclusion, clustered, ofRoot);
    assertThat(work.builds()).allMatch(build -> build.constraint().isEmpty());
  }

  @Test
  void shouldKnowATableByItsQuotedName() {
    // when
    SchemaWork work =
        work(
            item(
                "INDEX",
                "CREATE INDEX \"on x ON y\" ON \"My \"\"Shop\"\"\".\"a.b; c\" USING btree (lower(n));"),
            item("INDEX", "CREATE INDEX e ON ONLY sales.events USING btree (n);"),
            item("INDEX", "CREATE INDEX later ON sales.a_view_made_later USING btree (n);"));

    // then
    assertThat(work.builds()).extracting(SchemaWork.Build::table).containsExactly(ODD, EVENTS);
    assertThat(work.others()).hasSize(1);
  }

  @Test
  void shouldAddForeignKeysUnprovenWhereThatIsPossible() {
    // given
    String end = "FOREIGN KEY (c) REFERENCES sales.customers(id) ON DELETE CASCADE DEFERRABLE";
    String already = "ALTER TABLE ONLY sales.orders\n    ADD CONSTRAINT b " + end + " NOT VALID;";
    String ofRoot = "ALTER TABLE sales.events\n    ADD CONSTRAINT d " + end + ";";

    // when
    SchemaWork work =
        work(
            item(
                "FK CONSTRAINT",
                "ALTER TABLE ONLY sales.orders\n    ADD CONSTRAINT a " + end + ";"),
            item("FK CONSTRAINT", already),
            item("FK CONSTRAINT", ofRoot));

    // then
    assertThat(work.references())
        .extracting(SchemaWork.Reference::add)
        .containsExactly(
            "ALTER TABLE ONLY sales.orders\n    ADD CONSTRAINT a " + end + " NOT VALID",
            already,
            ofRoot);
    assertThat(work.references())
        .extracting(SchemaWork.Reference::validate)
        .containsExactly(
            Optional.of("ALTER TABLE ONLY sales.orders VALIDATE CONSTRAINT a"),
            Optional.empty(),
            Optional.empty());
    assertThat(List.of(work.builds(), work.others())).allMatch(List::isEmpty);
  }
}
