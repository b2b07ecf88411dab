package dev.cutover.validator.domain;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import java.util.List;

/**
 * What a check came to. Never a boolean: what could not be found out is neither good nor bad.
 *
 * <p>Evidence holds keys, hashes and counts, never customers' rows.
 */
public sealed interface Verdict {
  /** One sentence for people. */
  String detail();

  /** Lines of evidence; may be empty. */
  List<String> evidence();

  /** It is as it should be. */
  record Match(String detail, List<String> evidence) implements Verdict {
    public Match {
      evidence = List.copyOf(evidence);
    }
  }

  /** It is not. */
  record Mismatch(String detail, List<String> evidence) implements Verdict {
    public Mismatch {
      evidence = List.copyOf(evidence);
    }
  }

  /** It could not be found out in time, or not at all. */
  record Inconclusive(String detail, List<String> evidence) implements Verdict {
    public Inconclusive {
      evidence = List.copyOf(evidence);
    }
  }

  /** The verdict as the contract carries it. */
  default CheckResult toResult(String name, long tookMs) {
    Outcome outcome =
        switch (this) {
          case Match _ -> Outcome.MATCH;
          case Mismatch _ -> Outcome.MISMATCH;
          case Inconclusive _ -> Outcome.INCONCLUSIVE;
        };
    return new CheckResult(name, outcome, detail(), evidence(), tookMs);
  }
}
