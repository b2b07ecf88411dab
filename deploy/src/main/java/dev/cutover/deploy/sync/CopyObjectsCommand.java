package dev.cutover.deploy.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cutover.sync.adapter.S3Copy;
import dev.cutover.sync.domain.ObjectTerms;
import dev.cutover.sync.domain.ObjectsCopied;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One bucket made as another is. */
@Command(
    name = "copy",
    description = {
      "Brings what the source has and the target has not, or otherwise, from one bucket to another:"
          + " content, headers, metadata, tags. The source is only read.",
      "Asked again it brings what has changed since, and goes on with what was cut off. Versions,"
          + " access lists, locks and storage classes are not carried. Exit code 0 when the target"
          + " has all, 1 when not, 2 for what can't be understood."
    },
    mixinStandardHelpOptions = true)
final class CopyObjectsCommand implements Callable<Integer> {
  /** What becomes of objects that the source does not have. */
  enum Deletes {
    keep,
    mirror
  }

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ObjectOptions options = new ObjectOptions();

  @Option(
      names = "--deletes",
      defaultValue = "keep",
      paramLabel = "WAY",
      description =
          "Objects that the source does not have: keep or mirror, which deletes them (default:"
              + " ${DEFAULT-VALUE}).")
  private Deletes deletes = Deletes.keep;

  @Option(
      names = "--overwrite",
      description =
          "Also what was written to the target after the source's object; otherwise that is a"
              + " fault.")
  private boolean overwrite;

  @Override
  public Integer call() throws InterruptedException, JsonProcessingException {
    return options.run(
        Objects.requireNonNull(spec).commandLine(),
        (source, target, progress) ->
            new S3Copy(
                    source,
                    target,
                    new ObjectTerms(
                        options.workers(),
                        deletes == Deletes.mirror,
                        overwrite,
                        options.maxBytesPerSecond()))
                .run(progress),
        CopyObjectsCommand::summary);
  }

  private static String summary(ObjectsCopied result) {
    return "Copied %,d objects, %s, deleted %,d, found %,d of %,d the same, in %s%s"
        .formatted(
            result.copied(),
            ShownCopy.bytes(result.bytes()),
            result.deleted(),
            result.same(),
            result.listed(),
            ShownCopy.span(result.tookMs()),
            result.isWhole()
                ? "."
                : "; %,d are not as they shall be.".formatted(result.faultsTotal()));
  }
}
