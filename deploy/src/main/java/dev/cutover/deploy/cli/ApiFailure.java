package dev.cutover.deploy.cli;

import java.util.List;

/** The API did not do what was asked, and this is its sentence; or it was not reached. */
public final class ApiFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  ApiFailure(String sentence) {
    super(sentence);
  }

  /** With a line for each fault. */
  ApiFailure(String sentence, List<String> faults) {
    super(faults.isEmpty() ? sentence : sentence + "\n  " + String.join("\n  ", faults));
  }
}
