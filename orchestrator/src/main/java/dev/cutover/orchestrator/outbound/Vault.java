package dev.cutover.orchestrator.outbound;

import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Credentials.Credential;
import dev.cutover.runtime.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/** Credentials as one piece of work uses them, and what must not be seen of them afterwards. */
final class Vault {
  private static final String MASK = "***";

  private final Credentials credentials;
  private final List<String> used = new ArrayList<>();

  Vault(Credentials credentials) {
    this.credentials = credentials;
  }

  /** A secret without a user; refused, with the key that is missing, when it is not there. */
  String secret(String name, String role) throws Refused {
    try {
      return noted(credentials.secret(name, role));
    } catch (ConfigException e) {
      throw Refused.unsuitable(String.valueOf(e.getMessage()));
    }
  }

  /** A user and a password; refused as above. */
  Credential credential(String name, String role) throws Refused {
    try {
      Credential credential = credentials.of(name, role);
      noted(credential.password());
      return credential;
    } catch (ConfigException e) {
      throw Refused.unsuitable(String.valueOf(e.getMessage()));
    }
  }

  /** The value of an Authorization header: Basic, or Bearer when the user is {@code bearer}. */
  String authorization(String name) throws Refused {
    Credential credential = credential(name, "http");
    if (credential.user().equals("bearer")) {
      return "Bearer " + credential.password().value();
    }
    String pair = credential.user() + ":" + credential.password().value();
    String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    used.add(encoded);
    return "Basic " + encoded;
  }

  /** The text without any secret that was used so far, whoever put it there. */
  String masked(String text) {
    List<String> longestFirst =
        used.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
    String masked = text;
    for (String secret : longestFirst) {
      masked = masked.replace(secret, MASK);
    }
    return masked;
  }

  private String noted(Secret secret) {
    if (!secret.value().isEmpty()) {
      used.add(secret.value());
    }
    return secret.value();
  }
}
