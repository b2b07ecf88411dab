package dev.cutover.dns.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.ZoneChange;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloudflareBatchTest {
  private static final String NAME = "api.shop.example.";
  private static final SetKey A = new SetKey(NAME, RecordType.A);
  private static final SetKey MARK = new SetKey("_cutover." + NAME, RecordType.TXT);
  private static final String OLD_MARK = "\"epoch=1 cutover=c\"";

  @Test
  void shouldKeepEqualValuesOnTheirIdsAndPairTheRest() {
    // given two values in another order, one of them wanted still
    List<CloudflareRecord> stored = List.of(a("x", "10.0.0.2"), a("y", "10.0.0.1"));
    ZoneChange change = change(List.of(A), set(A, 60, "10.0.0.1", "10.0.0.3", "10.0.0.4"));
    // when
    CloudflareBatch batch = CloudflareBatch.of(change, stored, false);
    // then
    assertThat(batch.deleted()).isEmpty();
    assertThat(batch.patched())
        .extracting(p -> p.stored().id() + " " + p.wanted().values())
        .containsExactly("y [10.0.0.1]", "x [10.0.0.3]");
    assertThat(batch.posted()).containsExactly(set(A, 60, "10.0.0.4"));
    assertThat(batch.json().path("patches").get(0).has("content")).as("only its TTL").isFalse();
    assertThat(batch.json().path("patches").get(1).path("content").asText()).isEqualTo("10.0.0.3");
  }

  @Test
  void shouldTouchNothingThatIsAsItShallBe() {
    // when
    CloudflareBatch batch =
        CloudflareBatch.of(
            change(List.of(A), set(A, 300, "10.0.0.1")), List.of(a("x", "10.0.0.1")), false);
    // then
    assertThat(batch).isEqualTo(new CloudflareBatch(List.of(), List.of(), List.of(), false));
  }

  @Test
  void shouldWriteAMarkAnewThatIsOnlyACondition() {
    // given
    CloudflareRecord mark = new CloudflareRecord("m", MARK, OLD_MARK, 60);
    ZoneChange change =
        new ZoneChange(
            List.of(set(MARK, 5, OLD_MARK)),
            List.of(),
            List.of(A),
            List.of(),
            List.of(set(A, 60, "10.0.0.1")));
    // when
    CloudflareBatch batch = CloudflareBatch.of(change, List.of(a("x", "10.0.0.1"), mark), false);
    // then
    assertThat(batch.deleted()).containsExactly(mark);
    assertThat(batch.posted()).containsExactly(set(MARK, 5, OLD_MARK));
    assertThat(batch.json().path("posts").get(0).path("ttl").asInt()).isEqualTo(60);
  }

  @Test
  void shouldWriteValuesAsTheApiTakesThem() throws JsonProcessingException {
    assertThat(
            CloudflareBatch.record(
                set(new SetKey(NAME, RecordType.CNAME), 60, "lb.example."), false))
        .isEqualTo(
            json(
                "{'type':'CNAME','name':'api.shop.example','ttl':60,'content':'lb.example','proxied':false}"));
    assertThat(
            CloudflareBatch.record(
                set(new SetKey(NAME, RecordType.HTTPS), 60, "1 . alpn=h2,h3 ech=\"AA==\""), false))
        .isEqualTo(
            json(
                "{'type':'HTTPS','name':'api.shop.example','ttl':60,'data':{'priority':1,'target':'.','value':'alpn=\\\"h2,h3\\\" ech=\\\"AA==\\\"'}}"));
    assertThat(
            CloudflareBatch.record(
                set(new SetKey(NAME, RecordType.HTTPS), 60, "0 lb.example."), false))
        .isEqualTo(
            json(
                "{'type':'HTTPS','name':'api.shop.example','ttl':60,'data':{'priority':0,'target':'lb.example.','value':''}}"));
  }

  @Test
  void shouldTellWhatWasDeletedInAnotherState() throws JsonProcessingException {
    // given
    CloudflareRecord mark = new CloudflareRecord("m", MARK, OLD_MARK, 60);
    CloudflareBatch batch = new CloudflareBatch(List.of(mark), List.of(), List.of(), false);
    String as =
        "[{'id':'m','type':'TXT','name':'_cutover.api.shop.example','ttl':60,'content':'%s'}]";
    // when, then
    assertThat(batch.overwritten(json(as.formatted("\\\"epoch=1 cutover=c\\\"")))).isEmpty();
    assertThat(batch.overwritten(json(as.formatted("manual"))))
        .singleElement()
        .satisfies(
            lost -> {
              assertThat(lost.isMark()).isTrue();
              assertThat(lost.describe())
                  .isEqualTo("_cutover.api.shop.example. 60 TXT [\"manual\"]");
            });
  }

  @Test
  void shouldShowWhatIsNoPlainRecord() throws JsonProcessingException {
    for (String flag :
        List.of(
            "'proxied':true", "'settings':{'flatten_cname':true}", "'meta':{'read_only':true}")) {
      // when
      CloudflareRecord record =
          CloudflareRecord.of(
                  json(
                      "{'id':'x','type':'A','name':'a.example','ttl':1,'content':'10.0.0.1',%s}"
                          .formatted(flag)),
                  false)
              .orElseThrow();
      // then
      assertThat(record.value()).startsWith("10.0.0.1 (");
    }
  }

  @Test
  void shouldSayOfEachProxiedRecordThatItStaysSo() throws JsonProcessingException {
    // given a record as it is stored, and one that somebody has taken from behind the edge
    String stored =
        "{'id':'x','type':'A','name':'api.shop.example','ttl':%d,'content':'10.0.0.1','proxied':%s}";
    CloudflareRecord proxied =
        CloudflareRecord.of(json(stored.formatted(1, true)), true).orElseThrow();
    CloudflareRecord bare =
        CloudflareRecord.of(json(stored.formatted(300, false)), true).orElseThrow();
    // when
    CloudflareBatch same =
        CloudflareBatch.of(change(List.of(A), set(A, 0, "10.0.0.1")), List.of(proxied), true);
    CloudflareBatch moved =
        CloudflareBatch.of(change(List.of(A), set(A, 0, "10.0.0.3")), List.of(proxied), true);
    // then
    assertThat(proxied.value()).isEqualTo("10.0.0.1");
    assertThat(proxied.ttlSeconds()).isZero();
    assertThat(bare.value()).isEqualTo("10.0.0.1 (not proxied)");
    assertThat(same.patched()).isEmpty();
    assertThat(moved.json().path("patches").get(0))
        .isEqualTo(
            json(
                "{'type':'A','name':'api.shop.example','ttl':1,'content':'10.0.0.3','proxied':true,'id':'x'}"));
    assertThat(CloudflareBatch.record(set(MARK, 5, OLD_MARK), true).has("proxied")).isFalse();
  }

  private static CloudflareRecord a(String id, String value) {
    return new CloudflareRecord(id, A, value, 300);
  }

  private static ZoneChange change(List<SetKey> deleted, RecordSet added) {
    return new ZoneChange(List.of(), List.of(), deleted, List.of(), List.of(added));
  }

  private static RecordSet set(SetKey key, int ttlSeconds, String... values) {
    return new RecordSet(key.name(), key.type(), ttlSeconds, List.of(values));
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return new JsonMapper().readTree(text.replace('\'', '"'));
  }
}
