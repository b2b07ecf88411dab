package dev.cutover.dns.domain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The changes of a switch as the provider's own tool takes them: what people read, what is hashed,
 * and what works when nothing of this product runs. The same changes give the same texts. No
 * secrets.
 *
 * @param forward what a shift will do
 * @param revert the way back, without conditions as far as the provider can, leaving the mark of a
 *     person
 * @param liftMark takes that mark away again, and no other
 */
public record SwitchTexts(String forward, String revert, String liftMark) {
  /** SHA-256 of the revert's UTF-8 bytes, lower-case hexadecimal. */
  public String revertHash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(revert.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(
          "Expected every JDK to know SHA-256, but this one doesn't", e);
    }
  }
}
