package dev.cutover.sync.adapter;

import java.util.Locale;

/** As whom the service logs on to a database; the names are those of the credentials file. */
public enum DatabaseRole {
  /**
   * Owns schema {@code cutover}, enables the fence's triggers; refused by the fence like others.
   */
  FENCER,
  /** Applies changes; the only one that the fence lets through. Login role cutover_applier. */
  APPLIER,
  /** As the team's application writes; used for probes only. */
  APPLICATION,
  /** Reads only. */
  READER;

  /** The name in the credentials file: {@code <credential>.<key>.user}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
