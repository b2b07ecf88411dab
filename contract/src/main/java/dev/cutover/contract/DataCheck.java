package dev.cutover.contract;

import java.util.List;
import java.util.Optional;

/** One thing to be proven about data or an application. Declares whether it writes. */
public sealed interface DataCheck
    permits DataCheck.RowCounts,
        DataCheck.Checksums,
        DataCheck.SampleQuery,
        DataCheck.SideQuery,
        DataCheck.HttpFlow,
        DataCheck.Recommended,
        DataCheck.Dependent,
        SystemCheck {
  /** Unique within a plan; shown to people. */
  String name();

  /** Whether running it changes anything. */
  boolean writes();

  /** What is looked at: the check without how much it counts and what it needs. */
  default DataCheck itself() {
    return this;
  }

  /** Names of the checks that have to match first. */
  default List<String> needed() {
    return switch (this) {
      case Recommended(DataCheck check) -> check.needed();
      case Dependent dependent -> dependent.needs();
      case RowCounts _, Checksums _, SampleQuery _, SideQuery _, HttpFlow _, SystemCheck _ ->
          List.of();
    };
  }

  /** One that warns and stops nothing, whatever comes of it. */
  record Recommended(DataCheck check) implements DataCheck {
    public Recommended {
      Arguments.require(
          !(check instanceof Recommended),
          "Expected a check to be recommended once, but it is twice");
    }

    @Override
    public String name() {
      return check.name();
    }

    @Override
    public boolean writes() {
      return check.writes();
    }

    @Override
    public DataCheck itself() {
      return check.itself();
    }
  }

  /**
   * One that says something only if others match: it is looked at after them, and inconclusive
   * where one of them does not.
   *
   * @param needs names of checks that are asked for with it; others are not waited for
   */
  record Dependent(DataCheck check, List<String> needs) implements DataCheck {
    public Dependent {
      needs = List.copyOf(needs);
      Arguments.require(
          !(check instanceof Dependent) && !(check instanceof Recommended),
          "Expected what depends on others to be a check itself, but it is " + check);
    }

    @Override
    public String name() {
      return check.name();
    }

    @Override
    public boolean writes() {
      return check.writes();
    }

    @Override
    public DataCheck itself() {
      return check.itself();
    }
  }

  /** Same number of rows on both sides. */
  record RowCounts(String name, List<TableName> tables) implements DataCheck {
    public RowCounts {
      tables = List.copyOf(tables);
    }

    @Override
    public boolean writes() {
      return false;
    }
  }

  /** Same content on both sides, by chunk digests, bisected to the differing keys. */
  record Checksums(String name, List<TableName> tables) implements DataCheck {
    public Checksums {
      tables = List.copyOf(tables);
    }

    @Override
    public boolean writes() {
      return false;
    }
  }

  /**
   * A query whose result, printed as rows of text, is as expected.
   *
   * @param expected rows joined by newline, columns by {@code |}; empty means: equal to the
   *     source's
   */
  record SampleQuery(String name, String sql, Optional<String> expected) implements DataCheck {
    @Override
    public boolean writes() {
      return false;
    }
  }

  /**
   * A query of one side's database whose result, printed as rows of text, is as expected: such as
   * that no session of a background writer is left.
   *
   * @param side the side that it is about, for people
   * @param expected rows joined by newline, columns by {@code |}
   */
  record SideQuery(String name, Side side, DatabaseEndpoint database, String sql, String expected)
      implements DataCheck {
    @Override
    public boolean writes() {
      return false;
    }
  }

  /**
   * A series of HTTP requests with extraction and assertions.
   *
   * @param baseUrl where, without a path, such as {@code http://10.0.0.2:8080}
   * @param credential name of an entry in the service's credentials file, role {@code application};
   *     its user and password are the variables {@code user} and {@code password}
   * @param writes whether it creates, changes or deletes anything
   */
  record HttpFlow(
      String name,
      String baseUrl,
      Optional<String> credential,
      boolean writes,
      List<HttpStep> steps)
      implements DataCheck {
    public HttpFlow {
      steps = List.copyOf(steps);
    }
  }
}
