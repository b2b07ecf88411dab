package dev.cutover.orchestrator.outbound;

import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.Credentials;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What may go out, whatever a plan says. Nothing is allowed unless it is named here.
 *
 * @param hosts that calls and notices may reach over HTTP, as in {@link AllowedHosts}; key {@code
 *     OUTBOUND_HOSTS}
 * @param topics that participants may be asked on; key {@code OUTBOUND_TOPICS}
 * @param credentials properties file with {@code <name>.<role>.user} and {@code .password}; key
 *     {@code OUTBOUND_CREDENTIALS}
 * @param mail how mail is sent; empty when none is
 * @param bundles where break-glass bundles are written, a directory for each cutover; without one
 *     no cutover that needs a bundle goes on; key {@code BREAK_GLASS_DIRECTORY}
 */
public record OutboundConfig(
    AllowedHosts hosts,
    Set<String> topics,
    Credentials credentials,
    Optional<Mail> mail,
    Optional<Path> bundles) {
  /** Nothing goes out. */
  public static final OutboundConfig NONE =
      new OutboundConfig(
          new AllowedHosts(List.of()),
          Set.of(),
          Credentials.of(java.util.Map.of()),
          Optional.empty(),
          Optional.empty());

  public OutboundConfig {
    topics = Set.copyOf(topics);
  }

  /** How the connection to the mail server is kept private. */
  public enum Encryption {
    /** Begun in the clear and encrypted before anything is said; refused when that can't be. */
    STARTTLS,
    /** From the first byte. */
    TLS,
    /** Not at all: for a relay on the same host. */
    NONE
  }

  /**
   * A mail server that takes our mail.
   *
   * @param host keys {@code OUTBOUND_MAIL_SERVER} ({@code host:port})
   * @param encryption key {@code OUTBOUND_MAIL_ENCRYPTION}, STARTTLS by default
   * @param from address of the sender; its domain ends each Message-ID; key {@code
   *     OUTBOUND_MAIL_FROM}
   * @param recipients addresses and domains ({@code example.com}) that may get mail; key {@code
   *     OUTBOUND_MAIL_RECIPIENTS}
   * @param credential role {@code smtp}; without one nobody logs in; key {@code
   *     OUTBOUND_MAIL_CREDENTIAL}
   */
  public record Mail(
      String host,
      int port,
      Encryption encryption,
      String from,
      List<String> recipients,
      Optional<String> credential) {
    public Mail {
      recipients = recipients.stream().map(entry -> entry.toLowerCase(Locale.ROOT)).toList();
      if (!from.matches("[^@\\s<>]+@[A-Za-z0-9.-]+")) {
        throw new IllegalArgumentException(
            "OUTBOUND_MAIL_FROM: expected an address such as cutover@example.com, but found '%s'"
                .formatted(from));
      }
    }

    /** Whether that address may get mail. */
    boolean permits(String address) {
      String lower = address.toLowerCase(Locale.ROOT);
      String domain = lower.substring(lower.lastIndexOf('@') + 1);
      return recipients.contains(lower) || recipients.contains(domain);
    }

    String domain() {
      return from.substring(from.lastIndexOf('@') + 1);
    }
  }

  /** Reads it; faults stay with the reader. */
  public static OutboundConfig read(ConfigReader reader) {
    Credentials credentials =
        reader.optional("OUTBOUND_CREDENTIALS").isPresent()
            ? load(reader.file("OUTBOUND_CREDENTIALS"))
            : NONE.credentials();
    return new OutboundConfig(
        new AllowedHosts(reader.list("OUTBOUND_HOSTS", List.of())),
        Set.copyOf(reader.list("OUTBOUND_TOPICS", List.of())),
        credentials,
        reader.optional("OUTBOUND_MAIL_SERVER").flatMap(server -> mail(reader, server)),
        reader.optional("BREAK_GLASS_DIRECTORY").map(Path::of));
  }

  private static Credentials load(Path file) {
    return file.toString().isEmpty() ? NONE.credentials() : Credentials.load(file);
  }

  private static Optional<Mail> mail(ConfigReader reader, String server) {
    String from = reader.string("OUTBOUND_MAIL_FROM");
    List<String> recipients = reader.list("OUTBOUND_MAIL_RECIPIENTS");
    Encryption encryption =
        reader.choice("OUTBOUND_MAIL_ENCRYPTION", Encryption.class, Encryption.STARTTLS);
    Optional<String> credential = reader.optional("OUTBOUND_MAIL_CREDENTIAL");
    int colon = server.lastIndexOf(':');
    try {
      int port = Integer.parseInt(server.substring(colon + 1));
      if (colon < 1 || port < 1 || port > 65_535) {
        throw new NumberFormatException(server);
      }
      return from.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Mail(server.substring(0, colon), port, encryption, from, recipients, credential));
    } catch (NumberFormatException e) {
      reader.fault("OUTBOUND_MAIL_SERVER: expected host:port, but found '%s'".formatted(server));
    } catch (IllegalArgumentException e) {
      reader.fault(String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }
}
