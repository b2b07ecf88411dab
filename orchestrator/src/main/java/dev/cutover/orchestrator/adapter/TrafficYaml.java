package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.SwitchSpec;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads the {@code traffic} section of a plan by itself, whatever else the file holds: for those
 * who only change what it names.
 */
public final class TrafficYaml {
  private static final int CHARACTERS_MAX = 256 * 1024;

  private TrafficYaml() {}

  /**
   * What was read.
   *
   * @param traffic empty when there is a fault
   * @param faults in the order of the file, such as {@code line 3, column 9: Expected ..., but ...}
   */
  public record Reading(Optional<SwitchSpec> traffic, List<String> faults) {
    public Reading {
      faults = List.copyOf(faults);
    }
  }

  /** Reads it; all of its faults are found at once. */
  public static Reading read(String yaml) {
    YamlFaults faults = new YamlFaults();
    Optional<Node> node = faults.compose(yaml, CHARACTERS_MAX, "a plan with a traffic section");
    Optional<SwitchSpec> traffic =
        node.map(file -> new YamlSection("", file, faults))
            .flatMap(
                root -> {
                  if (!root.has("traffic") && faults.none()) {
                    root.fault(
                        "Expected a section 'traffic' as in a cutover's plan, but it is missing");
                  }
                  return root.optionalSection("traffic");
                })
            .flatMap(section -> PlanTraffic.read(section, faults));
    return new Reading(faults.none() ? traffic : Optional.empty(), faults.sentences());
  }
}
