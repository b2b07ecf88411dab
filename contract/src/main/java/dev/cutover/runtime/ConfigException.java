package dev.cutover.runtime;

import java.util.List;

/** Says everything that is wrong with a configuration, one sentence per fault. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> faults;

  /**
   * Holds every fault found.
   *
   * @param faults never empty; each names the key, what was expected and what was found
   */
  public ConfigException(List<String> faults) {
    super(
        "The configuration has %d fault(s):\n - %s"
            .formatted(faults.size(), String.join("\n - ", faults)));
    this.faults = List.copyOf(faults);
  }

  public List<String> faults() {
    return faults;
  }
}
