package dev.cutover.runtime;

import dev.cutover.runtime.MessageSigner.Trust;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;

/** Reads the keys that messages are signed and believed with. */
public final class Signatures {
  private Signatures() {}

  /**
   * Reads {@code SIGNING_KEY_ID}, {@code SIGNING_KEY} or {@code SIGNING_KEY_FILE} (Ed25519, PKCS#8,
   * base64) and {@code TRUSTED_KEYS}: a properties file with {@code <keyId>.key} (X.509, base64)
   * and {@code <keyId>.signs}, the families of messages that this key may sign, such as {@code
   * request.,report.}.
   *
   * @return empty when there is no {@code SIGNING_KEY_ID}: then the brokers' own access control is
   *     trusted
   */
  public static Optional<MessageSigner> read(ConfigReader reader) {
    Optional<String> keyId = reader.optional("SIGNING_KEY_ID");
    if (keyId.isEmpty()) {
      return Optional.empty();
    }
    Secret text = reader.secret("SIGNING_KEY");
    Properties trusted =
        reader.optional("TRUSTED_KEYS").isPresent()
            ? ConfigReader.properties("TRUSTED_KEYS", reader.file("TRUSTED_KEYS"))
            : new Properties();
    List<Trust> trusts = new ArrayList<>();
    try {
      KeyFactory keys = KeyFactory.getInstance("Ed25519");
      for (String name : new TreeSet<>(trusted.stringPropertyNames())) {
        if (name.endsWith(".key")) {
          trusts.add(trust(keys, name.substring(0, name.length() - 4), trusted, reader));
        }
      }
      PrivateKey key =
          keys.generatePrivate(
              new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text.value().strip())));
      return Optional.of(new MessageSigner(keyId.get(), key, trusts));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      reader.fault(
          "SIGNING_KEY, TRUSTED_KEYS: expected Ed25519 keys in base64 (PKCS#8, X.509), but one"
              + " can't be read");
      return Optional.empty();
    }
  }

  private static Trust trust(KeyFactory keys, String keyId, Properties trusted, ConfigReader reader)
      throws GeneralSecurityException {
    String signs = trusted.getProperty(keyId + ".signs", "");
    if (signs.isBlank()) {
      reader.fault(
          "TRUSTED_KEYS: expected %s.signs such as request.,report., but it is missing"
              .formatted(keyId));
    }
    String text = trusted.getProperty(keyId + ".key", "").strip();
    return new Trust(
        keyId,
        keys.generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text))),
        List.of(signs.split("\\s*,\\s*")));
  }
}
