package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.OutboundCommand.WriteBundle;
import dev.cutover.contract.OutboundReply.BundleWritten;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Keeps break-glass bundles: a directory for each cutover, replaced as a whole, that only this
 * service's user can read.
 */
final class BundleFiles {
  private static final String KEY = "BREAK_GLASS_DIRECTORY";

  private final Optional<Path> directory;

  BundleFiles(Optional<Path> directory) {
    this.directory = directory;
  }

  /** Writes it beside the last one, puts it in its place, and reads it back from there. */
  BundleWritten write(WriteBundle command) throws Refused {
    if (directory.isEmpty()) {
      throw Refused.unsuitable(
          "Expected %s of the orchestrator, where the break-glass bundle is to be written, but it is not set: set it to a directory that people can reach when nothing runs, and resume"
              .formatted(KEY));
    }
    Path root = directory.get();
    String name = command.cutover().value();
    Path place = root.resolve(name);
    Path next = root.resolve("." + name + ".new");
    Path last = root.resolve("." + name + ".last");
    try {
      Files.createDirectories(root);
      remove(next);
      Files.createDirectory(
          next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      for (Map.Entry<String, String> file : command.files().entrySet()) {
        write(next.resolve(file.getKey()), file.getValue());
      }
      remove(last);
      if (Files.exists(place)) {
        Files.move(place, last, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(next, place, StandardCopyOption.ATOMIC_MOVE);
      remove(last);
      return new BundleWritten(
          command.header().step(), place.toAbsolutePath().toString(), readBack(place, command));
    } catch (IOException | UnsupportedOperationException e) {
      throw new Refused(
          FailureKind.UNREACHABLE,
          true,
          "Expected to write the break-glass bundle to %s (%s), but: %s".formatted(place, KEY, e));
    }
  }

  private static void write(Path file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static Map<String, String> readBack(Path place, WriteBundle command)
      throws IOException, Refused {
    Map<String, String> hashes = new TreeMap<>();
    for (Map.Entry<String, String> file : command.files().entrySet()) {
      byte[] found = Files.readAllBytes(place.resolve(file.getKey()));
      byte[] wanted = file.getValue().getBytes(StandardCharsets.UTF_8);
      if (!MessageDigest.isEqual(found, wanted)) {
        throw new Refused(
            FailureKind.MISMATCH,
            true,
            "Expected %s as it was written, but read something else"
                .formatted(place.resolve(file.getKey())));
      }
      hashes.put(file.getKey(), sha256(found));
    }
    return hashes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected every Java to have SHA-256", e);
    }
  }

  /** A bundle has no directories in it. */
  private static void remove(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
