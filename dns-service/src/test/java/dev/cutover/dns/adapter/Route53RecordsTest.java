package dev.cutover.dns.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.ZoneChange;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

class Route53RecordsTest {
  private static final String NAME = "api.shop.example.";
  private static final RecordSet OLD =
      new RecordSet(NAME, RecordType.A, 300, List.of("10.0.0.1", "10.0.0.2"));
  private static final RecordSet NEW = new RecordSet(NAME, RecordType.A, 60, List.of("10.1.0.1"));
  private static final SwitchSpec SPEC =
      new SwitchSpec(
          "shop.example.",
          new Route53("Z1", "default"),
          List.of(new SwitchedName(NAME, List.of(OLD), List.of(NEW))),
          List.of(new ServerAddress("10.0.0.53", 53)),
          List.of(),
          60);

  @Test
  void shouldReadSetsAndMarkInNormalForm() {
    // when
    SwitchState state =
        Route53Records.state(
            SPEC,
            List.of(
                stored("API.shop.example", "A", 300, "10.0.0.2", "10.0.0.1"),
                stored(NAME, "AAAA", 60, "2001:DB8::1"),
                stored(NAME, "HTTPS", 60, "1 . alpn=\"h2,h3\""),
                stored(NAME, "MX", 60, "10 mail.shop.example."),
                stored("_cutover." + NAME, "TXT", 5, "\"epoch=7 cutover=shop\"")));
    // then
    assertThat(state.sets())
        .containsExactlyInAnyOrder(
            OLD,
            new RecordSet(NAME, RecordType.AAAA, 60, List.of("2001:db8:0:0:0:0:0:1")),
            new RecordSet(NAME, RecordType.HTTPS, 60, List.of("1 . alpn=h2,h3")));
    assertThat(state.mark(NAME)).isEqualTo(EpochMark.parse(List.of("\"epoch=7 cutover=shop\"")));
  }

  @Test
  void shouldAddTheFinalDotOfAnAliasAndReadOctalEscapes() {
    // when
    ResourceRecordSet alias = stored("\\052.shop.example.", "CNAME", 60, "LB.example.com");
    // then
    assertThat(Route53Records.keyOf(alias))
        .contains(new SetKey("*.shop.example.", RecordType.CNAME));
    assertThat(Route53Records.normalName("a\\344b.example")).isEqualTo("a\\228b.example.");
    assertThat(
            Route53Records.toStored(
                    new RecordSet("a\\228b.example.", RecordType.TXT, 5, List.of("\"\\200\"")))
                .toString())
        .contains("a\\344b.example.", "\\310");
  }

  @Test
  void shouldShowWhatIsNoSimpleRecord() {
    // given
    ResourceRecordSet weighted =
        stored(NAME, "A", 60, "10.0.0.1").toBuilder().setIdentifier("blue").weight(90L).build();
    ResourceRecordSet alias =
        ResourceRecordSet.builder()
            .name(NAME)
            .type("AAAA")
            .aliasTarget(
                t -> t.dnsName("lb.example.").hostedZoneId("Z2").evaluateTargetHealth(false))
            .build();
    // when
    SwitchState state = Route53Records.state(SPEC, List.of(weighted, alias));
    // then
    assertThat(state.describe(SPEC))
        .contains("10.0.0.1 (not a simple record, weight 90, set blue)")
        .contains("AAAA [alias of lb.example. in Z2]");
  }

  @Test
  void shouldStoreAShareForEachValueAndKnowItAgain() {
    // given
    SwitchSpec spec = SPEC.withWeights();
    RecordSet tenth = spec.served(10).getFirst();
    RecordSet service =
        new RecordSet(
            NAME, RecordType.HTTPS, 60, List.of("1 . alpn=h2 weight=90", "1 . alpn=h3 weight=10"));
    // when
    List<ResourceRecordSet> stored = Route53Records.toStored(tenth);
    // then
    assertThat(stored)
        .extracting(ResourceRecordSet::setIdentifier, ResourceRecordSet::weight)
        .containsExactlyInAnyOrder(
            tuple("cutover-10.0.0.1", 90L),
            tuple("cutover-10.0.0.2", 90L),
            tuple("cutover-10.1.0.1", 20L));
    assertThat(Route53Records.state(spec, stored).sets()).containsExactly(tenth);
    assertThat(Route53Records.toStored(service))
        .allSatisfy(set -> assertThat(set.setIdentifier()).matches("cutover-[0-9a-f]{32}"));
    assertThat(Route53Records.state(spec, Route53Records.toStored(service)).sets())
        .containsExactly(service);
    // and what somebody has added or given another name is none
    ResourceRecordSet renamed = stored.getFirst().toBuilder().setIdentifier("blue").build();
    assertThat(Route53Records.state(spec, List.of(renamed)).describe(spec))
        .contains("not a simple record, weight 90, set blue");
  }

