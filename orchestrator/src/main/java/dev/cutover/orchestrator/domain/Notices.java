package dev.cutover.orchestrator.domain;

import java.util.List;

/**
 * Who is told what and when.
 *
 * @param channels names of what notices go out by; without one nobody is told
 */
public record Notices(List<String> channels) {
  /** Nobody is told. */
  public static final Notices NONE = new Notices(List.of());

  public Notices {
    channels = List.copyOf(channels);
  }
}
