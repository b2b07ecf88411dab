package dev.cutover.deploy;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.RollbackRequest;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.LogException;
import dev.cutover.runtime.MessageSigner;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a system outside needs to ask for a rollback; see docs/rollback-requests.md. */
@Command(
    name = "rollback-request",
    description = "Asks for a rollback as a system outside may: signed, over Kafka.",
    mixinStandardHelpOptions = true)
final class RollbackRequestCommand {
  @Spec private @Nullable CommandSpec spec;

  @Command(
      name = "key",
      description = {
        "Makes a sender's key, and prints the lines that the monitor-service needs to believe it.",
        "The private key is written to FILE, readable by its owner only."
      },
      mixinStandardHelpOptions = true)
  int key(
      @Option(names = "--sender", required = true, description = "Name of the sender.")
          String sender,
      @Option(names = "--key", paramLabel = "FILE", required = true, description = "New file.")
          Path file)
      throws IOException {
    if (Files.exists(file)) {
      err().println("Expected a new file, but " + file + " is there already");
      return 1;
    }
    KeyPair keys = MessageSigner.newKeys();
    LocalKeys.writeSecret(file, base64(keys.getPrivate().getEncoded()) + "\n");
    out().println("# into the file that CUTOVER_MONITOR_SENDERS names:");
    out().println(sender + ".key=" + base64(keys.getPublic().getEncoded()));
    out().println(sender + ".cutovers=<such as shop, billing-*>");
    out().println(sender + ".kinds=<such as error_rate, latency; * for all>");
    return 0;
  }

  @Command(
      name = "sign",
      description = {
        "Signs a request to roll a cutover back, and publishes it.",
        "Which Kafka and which prefix is configured as for the services: KAFKA_BOOTSTRAP_SERVERS"
            + " and TOPICS_... in the environment, or in the file that CUTOVER_CONFIG names."
      },
      mixinStandardHelpOptions = true)
  int sign(
      @Option(names = "--cutover", required = true, description = "Which one shall go back.")
          String cutover,
      @Option(
              names = "--kind",
              required = true,
              description = "What was seen: ${COMPLETION-CANDIDATES}.")
          RollbackRequest.Kind kind,
      @Option(
              names = "--sentence",
              required = true,
              description = "The reason for a person, one line; it is published.")
          String sentence,
      @Option(names = "--evidence", defaultValue = "", description = "Where to read more.")
          String evidence,
      @Option(names = "--sender", required = true, description = "Name of the sender.")
          String sender,
      @Option(
              names = "--key",
              paramLabel = "FILE",
              required = true,
              description = "The sender's private key, Ed25519: PEM, or PKCS#8 in base64.")
          Path key,
      @Option(names = "--print", description = "Prints the record, and publishes nothing.")
          boolean print)
      throws IOException {
    try {
      ConfigReader reader = ConfigReader.ofEnvironment(System.getenv());
      Topics topics = Topics.read(reader);
      KafkaSettings kafka = print ? new KafkaSettings("none:0") : KafkaSettings.read(reader);
      reader.build(() -> topics);
      RollbackRequest request =
          new RollbackRequest(new CutoverId(cutover), kind, sentence, evidence);
      MessageSigner signer = new MessageSigner(sender, privateKey(key), List.of());
      Envelope<RollbackRequest> envelope =
          new Envelope<>(
              UUID.randomUUID().toString(),
              "/outside/" + sender,
              Instant.now().truncatedTo(ChronoUnit.MILLIS),
              "",
              0,
              false,
              request);
      Outgoing record =
          new Wire(topics, new MessageCodec(), Optional.of(signer)).outgoing(envelope);
      if (print) {
        print(record);
      } else {
        publish(kafka, record);
        out()
            .println(
                "Request %s is on %s. What became of it is said on %s or %s."
                    .formatted(
                        envelope.id(), record.topic(), topics.rollbackTriggers(), topics.events()));
      }
      return 0;
    } catch (ConfigException | LogException | IllegalArgumentException e) {
      err().println(e.getMessage());
      return 1;
    } catch (GeneralSecurityException e) {
      err()
          .println(
              "Expected an Ed25519 key in %s, as PEM or PKCS#8 in base64, but it can't be read"
                  .formatted(key));
      return 1;
    }
  }

  private void print(Outgoing record) {
    out().println("topic " + record.topic());
    out().println("key " + record.key());
    new TreeMap<>(record.headers())
        .forEach((name, value) -> out().println("header " + name + "=" + value));
    out().println("value " + record.value().text());
  }

  private static void publish(KafkaSettings kafka, Outgoing record) {
    try (KafkaLog log = KafkaLog.writer(kafka)) {
      log.publish(record).join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new LogException(String.valueOf(cause.getMessage()), cause);
    }
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  private PrintWriter err() {
    return Objects.requireNonNull(spec).commandLine().getErr();
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String text = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
    byte[] encoded;
    try {
      encoded = Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidKeySpecException("no base64", e);
    }
    return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
