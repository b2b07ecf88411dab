package dev.cutover.orchestrator.adapter;

import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.LogKeys;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of {@link Tokens}, read again whenever it changes: a token that is taken out is refused
 * from the next request on. A file that becomes unreadable or faulty changes nothing, and is
 * complained of in the log: nobody is locked out in the middle of an incident by a slip of the pen.
 */
public final class TokensFile implements Identities {
  private static final Logger LOGGER = LoggerFactory.getLogger(TokensFile.class);

  private final Path file;
  private List<Object> version;
  private Tokens tokens;

  /** Reads it. Throws {@link ConfigException} with all its faults. */
  public TokensFile(Path file) {
    this.file = file;
    this.version = version(file);
    this.tokens = Tokens.load(file);
  }

  @Override
  public Future<Identity> of(String token) {
    Identity identity =
        current()
            .personOf(token)
            .<Identity>map(Identity.Known::new)
            .orElseGet(
                () ->
                    new Identity.Unknown("Expected a known bearer token, but this one is unknown"));
    return Future.succeededFuture(identity);
  }

  private synchronized Tokens current() {
    List<Object> seen = version(file);
    if (!seen.equals(version)) {
      version = seen;
      try {
        tokens = Tokens.load(file);
        LOGGER.atInfo().addKeyValue("file", file).log("people read anew");
      } catch (ConfigException e) {
        LOGGER
            .atError()
            .addKeyValue("file", file)
            .addKeyValue(LogKeys.CAUSE, e.getMessage())
            .log("people not read anew: those known before stay");
      }
    }
    return tokens;
  }

  /** What differs when a file was written or replaced; nothing while there is none. */
  private static List<Object> version(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return List.of(
          attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
    } catch (IOException e) {
      return List.of();
    }
  }
}
