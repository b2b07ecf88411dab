package dev.cutover.contract;

import java.util.List;
import java.util.Optional;

/** The record sets of one view of a switch, with their TTL. */
public record ViewRecords(String view, List<RecordSet> records) {
  public ViewRecords {
    records = List.copyOf(records);
  }

  /** Those of that view; none where it is not there. */
  public static List<RecordSet> of(Optional<List<ViewRecords>> all, String view) {
    return all.orElse(List.of()).stream()
        .filter(one -> one.view().equals(view))
        .flatMap(one -> one.records().stream())
        .toList();
  }
}
