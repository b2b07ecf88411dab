package dev.cutover.monitor.domain;

import dev.cutover.contract.CutoverId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names decisions, so that the same one said twice is seen to be the same. Pure. */
public final class DecisionId {
  private static final int BYTES = 16;

  private DecisionId() {}

  /**
   * The decision to roll back: equal for every watch of that cutover under that epoch, also after a
   * restart and from a second instance.
   *
   * @return 32 hexadecimal digits
   */
  public static String rollback(CutoverId cutover, long epoch) {
    return hash("%s/%d/rollback".formatted(cutover.value(), epoch));
  }

  /**
   * An outsider's request: equal however often it is read.
   *
   * @return 32 hexadecimal digits
   */
  public static String request(CutoverId cutover, String sender, String requestId) {
    return hash("%s/%s/request/%s".formatted(cutover.value(), sender, requestId));
  }

  private static String hash(String name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java", e);
    }
  }
}
