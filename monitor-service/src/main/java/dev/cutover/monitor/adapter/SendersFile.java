package dev.cutover.monitor.adapter;

import dev.cutover.contract.RollbackRequest;
import dev.cutover.monitor.domain.Sender;
import dev.cutover.runtime.ConfigReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The properties file that names outsiders: {@code <sender>.key} (Ed25519, X.509, base64), {@code
 * <sender>.cutovers} such as {@code shop, billing-*} and {@code <sender>.kinds} such as {@code
 * error_rate, latency}, or {@code *} for all.
 */
public final class SendersFile {
  private SendersFile() {}

  /** Reads the file that a key names, if it does; faults go to the reader. */
  public static List<Sender> read(String key, ConfigReader reader) {
    if (reader.optional(key).isEmpty()) {
      return List.of();
    }
    Properties file = ConfigReader.properties(key, reader.file(key));
    Set<String> names = new TreeSet<>();
    file.stringPropertyNames().forEach(name -> names.add(name.replaceAll("\\.[^.]*$", "")));
    List<Sender> senders = new ArrayList<>();
    for (String name : names) {
      try {
        senders.add(
            new Sender(
                name,
                publicKey(file.getProperty(name + ".key", "")),
                split(file.getProperty(name + ".cutovers", "")),
                kinds(file.getProperty(name + ".kinds", ""))));
      } catch (GeneralSecurityException e) {
        reader.fault(
            "%s: expected %s.key to be an Ed25519 key in base64 (X.509), but it can't be read"
                .formatted(key, name));
      } catch (IllegalArgumentException e) {
        reader.fault("%s: %s: %s".formatted(key, name, e.getMessage()));
      }
    }
    return List.copyOf(senders);
  }

  private static PublicKey publicKey(String text) throws GeneralSecurityException {
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text.strip())));
  }

  private static Set<RollbackRequest.Kind> kinds(String text) {
    Set<RollbackRequest.Kind> kinds = EnumSet.noneOf(RollbackRequest.Kind.class);
    for (String kind : split(text)) {
      if (kind.equals("*")) {
        return EnumSet.allOf(RollbackRequest.Kind.class);
      }
      kinds.add(
          Stream.of(RollbackRequest.Kind.values())
              .filter(known -> known.name().equals(kind.toUpperCase(Locale.ROOT)))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "expected kinds of %s, but got '%s'"
                              .formatted(Arrays.toString(RollbackRequest.Kind.values()), kind))));
    }
    return kinds;
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }
}