  @Test
  void shouldDeleteExactlyWhatIsStoredAndKeepWhatMustBeThere() {
    // given
    ResourceRecordSet addresses = stored(NAME, "A", 300, "10.0.0.2", "10.0.0.1");
    ResourceRecordSet kept = stored(NAME, "AAAA", 300, "2001:DB8::1");
    ZoneChange change =
        new ZoneChange(
            List.of(OLD, new RecordSet(NAME, RecordType.AAAA, 0, List.of("2001:db8:0:0:0:0:0:1"))),
            List.of(),
            List.of(new SetKey(NAME, RecordType.A)),
            List.of(),
            List.of(NEW));
    // when
    List<Change> batch = Route53Batch.of(change, List.of(addresses, kept));
    // then
    assertThat(batch)
        .extracting(c -> c.actionAsString() + " " + c.resourceRecordSet().typeAsString())
        .containsExactly("DELETE A", "DELETE AAAA", "CREATE AAAA", "CREATE A");
    assertThat(batch.get(0).resourceRecordSet()).isEqualTo(addresses);
    assertThat(batch.get(1).resourceRecordSet()).isEqualTo(kept);
    assertThat(batch.get(2).resourceRecordSet()).isEqualTo(kept);
    assertThat(batch.get(3).resourceRecordSet().ttl()).isEqualTo(60);
  }

  @Test
  void shouldKeepAliasesAndHealthChecksAsTheyAreStored() {
    // given
    RecordSet alias =
        new RecordSet(
            NAME,
            RecordType.A,
            0,
            List.of("alias of lb.example. in Z2 evaluateTargetHealth check=c-1"));
    RecordSet shared =
        new RecordSet(
            NAME,
            RecordType.A,
            60,
            List.of("10.0.0.1 check=c-2 weight=90", "alias of lb.example. in Z2 weight=10"));
    // when
    ResourceRecordSet stored = Route53Records.toStored(alias).getFirst();
    List<ResourceRecordSet> shares = Route53Records.toStored(shared);
    // then
    assertThat(stored.ttl()).isNull();
    assertThat(stored.aliasTarget().evaluateTargetHealth()).isTrue();
    assertThat(stored.healthCheckId()).isEqualTo("c-1");
    assertThat(Route53Records.state(SPEC, List.of(stored)).sets()).containsExactly(alias);
    assertThat(shares)
        .extracting(ResourceRecordSet::setIdentifier, ResourceRecordSet::healthCheckId)
        .containsExactlyInAnyOrder(
            tuple("cutover-10.0.0.1", "c-2"), tuple("cutover-lb.example.", null));
    assertThat(Route53Records.state(SPEC.withWeights(), shares).sets()).containsExactly(shared);
  }

  @Test
  void shouldSayWhichConditionIsNotMet() {
    // given
    ZoneChange change =
        new ZoneChange(
            List.of(OLD),
            List.of(new SetKey(NAME, RecordType.AAAA)),
            List.of(),
            List.of(),
            List.of());
    RecordSet six = new RecordSet(NAME, RecordType.AAAA, 5, List.of("2001:db8:0:0:0:0:0:1"));
    // when, then
    assertThat(change.unmet(List.of(OLD.withTtlSeconds(5)))).isEmpty();
    assertThat(change.unmet(List.of(NEW)))
        .contains(NAME + " A holds [10.1.0.1], not [10.0.0.1, 10.0.0.2]");
    assertThat(change.unmet(List.of(OLD, six)))
        .contains(NAME + " AAAA holds [2001:db8:0:0:0:0:0:1], not nothing");
  }

  @Test
  void shouldChangeNothingByATrialEvenIfItWereTaken() {
    // when
    List<Change> trial = Route53Batch.trial(List.of(NEW, OLD));
    // then
    assertThat(trial).hasSize(4);
    for (int i = 0; i < trial.size(); i += 2) {
      assertThat(trial.get(i).actionAsString()).isEqualTo("DELETE");
      assertThat(trial.get(i + 1).actionAsString()).isEqualTo("CREATE");
      assertThat(trial.get(i).resourceRecordSet()).isEqualTo(trial.get(i + 1).resourceRecordSet());
    }
  }

  private static ResourceRecordSet stored(String name, String type, long ttl, String... values) {
    return ResourceRecordSet.builder()
        .name(name)
        .type(type)
        .ttl(ttl)
        .resourceRecords(
            List.of(values).stream().map(v -> ResourceRecord.builder().value(v).build()).toList())
        .build();
  }
}
