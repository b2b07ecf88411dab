package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PgDumpTest {
  @Test
  void shouldFindNoneForAServerThatIsNewerThanAll() throws Exception {
    // when / then
    assertThat(PgDump.reading(999)).isEmpty();
    assertThat(PgDump.inWords()).matches("none is installed|only those of \\[.+] are");
  }
}
