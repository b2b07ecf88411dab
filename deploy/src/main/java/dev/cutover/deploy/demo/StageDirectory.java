package dev.cutover.deploy.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The files of one act: gone with it, but for what its monitor saw. */
record StageDirectory(Path path) implements AutoCloseable {
  static StageDirectory make() {
    try {
      return new StageDirectory(Files.createTempDirectory("cutover-demo-"));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected to make a temporary directory, but: " + e.getMessage(), e);
    }
  }

  /** Moves the recording of the act's watch there; empty when there is none. */
  Optional<Path> keepRecording(Path recordings, Path there) {
    if (!Files.isDirectory(recordings)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(recordings)) {
      Optional<Path> last = files.sorted().reduce((_, later) -> later);
      if (last.isEmpty()) {
        return Optional.empty();
      }
      Files.createDirectories(there);
      return Optional.of(
          Files.move(
              last.get(),
              there.resolve(last.get().getFileName()),
              StandardCopyOption.REPLACE_EXISTING));
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to keep a recording, but: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      Files.walkFileTree(
          path,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException fault)
                throws IOException {
              Files.deleteIfExists(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // Left behind in the system's temporary directory: no reason to fail an act that is over.
      LoggerFactory.getLogger(StageDirectory.class)
          .atWarn()
          .setCause(e)
          .log("temporary directory not deleted");
    }
  }
}
