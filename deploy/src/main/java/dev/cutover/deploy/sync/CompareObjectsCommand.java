package dev.cutover.deploy.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cutover.sync.adapter.S3Compare;
import dev.cutover.sync.domain.ObjectTerms;
import dev.cutover.sync.domain.ObjectsCopied;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
  public Integer call() throws InterruptedException, JsonProcessingException {
    return options.run(
        Objects.requireNonNull(spec).commandLine(),
        (source, target, progress) ->
            new S3Compare(
                    source,
                    target,
                    new ObjectTerms(options.workers(), false, false, options.maxBytesPerSecond()))
                .run(progress),
        CompareObjectsCommand::summary);
  }

  private static String summary(ObjectsCopied result) {
    return "%,d of %,d objects are the same on both sides, read in %s%s"
        .formatted(
            result.same(),
            result.listed(),
            ShownCopy.span(result.tookMs()),
            result.isWhole() ? "." : "; %,d differ.".formatted(result.faultsTotal()));
  }
}
