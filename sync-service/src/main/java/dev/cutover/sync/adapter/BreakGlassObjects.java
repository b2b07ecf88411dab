package dev.cutover.sync.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ObjectsSpec.BucketPair;
import dev.cutover.contract.ObjectsSpec.ObjectPlace;
import dev.cutover.contract.Side;
import java.util.Optional;

/** By which people fence and open buckets by hand, with AWS's own command line and jq. */
final class BreakGlassObjects {
  private BreakGlassObjects() {}

  static String text(CutoverId cutover, ObjectsSpec objects) {
    StringBuilder text =
        new StringBuilder(
            "# A bucket is fenced while its policy has a statement whose Sid begins with"
                + " CutoverFence.\n"
                + "# Open the side that serves, and no other; fence the other first.\n");
    for (Side side : Side.values()) {
      for (BucketPair pair : objects.buckets()) {
        text.append(text(cutover, side, pair.on(side)));
      }
    }
    return text.toString();
  }

  private static String text(CutoverId cutover, Side side, ObjectPlace place) {
    FencePolicy fence = new FencePolicy(place, cutover);
    return """

    # %1$s: %2$s
    aws s3api get-bucket-policy --bucket %3$s%4$s --query Policy --output text > %3$s.json
    # open: without the statement; where nothing else is left, aws s3api delete-bucket-policy --bucket %3$s%4$s
    jq '.Statement |= map(select((.Sid // "") | startswith("%5$s") | not))' %3$s.json > %3$s-open.json
    aws s3api put-bucket-policy --bucket %3$s%4$s --policy file://%3$s-open.json
    # fence: with it; where there was no policy, this alone
    echo '%6$s' > %3$s-fence.json
    jq -s '.[0] * {Statement: (.[0].Statement + .[1].Statement)}' %3$s.json %3$s-fence.json > %3$s-fenced.json
    aws s3api put-bucket-policy --bucket %3$s%4$s --policy file://%3$s-fenced.json
    """
        .formatted(
            BreakGlassSql.word(side),
            place.address(),
            place.bucket(),
            place.endpoint().map(url -> " --endpoint-url " + url).orElse(""),
            fence.prefix(),
            fence.fenced(Optional.empty(), 0));
  }
}
