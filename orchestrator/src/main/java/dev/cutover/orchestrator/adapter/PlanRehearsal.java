package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.RehearsalTerms;
import dev.cutover.orchestrator.domain.RehearsalTerms.Rehearsed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.yaml.snakeyaml.nodes.Node;

/** Reads what a plan says about rehearsals. */
final class PlanRehearsal {
  /** Parts that say when, by whom and to whom, and not what is done. */
  static final Set<String> NOT_REHEARSED =
      Set.of(
          "cutover",
          "programme",
          "window",
          "freeze",
          "milestones",
          "approvers",
          "people",
          "notices",
          "readiness",
          "decisions",
          "rehearsal",
          "rehearses");

  private PlanRehearsal() {}

  /**
   * Reads {@code rehearsal}, a flag or the section that a rehearsal is made from, and {@code
   * rehearses}, which only a plan that was made so has.
   *
   * @param plan the whole file
   */
  static RehearsalTerms read(YamlSection root, Node plan) {
    String subject = subject(plan);
    Optional<Rehearsed> rehearses = root.optionalSection("rehearses").map(PlanRehearsal::rehearses);
    if (root.isSection("rehearsal")) {
      overrides(root.section("rehearsal"));
      return new RehearsalTerms(false, subject, rehearses);
    }
    boolean marked =
        root.valueOr("rehearsal", "true, false, or a section", false, PlanValues::flag);
    return new RehearsalTerms(marked || rehearses.isPresent(), subject, rehearses);
  }

  /** What is in them is read when a rehearsal is made. */
  private static void overrides(YamlSection section) {
    section.section("plan");
    var _ = section.optionalSection("fault");
    section.end();
  }

  private static Rehearsed rehearses(YamlSection section) {
    CutoverId of =
        section.value(
            "cutover",
            "a name of 1 to 63 characters a-z, 0-9 and -",
            new CutoverId("unread"),
            CutoverId::new);
    String subject = section.text("subject", "the SHA-256 of what is rehearsed");
    List<String> spared = section.texts("spares").stream().map(YamlSection.Text::value).toList();
    boolean withFault = section.valueOr("withFault", "true or false", false, PlanValues::flag);
    section.end();
    return new Rehearsed(of, subject, spared, withFault);
  }

  /** SHA-256 of the values that say what is done, by key. */
  static String subject(Node plan) {
    SortedMap<String, String> values = PlanDifference.values(plan);
    values.keySet().removeIf(key -> NOT_REHEARSED.contains(key.split("[.\\[]", 2)[0]));
    StringBuilder text = new StringBuilder();
    values.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected every Java to have SHA-256", e);
    }
  }
}
