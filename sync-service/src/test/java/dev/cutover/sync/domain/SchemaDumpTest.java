package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SchemaDumpTest {
  private static final String DUMP =
      """
      --
      -- PostgreSQL database dump
      --

      \\restrict abc

      SET statement_timeout = 0;
      SET transaction_timeout = 0;

      --
      -- Name: sales; Type: SCHEMA; Schema: -; Owner: shop
      --

      CREATE SCHEMA sales;


      --
      -- Name: EXTENSION hstore; Type: COMMENT; Schema: -; Owner:\s
      --

      COMMENT ON EXTENSION hstore IS 'x';


      --
      -- Name: cutover_ddl; Type: EVENT TRIGGER; Schema: -; Owner: cutover_fencer
      --

      CREATE EVENT TRIGGER cutover_ddl ON ddl_command_start EXECUTE FUNCTION cutover.refuse_ddl();


      --
      -- Name: orders 00_cutover_fence; Type: TRIGGER; Schema: sales; Owner: shop
      --

      CREATE TRIGGER "00_cutover_fence" BEFORE INSERT ON sales.orders EXECUTE FUNCTION cutover.refuse_write();

      ALTER TABLE sales.orders DISABLE TRIGGER "00_cutover_fence";


      --
      -- Name: orders touch; Type: TRIGGER; Schema: sales; Owner: shop
      --

      CREATE TRIGGER touch BEFORE INSERT ON sales.orders FOR EACH ROW EXECUTE FUNCTION sales.touch();


      --
      -- PostgreSQL database dump complete
      --

      \\unrestrict abc

      """;

  @Test
  void shouldTakeADumpApartAndLeaveOutWhatIsOfACutover() {
    // when
    List<SchemaItem> items = SchemaDump.items(DUMP);

    // then
    assertThat(items)
        .containsExactly(
            new SchemaItem("SCHEMA", "-", "sales", "shop", "CREATE SCHEMA IF NOT EXISTS sales;"),
            new SchemaItem(
                "TRIGGER",
                "sales",
                "orders touch",
                "shop",
                "CREATE TRIGGER touch BEFORE INSERT ON sales.orders FOR EACH ROW EXECUTE FUNCTION sales.touch();"));
  }
}
