package dev.cutover.dns.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.dns.domain.EpochMark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.route53.model.ListResourceRecordSetsRequest;
import software.amazon.awssdk.services.route53.model.ListResourceRecordSetsResponse;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/** Reading few names of zones with many neighbours, of which pages end anywhere. */
class Route53ListingTest {
  private static final List<String> LABELS =
      List.of("a", "a-b", "a0", "0", "www", "_x", "_cutover", "b", "ab", "\\052");
  private static final List<RRType> TYPES = List.of(RRType.A, RRType.AAAA, RRType.TXT);

  private int requests;

  /** Nobody says whether a listing orders an asterisk by itself or by its code. */
  private boolean isAsteriskByCode;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 300})
  void shouldFindExactlyTheSetsOfTheNamesWhereverPagesEnd(int pageMax) throws Exception {
    for (int seed = 0; seed < 200; seed++) {
      // given
      Random random = new Random(seed);
      isAsteriskByCode = random.nextBoolean();
      List<ResourceRecordSet> zone = zone(random);
      Set<String> wanted = new TreeSet<>();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        wanted.add(Route53Records.normalName(name(random)));
      }

      // when
      List<ResourceRecordSet> found = listing(zone, pageMax).of(wanted);

      // then
      assertThat(found)
          .as("seed %d, names %s", seed, wanted)
          .containsExactlyInAnyOrderElementsOf(
              zone.stream()
                  .filter(set -> wanted.contains(Route53Records.normalName(set.name())))
                  .toList());
    }
  }

  @Test
  void shouldReadManyNeighboursInFewRequests() throws Exception {
    // given
    List<ResourceRecordSet> zone = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String name = "shop%02d.example.com.".formatted(i);
      names.add(name);
      names.add(EpochMark.nameFor(name));
      TYPES.forEach(type -> zone.add(set(name, type)));
    }
    zone.sort(order());

    // when
    List<ResourceRecordSet> found = listing(zone, Route53Listing.PAGE_MAX).of(names);

    // then
    assertThat(found).hasSize(150);
    assertThat(requests).isEqualTo(1);
  }

  private Route53Listing listing(List<ResourceRecordSet> zone, int pageMax) {
    return new Route53Listing("Z1", pageMax, request -> page(zone, request));
  }

  /** As the API reference says of ListResourceRecordSets; an asterisk is stored as its code. */
  private ListResourceRecordSetsResponse page(
      List<ResourceRecordSet> zone, ListResourceRecordSetsRequest request) {
    requests++;
    String from = reversed(request.startRecordName().replace("*", "\\052"));
    String type = request.startRecordType() == null ? "" : request.startRecordTypeAsString();
    Comparator<String> text = Comparator.naturalOrder();
    List<ResourceRecordSet> rest =
        zone.stream()
            .filter(
                set -> {
                  int name = text.compare(reversed(set.name()), from);
                  return name > 0 || (name == 0 && text.compare(set.typeAsString(), type) >= 0);
                })
            .toList();
    int items = Integer.parseInt(request.maxItems());
    ListResourceRecordSetsResponse.Builder answer =
        ListResourceRecordSetsResponse.builder()
            .resourceRecordSets(rest.stream().limit(items).toList())
            .isTruncated(rest.size() > items);
    if (rest.size() > items) {
      answer.nextRecordName(rest.get(items).name()).nextRecordType(rest.get(items).type());
    }
    return answer.build();
  }

  private List<ResourceRecordSet> zone(Random random) {
    return Stream.generate(() -> name(random))
        .limit(random.nextInt(40))
        .distinct()
        .flatMap(name -> TYPES.stream().filter(_ -> random.nextInt(3) > 0).map(t -> set(name, t)))
        .sorted(order())
        .toList();
  }

  private Comparator<ResourceRecordSet> order() {
    return Comparator.comparing((ResourceRecordSet set) -> reversed(set.name()))
        .thenComparing(ResourceRecordSet::typeAsString);
  }

  private static String name(Random random) {
    List<String> labels = new ArrayList<>();
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      labels.add(LABELS.get(random.nextInt(LABELS.size())));
    }
    labels.add("example.com.");
    return String.join(".", labels);
  }

  private static ResourceRecordSet set(String name, RRType type) {
    return ResourceRecordSet.builder().name(name).type(type).ttl(60L).build();
  }

  private String reversed(String name) {
    List<String> labels =
        Arrays.asList((isAsteriskByCode ? name : name.replace("\\052", "*")).split("\\."));
    Collections.reverse(labels);
    return String.join(".", labels) + ".";
  }
}
