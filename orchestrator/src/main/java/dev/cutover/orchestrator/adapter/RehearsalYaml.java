package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.Touched;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Makes the plan of a rehearsal from a plan of production: the same, with what its {@code
 * rehearsal.plan} says in the place of production's, without what concerns only production, and
 * with a list of what it must not touch.
 */
public final class RehearsalYaml {
  /** Ends the name of each rehearsal. */
  private static final String SUFFIX = "-rehearsal";

  private static final int NAME_MAX = 63;

  /**
   * What a rehearsal has only if {@code rehearsal.plan} gives it: when and to whom is not
   * rehearsed, and the team's own systems and buckets are production's.
   */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "cutover",
          "programme",
          "window",
          "freeze",
          "milestones",
          "notices",
          "readiness",
          "decisions",
          "rehearsal",
          "rehearses",
          "steps",
          "backgroundWriters",
          "objects");

  private RehearsalYaml() {}

  /** What came of making it. */
  public sealed interface Reading {
    /**
     * It can be rehearsed.
     *
     * @param yaml plan of the rehearsal
     */
    record Accepted(CutoverId of, Plan rehearsal, String yaml) implements Reading {}

    /** Why not; never empty. */
    record Faulty(List<String> faults) implements Reading {
      public Faulty {
        faults = List.copyOf(faults);
      }
    }
  }

  /** Makes it from a plan of production. */
  public static Reading of(String production, Instant now) {
    return switch (PlanYaml.read(production, now)) {
      case PlanYaml.Reading.Faulty(List<String> faults) -> new Reading.Faulty(faults);
      case PlanYaml.Reading.Accepted(Plan plan) -> of(plan, production, now);
    };
  }

  private static Reading of(Plan plan, String production, Instant now) {
    MappingNode root = (MappingNode) new Yaml().compose(new StringReader(production));
    Optional<MappingNode> section = mapping(root, "rehearsal");
    Optional<MappingNode> overrides = section.flatMap(s -> mapping(s, "plan"));
    String name = plan.id() + SUFFIX;
    if (plan.rehearsal().marked()) {
      return faulty(
          "Expected a plan of production, but %s is a rehearsal itself".formatted(plan.id()));
    }
    if (overrides.isEmpty()) {
      return faulty(
          "Expected a section 'rehearsal' with a 'plan' that names what to rehearse on, but %s has none"
              .formatted(plan.id()));
    }
    if (name.length() > NAME_MAX) {
      return faulty(
          "Expected a cutover of at most %s characters".formatted(NAME_MAX - SUFFIX.length()));
    }
    Optional<Node> fault = section.flatMap(s -> value(s, "fault"));
    String yaml = written(made(root, overrides.get(), fault, plan, name));
    return switch (PlanYaml.read(yaml, now)) {
      case PlanYaml.Reading.Faulty(List<String> faults) ->
          new Reading.Faulty(
              faults.stream().map(f -> "in the plan of the rehearsal, " + f).toList());
      case PlanYaml.Reading.Accepted(Plan rehearsal) ->
          new Reading.Accepted(plan.id(), rehearsal, yaml);
    };
  }

  private static Reading faulty(String sentence) {
    return new Reading.Faulty(List.of(sentence));
  }

  private static MappingNode made(
      MappingNode root, MappingNode overrides, Optional<Node> fault, Plan plan, String name) {
    List<NodeTuple> kept = new ArrayList<>();
    kept.add(new NodeTuple(text("cutover"), text(name)));
    for (NodeTuple tuple : root.getValue()) {
      if (!LEFT_OUT.contains(key(tuple))) {
        kept.add(key(tuple).equals("data") ? withoutName(tuple) : tuple);
      }
    }
    List<NodeTuple> merged = new ArrayList<>(merged(map(kept), overrides).getValue());
    fault.ifPresent(broken -> withFault(merged, broken));
    merged.removeIf(tuple -> key(tuple).equals("rehearses"));
    merged.add(
        new NodeTuple(
            text("rehearses"),
            map(
                List.of(
                    new NodeTuple(text("cutover"), text(plan.id().value())),
                    new NodeTuple(text("subject"), text(plan.rehearsal().subject())),
                    new NodeTuple(text("withFault"), text(Boolean.toString(fault.isPresent()))),
                    new NodeTuple(
                        text("spares"),
                        list(
                            Touched.sparedBy(plan).stream()
                                .<Node>map(RehearsalYaml::text)
                                .toList()))))));
    return map(merged);
  }

  /** Slots and publications on one server need other names. */
  private static NodeTuple withoutName(NodeTuple data) {
    if (!(data.getValueNode() instanceof MappingNode mapping)) {
      return data;
    }
    List<NodeTuple> kept = new ArrayList<>(mapping.getValue());
    kept.removeIf(tuple -> key(tuple).equals("name"));
    return new NodeTuple(data.getKeyNode(), map(kept));
  }

  /** What breaks the target once it is open is a step like the team's own. */
  private static void withFault(List<NodeTuple> plan, Node fault) {
    List<Node> steps = new ArrayList<>();
    for (NodeTuple tuple : plan) {
      if (key(tuple).equals("steps") && tuple.getValueNode() instanceof SequenceNode given) {
        steps.addAll(given.getValue());
      }
    }
    plan.removeIf(tuple -> key(tuple).equals("steps"));
    List<NodeTuple> step = new ArrayList<>();
    step.add(new NodeTuple(text("name"), text("rehearsal-fault")));
    step.add(new NodeTuple(text("at"), text("afterOpening")));
    step.add(new NodeTuple(text("owner"), text("the rehearsal")));
    if (fault instanceof MappingNode mapping) {
      step.addAll(mapping.getValue());
    }
    steps.add(map(step));
    plan.add(new NodeTuple(text("steps"), list(steps)));
  }

  /** Values of the second in the place of the first's; lists are replaced whole. */
  private static MappingNode merged(MappingNode base, MappingNode over) {
    List<NodeTuple> result = new ArrayList<>();
    for (NodeTuple tuple : base.getValue()) {
      Optional<Node> other = value(over, key(tuple));
      if (other.isEmpty()) {
        result.add(tuple);
      } else if (tuple.getValueNode() instanceof MappingNode inner
          && other.get() instanceof MappingNode innerOver) {
        result.add(new NodeTuple(tuple.getKeyNode(), merged(inner, innerOver)));
      } else {
        result.add(new NodeTuple(tuple.getKeyNode(), other.get()));
      }
    }
    for (NodeTuple tuple : over.getValue()) {
      if (value(base, key(tuple)).isEmpty()) {
        result.add(tuple);
      }
    }
    return map(result);
  }

  private static String written(MappingNode plan) {
    StringWriter out = new StringWriter();
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(FlowStyle.BLOCK);
    options.setWidth(100);
    try {
      out.write("# Made from the plan of production; not to be edited.\n");
      new Yaml(options).serialize(plan, out);
    } catch (RuntimeException e) {
      throw new IllegalStateException("Expected a plan that was read to be written", e);
    }
    return out.toString();
  }

  private static Optional<MappingNode> mapping(MappingNode in, String key) {
    return value(in, key).filter(MappingNode.class::isInstance).map(MappingNode.class::cast);
  }

  private static Optional<Node> value(MappingNode in, String key) {
    return in.getValue().stream()
        .filter(tuple -> key(tuple).equals(key))
        .map(NodeTuple::getValueNode)
        .findFirst();
  }

  private static String key(NodeTuple tuple) {
    return tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private static ScalarNode text(String value) {
    return new ScalarNode(Tag.STR, value, null, null, ScalarStyle.DOUBLE_QUOTED);
  }

  private static MappingNode map(List<NodeTuple> tuples) {
    return new MappingNode(Tag.MAP, tuples, FlowStyle.BLOCK);
  }

  private static SequenceNode list(List<Node> nodes) {
    return new SequenceNode(Tag.SEQ, nodes, FlowStyle.BLOCK);
  }
}
