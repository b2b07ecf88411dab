package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

/** What came of a request. */
final class Submitted {
  private Submitted() {}

  static void print(PrintWriter out, JsonNode answer, boolean json) {
    if (json) {
      ApiOptions.print(out, answer);
    } else if (Shown.text(answer, "outcome").equals("ACCEPTED")) {
      out.printf(
          "%s: accepted, %s (event %s)%n",
          Shown.text(answer, "cutover"),
          Shown.text(answer, "event").replaceAll("^saga\\.|\\.v[0-9]+$", ""),
          Shown.text(answer, "sequence"));
    } else {
      out.printf(
          "%s: in the log as %s; the orchestrator has not answered yet%n",
          Shown.text(answer, "cutover"), Shown.text(answer, "requestId"));
    }
    out.flush();
  }
}
