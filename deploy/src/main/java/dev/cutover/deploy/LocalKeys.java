package dev.cutover.deploy;

import dev.cutover.runtime.MessageSigner;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes what the local modes need to trust each other: a signing key for each service, one file
 * that says whom to believe what, and tokens for people. Files are readable by their owner only;
 * tokens are kept nowhere but in memory. Keys that are there already stay: what they signed is
 * still in the log.
 */
public final class LocalKeys {
  /** What each signer may sign; others sign nothing that is asked for. */
  private static final Map<String, String> SIGNS =
      Map.of(
          "orchestrator",
          "dns.,sync.,validator.,monitor.,outbound.,participant.do-step,request.",
          "monitor",
          "report.");

  private final Path directory;
  private final Path trusted;

  /** Makes the directory and the keys. */
  public LocalKeys(Path directory, List<String> services) throws IOException {
    this.directory = directory;
    this.trusted = directory.resolve("trusted-keys.properties");
    if (Files.exists(trusted)) {
      return;
    }
    Files.createDirectories(directory);
    Map<String, String> trust = new TreeMap<>();
    for (String service : services) {
      KeyPair keys = MessageSigner.newKeys();
      writeSecret(
          keyFile(service), Base64.getEncoder().encodeToString(keys.getPrivate().getEncoded()));
      String signs = SIGNS.get(service);
      if (signs != null) {
        trust.put(
            service + ".key", Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()));
        trust.put(service + ".signs", signs);
      }
    }
    writeProperties(trusted, trust);
  }

  /** Configuration of that service's signatures. */
  public Map<String, String> signing(String service) {
    return Map.of(
        "SIGNING_KEY_ID",
        service,
        "SIGNING_KEY_FILE",
        keyFile(service).toString(),
        "TRUSTED_KEYS",
        trusted.toString());
  }

  /**
   * Makes a token for each person, and the file in which the API finds their hashes. People who are
   * in the file already stay.
   */
  public static Map<String, String> addTokens(Path file, Map<String, String> rolesByPerson)
      throws IOException {
    SecureRandom random = new SecureRandom();
    Map<String, String> tokens = new TreeMap<>();
    Map<String, String> entries = present(file);
    rolesByPerson.forEach(
        (person, roles) -> {
          byte[] token = new byte[24];
          random.nextBytes(token);
          tokens.put(person, Base64.getUrlEncoder().withoutPadding().encodeToString(token));
          entries.put(person + ".roles", roles);
          entries.put(person + ".sha256", sha256(String.valueOf(tokens.get(person))));
        });
    writeProperties(file, entries);
    return tokens;
  }

  /** Takes a person out of that file. */
  static void removeTokens(Path file, String person) throws IOException {
    Map<String, String> entries = present(file);
    entries.remove(person + ".roles");
    entries.remove(person + ".sha256");
    writeProperties(file, entries);
  }

  private static Map<String, String> present(Path file) throws IOException {
    Map<String, String> entries = new TreeMap<>();
    if (Files.exists(file)) {
      Properties present = new Properties();
      try (Reader reader = Files.newBufferedReader(file)) {
        present.load(reader);
      }
      present.stringPropertyNames().forEach(key -> entries.put(key, present.getProperty(key)));
    }
    return entries;
  }

  /** Writes a properties file that only its owner reads. */
  public static void writeProperties(Path file, Map<String, String> entries) throws IOException {
    writeSecret(
        file,
        entries.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining("\n", "", "\n")));
  }

  private Path keyFile(String service) {
    return directory.resolve(service + ".key");
  }

  static void writeSecret(Path file, String text) throws IOException {
    // moved into place whole: whoever reads it meanwhile sees the one or the other
    Path whole =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            "." + file.getFileName(),
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(whole, text);
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
