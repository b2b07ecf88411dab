package dev.cutover.deploy.sync;

import dev.cutover.sync.adapter.S3Bucket;
import dev.cutover.sync.adapter.S3Compare;
import dev.cutover.sync.adapter.S3Failure;
import dev.cutover.sync.domain.ObjectTerms;
import dev.cutover.sync.domain.ObjectsCopied;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Two buckets, byte for byte. */
@Command(
    name = "compare",
    description = {
      "Reads both buckets whole and says what differs: keys, headers, metadata, tags, content. Trusts"
          + " no entity tag, and changes nothing.",
      "Exit code 0 when they are the same, 1 when not, 2 for what can't be understood."
    },
    mixinStandardHelpOptions = true)
final class CompareObjectsCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ObjectOptions options = new ObjectOptions();

  @Override
  public Integer call() throws InterruptedException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    ShownObjects shown = new ShownObjects(line.getOut(), options.json());
    try (S3Bucket source = options.source();
        S3Bucket target = options.target()) {
      ObjectTerms terms =
          new ObjectTerms(options.workers(), false, false, options.maxBytesPerSecond());
      ObjectsCopied result = new S3Compare(source, target, terms).run(shown::show);
      shown.show(
          result,
          "%,d of %,d objects are the same on both sides, read in %s%s"
              .formatted(
                  result.same(),
                  result.listed(),
                  ShownCopy.span(result.tookMs()),
                  result.isWhole() ? "." : "; %,d differ.".formatted(result.faultsTotal())));
      return result.isWhole() ? 0 : 1;
    } catch (IllegalArgumentException e) {
      line.getErr().println(e.getMessage());
      return 2;
    } catch (S3Failure e) {
      shown.clear();
      line.getErr().println(e.getMessage());
      return 1;
    }
  }
}
