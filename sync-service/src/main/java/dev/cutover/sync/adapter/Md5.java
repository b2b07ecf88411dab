package dev.cutover.sync.adapter;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** The hash that S3's stores check uploads by, and make their tags of. It proves no authorship. */
final class Md5 {
  private Md5() {}

  private static byte[] of(byte[] bytes) {
    return digest().digest(bytes);
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(of(bytes));
  }

  /** The tag of an object that was written in one. */
  static String tag(byte[] bytes) {
    return HexFormat.of().formatHex(of(bytes));
  }

  /** The tag of an object that was written in parts which have these tags. */
  static String tag(List<String> parts) {
    MessageDigest all = digest();
    parts.forEach(part -> all.update(HexFormat.of().parseHex(part)));
    return "%s-%d".formatted(HexFormat.of().formatHex(all.digest()), parts.size());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected every JDK to have MD5", e);
    }
  }
}
