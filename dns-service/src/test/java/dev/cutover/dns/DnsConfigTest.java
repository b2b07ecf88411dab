package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.adapter.CloudflareSettings;
import dev.cutover.dns.adapter.DesignateSettings;
import dev.cutover.dns.adapter.DesignateSettings.Cloud;
import dev.cutover.dns.adapter.DnsjavaProbe;
import dev.cutover.dns.adapter.ElbSettings;
import dev.cutover.dns.adapter.Route53Settings;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.TxtAffix;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnsConfigTest {
  @TempDir private Path directory;

  @Test
  void shouldNameEveryMissingKeyAtOnce() {
    assertThatThrownBy(() -> DnsConfig.read(ConfigReader.of(Map.of())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("KAFKA_BOOTSTRAP_SERVERS")
        .hasMessageContaining("CUTOVER_DNS_CREDENTIALS")
        .hasMessageContaining("CUTOVER_DNS_ALLOWED_ZONES")
        .hasMessageContaining("CUTOVER_DNS_ALLOWED_SERVERS");
  }

  @Test
  void shouldUseDefaultsForWhatIsHarmless() throws IOException {
    // when
    DnsConfig config = DnsConfig.read(ConfigReader.of(required()));
    // then
    assertThat(config.wire().topics().prefix()).isEqualTo("cutover");
    assertThat(config.wire().topics().partitions()).isEqualTo(6);
    assertThat(config.watchPeriod()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.providers().route53()).isEqualTo(Route53Settings.STANDARD);
    assertThat(config.providers().cloudflare()).isEqualTo(CloudflareSettings.STANDARD);
    assertThat(config.providers().elb()).isEqualTo(ElbSettings.STANDARD);
    assertThat(config.providers().allowed().listeners()).isEmpty();
    assertThat(config.providers().allowed().hostedZones()).isEmpty();
    assertThat(config.providers().allowed().cloudflareZones()).isEmpty();
    assertThat(config.providers().designate()).isEqualTo(DesignateSettings.NONE);
    assertThat(config.providers().affixes()).containsExactly(TxtAffix.NONE);
    assertThat(config.parentVia()).contains(DnsjavaProbe.systemResolvers());
  }

  @Test
  void shouldReadByWhomParentsAreFoundAndThatNobodyLooks() throws IOException {
    // given
    Map<String, String> keys = new HashMap<>(required());
    // when, then
    keys.put("CUTOVER_DNS_PARENT_VIA", "10.0.0.53,[2001:db8::53]:5353");
    assertThat(DnsConfig.read(ConfigReader.of(keys)).parentVia().orElseThrow())
        .containsExactly(
            new ServerAddress("10.0.0.53", 53), new ServerAddress("2001:db8::53", 5353));
    keys.put("CUTOVER_DNS_PARENT_VIA", "none");
    assertThat(DnsConfig.read(ConfigReader.of(keys)).parentVia()).isEmpty();
    keys.put("CUTOVER_DNS_PARENT_VIA", "10.0.0.53:dns");
    assertThatThrownBy(() -> DnsConfig.read(ConfigReader.of(keys)))
        .hasMessageContaining("CUTOVER_DNS_PARENT_VIA: Expected resolvers as host or host:port");
  }

  @Test
  void shouldReadEveryAffixAndNameThoseThatAreNone() throws IOException {
    // given
    Map<String, String> keys = new HashMap<>(required());
    keys.put("CUTOVER_DNS_EXTERNAL_DNS_AFFIXES", "ExtDns-*, *-%{record_type}");
    Map<String, String> wrong = new HashMap<>(required());
    wrong.put("CUTOVER_DNS_EXTERNAL_DNS_AFFIXES", "extdns-, a*b, *");
    // when, then
    assertThat(DnsConfig.read(ConfigReader.of(keys)).providers().affixes())
        .containsExactly(
            TxtAffix.NONE, new TxtAffix("extdns-", ""), new TxtAffix("", "-%{record_type}"));
    assertThatThrownBy(() -> DnsConfig.read(ConfigReader.of(wrong)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("CUTOVER_DNS_EXTERNAL_DNS_AFFIXES: Expected a prefix and a star")
        .hasMessageContaining("but got 'extdns-'")
        .hasMessageContaining("but got 'a*b'")
        .hasMessageContaining("but got '*'");
  }

  @Test
  void shouldReadEveryCloud() throws IOException {
    // given
    Map<String, String> keys = new HashMap<>(required());
    keys.put("CUTOVER_DNS_DESIGNATE_CLOUDS", "paris, new-york");
    keys.put("CUTOVER_DNS_DESIGNATE_PARIS_KEYSTONE", "https://paris.example:5000/v3");
    keys.put("CUTOVER_DNS_DESIGNATE_NEW_YORK_KEYSTONE", "https://ny.example/identity/v3");
    keys.put("CUTOVER_DNS_DESIGNATE_NEW_YORK_REGION", "east");
    keys.put("CUTOVER_DNS_DESIGNATE_NEW_YORK_ENDPOINT", "https://ny.example/dns");
    keys.put("CUTOVER_DNS_DESIGNATE_NEW_YORK_PROJECT", "shop");
    keys.put("CUTOVER_DNS_DESIGNATE_NEW_YORK_DOMAIN", "retail");
    // when
    DnsConfig config = DnsConfig.read(ConfigReader.of(keys));
    // then
    assertThat(config.providers().designate().clouds())
        .isEqualTo(
            Map.of(
                "paris",
                new Cloud(
                    URI.create("https://paris.example:5000/v3"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    "Default"),
                "new-york",
                new Cloud(
                    URI.create("https://ny.example/identity/v3"),
                    Optional.of("east"),
                    Optional.of(URI.create("https://ny.example/dns")),
                    Optional.of("shop"),
                    "retail")));
  }

  @Test
  void shouldNameWhatACloudLacks() throws IOException {
    // given
    Map<String, String> keys = new HashMap<>(required());
    keys.put("CUTOVER_DNS_DESIGNATE_CLOUDS", "paris, New York");
    // when, then
    assertThatThrownBy(() -> DnsConfig.read(ConfigReader.of(keys)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("CUTOVER_DNS_DESIGNATE_PARIS_KEYSTONE")
        .hasMessageContaining("but found 'New York'");
  }

  @Test
  void shouldReadEveryKey() throws IOException {
    // given
    Map<String, String> keys = new HashMap<>(required());
    keys.put("TOPICS_PREFIX", "moves");
    keys.put("TOPICS_PARTITIONS", "3");
    keys.put("TOPICS_REPLICAS", "1");
    keys.put("TOPICS_CHANGE_SLOTS", "2");
    keys.put("CUTOVER_DNS_WATCH_PERIOD", "5s");
    keys.put("CUTOVER_DNS_ALLOWED_HOSTED_ZONES", "Z1, /hostedzone/Z2");
    keys.put("CUTOVER_DNS_ALLOWED_BACKENDS", "web, Web-Pool");
    keys.put("CUTOVER_DNS_HAPROXY_KEY_STORE", credentials().toString());
    keys.put("CUTOVER_DNS_ROUTE53_ENDPOINT", "https://vpce-1.route53.example:8443");
    keys.put("CUTOVER_DNS_ROUTE53_REGION", "aws-cn-global");
    keys.put("CUTOVER_DNS_ROUTE53_REQUESTS_PER_SECOND", "9");
    keys.put("CUTOVER_DNS_ALLOWED_CLOUDFLARE_ZONES", "023E105f, 0a");
    keys.put("CUTOVER_DNS_CLOUDFLARE_ENDPOINT", "https://proxy.example/client/v4/");
    keys.put("CUTOVER_DNS_CLOUDFLARE_REQUESTS_PER_5_MINUTES", "300");
    keys.put("CUTOVER_DNS_ALLOWED_LISTENERS", "arn:one, arn:two");
    keys.put("CUTOVER_DNS_ELB_ENDPOINT", "https://vpce-1.elb.example");
    keys.put("CUTOVER_DNS_ELB_REQUESTS_PER_SECOND", "7");
    // when
    DnsConfig config = DnsConfig.read(ConfigReader.of(keys));
    // then
    assertThat(config.providers().elb())
        .isEqualTo(new ElbSettings(Optional.of(URI.create("https://vpce-1.elb.example")), 7));
    assertThat(config.kafka().bootstrapServers()).isEqualTo("kafka:9092");
    assertThat(config.wire().topics().prefix()).isEqualTo("moves");
    assertThat(config.wire().topics().partitions()).isEqualTo(3);
    assertThat(config.wire().topics().replicas()).isEqualTo(1);
    assertThat(config.wire().topics().changeSlots()).isEqualTo(2);
    assertThat(config.providers().credentials()).isEqualTo(credentials());
    assertThat(config.watchPeriod()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.providers().allowed())
        .isEqualTo(
            new AllowList(
                Set.of("shop.example.", "other.example."),
                Set.of("10.0.0.53", "ns2:5353"),
                Set.of("Z1", "Z2"),
                Set.of("web", "Web-Pool"),
                Set.of("023e105f", "0a"),
                Set.of("arn:one", "arn:two")));
    assertThat(config.providers().haproxyKeyStore()).hasValue(credentials());
    assertThat(config.providers().cloudflare())
        .isEqualTo(new CloudflareSettings(URI.create("https://proxy.example/client/v4"), 300));
    assertThat(config.providers().route53())
        .isEqualTo(
            new Route53Settings(
                Optional.of(URI.create("https://vpce-1.route53.example:8443")),
                "aws-cn-global",
                9));
  }

  @Test
  void shouldNeedNoZoneWhereThereAreBackends() throws IOException {
    // given
    Map<String, String> keys = new HashMap<>(required());
    keys.remove("CUTOVER_DNS_ALLOWED_ZONES");
    keys.put("CUTOVER_DNS_ALLOWED_BACKENDS", "web");
    // when
    DnsConfig config = DnsConfig.read(ConfigReader.of(keys));
    // then
    assertThat(config.providers().allowed())
        .isEqualTo(
            new AllowList(
                Set.of(), Set.of("10.0.0.53", "ns2:5353"), Set.of(), Set.of("web"), Set.of()));
  }

  @Test
  void shouldNeedNoZoneAndNoServerWhereThereAreListeners() throws IOException {
    // given
    Map<String, String> keys = new HashMap<>(required());
    keys.remove("CUTOVER_DNS_ALLOWED_ZONES");
    keys.remove("CUTOVER_DNS_ALLOWED_SERVERS");
    keys.put("CUTOVER_DNS_ALLOWED_LISTENERS", "arn:one");
    // when
    DnsConfig config = DnsConfig.read(ConfigReader.of(keys));
    // then
    assertThat(config.providers().allowed())
        .isEqualTo(
            new AllowList(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), Set.of("arn:one")));
  }

  @Test
  void shouldSendNoTokenInTheClear() throws IOException {
    // given
    Map<String, String> keys = new HashMap<>(required());
    keys.put("CUTOVER_DNS_CLOUDFLARE_ENDPOINT", "http://proxy.example/client/v4");
    // when, then
    assertThatThrownBy(() -> DnsConfig.read(ConfigReader.of(keys)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("CUTOVER_DNS_CLOUDFLARE_ENDPOINT: expected an https address");
  }

  private Map<String, String> required() throws IOException {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092",
        "CUTOVER_DNS_CREDENTIALS", credentials().toString(),
        "CUTOVER_DNS_ALLOWED_ZONES", "Shop.Example, other.example.",
        "CUTOVER_DNS_ALLOWED_SERVERS", "10.0.0.53, NS2:5353");
  }

  private Path credentials() throws IOException {
    return Files.writeString(directory.resolve("dns.properties"), "a.tsig.user=key\n");
  }
}
