package dev.cutover.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.runtime.MessageSigner.Trust;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MessageSignerTest {
  private static final byte[] DATA = "{}".getBytes(StandardCharsets.UTF_8);
  private static final Map<String, String> HEADERS =
      Map.of("ce_type", "dns.shift-traffic.v1", "ce_id", "1", "ce_time", "2026-11-22T10:00:00Z");

  private final KeyPair keys = MessageSigner.newKeys();
  private final MessageSigner orchestrator =
      new MessageSigner("orchestrator", keys.getPrivate(), List.of());
  private final MessageSigner service =
      new MessageSigner(
          "dns",
          MessageSigner.newKeys().getPrivate(),
          List.of(new Trust("orchestrator", keys.getPublic(), List.of("dns."))));

  @Test
  void shouldRefuseWhatIsUnsignedOrUnknownOrMoved() {
    // given
    Map<String, String> signed = orchestrator.sign("cutover.dns.commands", "shop", HEADERS, DATA);
    Map<String, String> otherType = new HashMap<>(signed);
    otherType.put("ce_type", "sync.open-target.v1");
    Map<String, String> otherId = new HashMap<>(signed);
    otherId.put("ce_id", "2");

    // when // then
    assertThat(service.refuses("cutover.dns.commands", "shop", HEADERS, DATA))
        .hasValue("Expected a signed message, but it has no signature");
    assertThat(
            service.refuses(
                "cutover.dns.commands",
                "shop",
                new MessageSigner("eve", MessageSigner.newKeys().getPrivate(), List.of())
                    .sign("cutover.dns.commands", "shop", HEADERS, DATA),
                DATA))
        .hasValue("Expected a signature by a known key, but 'eve' is unknown here");
    assertThat(service.refuses("rehearsal.dns.commands", "shop", signed, DATA)).isPresent();
    assertThat(service.refuses("cutover.dns.commands", "other", signed, DATA)).isPresent();
    assertThat(service.refuses("cutover.dns.commands", "shop", otherType, DATA))
        .hasValue("Expected a signer entitled to sync.open-target.v1, but 'orchestrator' is not");
    assertThat(service.refuses("cutover.dns.commands", "shop", otherId, DATA)).isPresent();
    assertThat(service.refuses("cutover.dns.commands", "shop", signed, new byte[] {1})).isPresent();
  }

  @Test
  void shouldBelieveWhatAnEntitledKeySigned() {
    // when
    Map<String, String> signed = orchestrator.sign("cutover.dns.commands", "shop", HEADERS, DATA);

    // then
    assertThat(service.refuses("cutover.dns.commands", "shop", signed, DATA)).isEmpty();
  }
}
