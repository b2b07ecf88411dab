package dev.cutover.dns;

import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.ChangeTexts;
import dev.cutover.dns.domain.SingleChange;
import java.util.Optional;

/**
 * The way back of a change as the provider's own tool takes it, for when somebody has changed what
 * was made. No secrets.
 *
 * @param spec the switch whose source is what was there before
 * @param revert text for people and for the tool
 * @param liftMark takes the mark of a person away that {@code revert} leaves
 */
public record ByHand(SwitchSpec spec, String revert, String liftMark) {
  /** Empty where shares would have to be known. */
  public static Optional<ByHand> of(SingleChange change) {
    return change
        .wayBack()
        .map(spec -> new ByHand(spec, ChangeTexts.revert(spec), ChangeTexts.liftMark(spec)));
  }
}
