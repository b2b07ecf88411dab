package dev.cutover.orchestrator.outbound;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs what is sent, so that its receiver knows who sent it and when. The scheme of Standard
 * Webhooks 1.0 (standardwebhooks.com): HMAC-SHA256 over {@code id.timestamp.body}, base64, as
 * {@code v1,<signature>}.
 */
final class StandardWebhooks {
  private static final String PREFIX = "whsec_";

  private StandardWebhooks() {}

  /**
   * The three headers. Pure.
   *
   * @param id the same for every repetition of one message
   * @param at when it is sent: a receiver refuses what is too old
   * @param secret {@code whsec_} and base64, or any text, whose bytes are the key then
   */
  static Map<String, String> headers(String id, Instant at, String body, String secret)
      throws Refused {
    String timestamp = Long.toString(at.getEpochSecond());
    String signature = mac(key(secret), id + "." + timestamp + "." + body);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", timestamp);
    headers.put("webhook-signature", "v1," + signature);
    return headers;
  }

  private static byte[] key(String secret) throws Refused {
    byte[] key;
    try {
      key =
          secret.startsWith(PREFIX)
              ? Base64.getDecoder().decode(secret.substring(PREFIX.length()))
              : secret.getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw unreadable(); // without its cause, which quotes the secret
    }
    if (key.length == 0) {
      throw unreadable();
    }
    return key;
  }

  private static Refused unreadable() {
    return Refused.unsuitable(
        "Expected a signing secret of whsec_ and base64, but it can't be read");
  }

  private static String mac(byte[] key, String content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(content.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Expected this JDK to know HmacSHA256", e);
    }
  }
}
