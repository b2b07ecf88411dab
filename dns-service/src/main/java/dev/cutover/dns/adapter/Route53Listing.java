package dev.cutover.dns.adapter;

import dev.cutover.dns.domain.SwitchFailure;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.route53.model.ListResourceRecordSetsRequest;
import software.amazon.awssdk.services.route53.model.ListResourceRecordSetsResponse;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * Reads the sets of some names in as few requests as there may be: the API has few to give (trap:
 * 10 a second for an account), and a page that begins at one name holds its neighbours too.
 */
final class Route53Listing {
  /** The most that the API gives at once (API reference, ListResourceRecordSets, MaxItems). */
  static final int PAGE_MAX = 300;

  /** Asks once, within the rate. */
  @FunctionalInterface
  interface Api {
    ListResourceRecordSetsResponse list(ListResourceRecordSetsRequest request) throws SwitchFailure;
  }

  private final String hostedZone;
  private final int pageMax;
  private final Api api;

  /**
   * For one zone.
   *
   * @param pageMax sets that are asked for at once, {@link #PAGE_MAX} at most
   */
  Route53Listing(String hostedZone, int pageMax, Api api) {
    this.hostedZone = hostedZone;
    this.pageMax = pageMax;
    this.api = api;
  }

  /** All sets of those names. */
  List<ResourceRecordSet> of(Collection<String> names) throws SwitchFailure {
    Set<String> wanted = new HashSet<>(names);
    Set<ResourceRecordSet> found = new LinkedHashSet<>();
    Optional<String> readUpTo = Optional.of("");
    for (String name :
        wanted.stream().sorted(Comparator.comparing(Route53Listing::order)).toList()) {
      if (name.contains("*")) {
        // Where an asterisk stands in the order nobody says: it tells nothing of other names.
        var _ = page(name, wanted, found);
      } else if (readUpTo.map(next -> order(name).compareTo(next) >= 0).orElse(false)) {
        readUpTo = page(name, wanted, found);
      }
    }
    return List.copyOf(found);
  }

  /**
   * Reads from a name on, all of that name and what else the last page has.
   *
   * @return the place of the first name that was not read; empty at the zone's end
   */
  private Optional<String> page(String from, Set<String> wanted, Set<ResourceRecordSet> found)
      throws SwitchFailure {
    ListResourceRecordSetsRequest.Builder page =
        ListResourceRecordSetsRequest.builder()
            .hostedZoneId(hostedZone)
            .startRecordName(Route53Records.storedName(from))
            .maxItems(String.valueOf(pageMax));
    while (true) {
      ListResourceRecordSetsResponse answer = api.list(page.build());
      Optional<String> next =
          answer.isTruncated()
              ? Optional.of(Route53Records.normalName(answer.nextRecordName()))
              : Optional.empty();
      boolean goesOn = next.equals(Optional.of(from));
      for (ResourceRecordSet set : answer.resourceRecordSets()) {
        String name = Route53Records.normalName(set.name());
        // What the next page begins with is read whole there.
        if (wanted.contains(name) && (goesOn || !next.equals(Optional.of(name)))) {
          found.add(set);
        }
      }
      if (!goesOn) {
        return next.map(Route53Listing::order);
      }
      page.startRecordName(answer.nextRecordName())
          .startRecordType(answer.nextRecordType())
          .startRecordIdentifier(answer.nextRecordIdentifier());
    }
  }

  /**
   * A name's place in a listing: by its labels from the last to the first, with the final dot, as
   * stored (API reference, ListResourceRecordSets).
   */
  private static String order(String name) {
    List<String> labels = Arrays.asList(Route53Records.storedName(name).split("\\."));
    Collections.reverse(labels);
    return String.join(".", labels) + ".";
  }
}
