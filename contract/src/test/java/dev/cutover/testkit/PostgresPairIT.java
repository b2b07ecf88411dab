package dev.cutover.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PostgresPairIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();

  @Test
  void shouldGiveTwoServersThatCanReplicate() throws SQLException {
    assertThat(PAIR.source().port()).isNotEqualTo(PAIR.target().port());
    for (PostgresPair.Server server : new PostgresPair.Server[] {PAIR.source(), PAIR.target()}) {
      try (Connection connection = server.connect("cutover_applier");
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SHOW wal_level")) {
        row.next();
        assertThat(row.getString(1)).isEqualTo("logical");
      }
    }
  }
}
