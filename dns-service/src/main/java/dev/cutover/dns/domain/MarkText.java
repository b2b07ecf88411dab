package dev.cutover.dns.domain;

import dev.cutover.contract.Keeper;
import dev.cutover.contract.TxtValue;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a TXT value says of who keeps a record. Pure. */
final class MarkText {
  /**
   * Twelve bytes of nonce, sixteen of GCM's tag, and what gzip makes of the shortest mark
   * (endpoint/crypto.go of external-dns at 2bf1bf8). Shorter text in Base64 is something else.
   */
  private static final int ENCRYPTED_BYTES_MIN = 64;

  /** Keys that octoDNS's meta processor writes (octodns/processor/meta.py at 94bc80e). */
  private static final Set<String> META = Set.of("octodns-version", "provider", "time", "uuid");

  private MarkText() {}

  /**
   * Whose mark it is.
   *
   * @param owner empty when it says none or can't be read
   * @param resource as {@code owner}
   */
  record Said(Keeper keeper, String owner, String resource) {}

  /**
   * A mark of external-dns's TXT registry (endpoint/labels.go at 2bf1bf8). Some providers keep the
   * quotes that it writes.
   *
   * @param typed whether it is at a name with a type, where nothing but such a mark is expected:
   *     what looks encrypted is taken for one there
   */
  static Optional<Said> externalDns(String value, boolean typed) {
    String text = TxtValue.plain(value).replaceAll("^\"|\"$", "");
    Map<String, String> labels = new HashMap<>();
    for (String token : text.split(",", -1)) {
      int equals = token.indexOf('=');
      if (equals > 0) {
        labels.put(token.substring(0, equals), token.substring(equals + 1));
      }
    }
    if ("external-dns".equals(labels.get("heritage"))) {
      return Optional.of(
          new Said(
              Keeper.EXTERNAL_DNS,
              labels.getOrDefault("external-dns/owner", ""),
              labels.getOrDefault("external-dns/resource", "")));
    }
    return typed && isEncrypted(text)
        ? Optional.of(new Said(Keeper.EXTERNAL_DNS, "", ""))
        : Optional.empty();
  }

  private static boolean isEncrypted(String text) {
    try {
      return Base64.getDecoder().decode(text).length >= ENCRYPTED_BYTES_MIN;
    } catch (IllegalArgumentException e) {
      return false; // a text of somebody else
    }
  }

  /**
   * A mark of octoDNS's ownership processor, whose place alone says so: a value of one's own may be
   * configured (octodns/processor/ownership.py at 94bc80e).
   */
  static Said octodnsOwner(String value) {
    String text = TxtValue.plain(value);
    return new Said(Keeper.OCTODNS, text.equals("*octodns*") ? "" : text, "");
  }

  /**
   * A record of octoDNS's meta processor.
   *
   * @param named whether it is at {@code octodns-meta}; at {@code meta}, its default, a time or a
   *     version has to be one
   */
  static boolean isOctodnsMeta(String value, boolean named) {
    String text = TxtValue.plain(value);
    int equals = text.indexOf('=');
    String key = equals < 0 ? "" : text.substring(0, equals);
    if (named) {
      return META.contains(key);
    }
    return key.equals("octodns-version")
        || (key.equals("time") && isTime(text.substring(equals + 1)));
  }

  private static boolean isTime(String text) {
    try {
      LocalDateTime.parse(text, DateTimeFormatter.ISO_DATE_TIME);
      return true;
    } catch (DateTimeException e) {
      return false; // a text of somebody else
    }
  }
}
