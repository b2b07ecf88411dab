package dev.cutover.dns.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cutover.dns.cloudflare.ZoneRules.Made;
import dev.cutover.dns.cloudflare.ZoneRules.Refused;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The double refuses what Cloudflare refuses: else green tests prove little (trap 37). */
class ZoneRulesTest {
  private final ZoneRules rules = new ZoneRules("shop.example", 60, 200);
  private Map<String, StoredRecord> zone = new LinkedHashMap<>();
  private String id = "";

  @BeforeEach
  void fill() throws Exception {
    zone =
        rules
            .batch(
                zone,
                json(
                    "{'posts':[{'type':'A','name':'a.shop.example','ttl':300,'content':'10.0.0.1','comment':'mine'}]}"))
            .after();
    id = zone.keySet().iterator().next();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "9021  | {'posts':[{'type':'A','name':'b.shop.example','ttl':59,'content':'10.0.0.1'}]}",
        "9021  | {'posts':[{'type':'A','name':'b.shop.example','ttl':300,'content':'10.0.0.1','proxied':true}]}",
        "9004  | {'posts':[{'type':'TXT','name':'b.shop.example','ttl':1,'content':'\\\"a\\\"','proxied':true}]}",
        "9005  | {'posts':[{'type':'A','name':'b.shop.example','ttl':60,'content':'10.0.0'}]}",
        "9005  | {'posts':[{'type':'TXT','name':'b.shop.example','ttl':60,'content':'bare'}]}",
        "9005  | {'posts':[{'type':'CNAME','name':'b.shop.example','ttl':60,'content':'c.example.'}]}",
        "9000  | {'posts':[{'type':'A','name':'b.shop.example.','ttl':60,'content':'10.0.0.1'}]}",
        "9101  | {'posts':[{'type':'HTTPS','name':'b.shop.example','ttl':60,'content':'1 . alpn=h2'}]}",
        "9207  | {'posts':[{'type':'A','name':'b.shop.example','content':'10.0.0.1'}]}",
        "81044 | {'deletes':[{'id':'0'}]}",
        "81044 | {'patches':[{'id':'0','content':'10.0.0.2'}]}",
        "81058 | {'posts':[{'type':'A','name':'a.shop.example','ttl':60,'content':'10.0.0.1'}]}",
        "81053 | {'posts':[{'type':'CNAME','name':'a.shop.example','ttl':60,'content':'c.example'}]}",
        "1004  | {'patches':[{'id':'ID','type':'AAAA','content':'::1'}]}",
      })
  void shouldRefuseAllOfABatchWhenOneOperationIsWrong(int code, String batch) {
    String more =
        "'puts':[{'id':'ID','type':'A','name':'a.shop.example','ttl':60,'content':'10.0.0.1'}],";
    // when, then
    assertThatThrownBy(() -> rules.batch(zone, json(batch)))
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo(code));
    assertThatThrownBy(() -> rules.batch(zone, json(batch.replaceFirst("\\{", "{" + more))))
        .as("beside another one")
        .isInstanceOf(Refused.class);
    assertThat(zone.get(id)).satisfies(r -> assertThat(r.ttl()).isEqualTo(300));
  }

  @Test
  void shouldDeleteFirstWhateverTheOrderOfTheBody() throws Exception {
    // when
    Made made =
        rules.batch(
            zone,
            json(
                "{'posts':[{'type':'A','name':'a.shop.example','ttl':60,'content':'10.0.0.1'}],'deletes':[{'id':'ID'}]}"));
    // then
    assertThat(made.deletes()).extracting(StoredRecord::content).containsExactly("10.0.0.1");
    assertThat(made.after()).hasSize(1).doesNotContainKey(id);
  }

  @Test
  void shouldKeepWhatAPatchDoesNotName() throws Exception {
    // when
    Made patched = rules.batch(zone, json("{'patches':[{'id':'ID','ttl':60}]}"));
    Made put =
        rules.batch(
            zone,
            json(
                "{'puts':[{'id':'ID','type':'A','name':'a.shop.example','ttl':60,'content':'10.0.0.1'}]}"));
    // then
    assertThat(patched.after().get(id))
        .satisfies(r -> assertThat(r.comment()).isEqualTo("mine"))
        .satisfies(r -> assertThat(r.content()).isEqualTo("10.0.0.1"));
    assertThat(put.after().get(id)).satisfies(r -> assertThat(r.comment()).isEmpty());
  }

  @Test
  void shouldRefuseABatchOfNothing() {
    assertThatThrownBy(() -> rules.batch(zone, json("{'deletes':[]}")))
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo(9207));
  }

  @Test
  void shouldRefuseABatchThatIsTooBig() {
    // given
    StringBuilder deletes = new StringBuilder("{'deletes':[");
    for (int i = 0; i < 201; i++) {
      deletes.append(i == 0 ? "" : ",").append("{'id':'ID'}");
    }
    // when, then
    assertThatThrownBy(() -> rules.batch(zone, json(deletes + "]}")))
        .hasMessageContaining("limit of 200");
  }

  private JsonNode json(String text) throws Exception {
    return new JsonMapper().readTree(text.replace('\'', '"').replace("ID", id));
  }
}
