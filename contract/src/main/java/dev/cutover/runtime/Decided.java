package dev.cutover.runtime;

import java.util.List;
import java.util.Optional;

/**
 * What came of one input.
 *
 * @param input empty for a timer
 * @param records to be written in this order; journal records are marked with the input's position
 */
public record Decided(Optional<Received> input, List<Outgoing> records) {
  public Decided {
    records = List.copyOf(records);
  }
}
