package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SchemaDriftTest {
  private static final SchemaFact ORDERS = new SchemaFact("table public.orders", "", "plain");
  private static final SchemaFact NOTE =
      new SchemaFact("table public.orders", "column note", "text");

  @Test
  void shouldSayNothingWhenNothingDiffers() {
    assertThat(SchemaDrift.between(List.of(ORDERS, NOTE), List.of(NOTE, ORDERS))).isEmpty();
  }

  @Test
  void shouldNameEachPartThatDiffers() {
    // given
    SchemaFact longer = new SchemaFact("table public.orders", "column note", "varchar(10)");
    SchemaFact index = new SchemaFact("table public.orders", "index i", "CREATE INDEX i");

    // then
    assertThat(SchemaDrift.between(List.of(ORDERS), List.of(ORDERS, NOTE)))
        .containsExactly("table public.orders: column note text added");
    assertThat(SchemaDrift.between(List.of(ORDERS, NOTE), List.of(ORDERS)))
        .containsExactly("table public.orders: column note text dropped");
    assertThat(SchemaDrift.between(List.of(ORDERS, NOTE), List.of(ORDERS, longer, index)))
        .containsExactly(
            "table public.orders: column note changed from text to varchar(10)",
            "table public.orders: index i CREATE INDEX i added");
  }

  @Test
  void shouldSayOnlyThatASubjectCameOrWentWhenItDid() {
    assertThat(SchemaDrift.between(List.of(ORDERS, NOTE), List.of()))
        .containsExactly("table public.orders dropped");
    assertThat(SchemaDrift.between(List.of(), List.of(ORDERS, NOTE)))
        .containsExactly("table public.orders added");
  }
}
