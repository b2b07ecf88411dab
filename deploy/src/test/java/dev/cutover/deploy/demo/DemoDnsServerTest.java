package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

class DemoDnsServerTest {
  private static final String SECRET = "Y3V0b3Zlci10ZXN0LWtleS1zZWNyZXQtMDEyMzQ1Njc=";
  private static final Name ZONE = Name.fromConstantString("shop.example.");
  private static final Name API = Name.fromConstantString("api.shop.example.");
  private static final Name NONE = Name.fromConstantString("none.shop.example.");

  private final DemoDnsServer server =
      DemoDnsServer.start(0, List.of(new DemoDnsKey("mig-key", SECRET, true)));

  DemoDnsServerTest() {
    server.addZone(
        "shop.example",
        """
        $TTL 60
        @ IN SOA ns1 admin 7 3600 600 86400 5
        @ IN NS ns1
        ns1 IN A 127.0.0.1
        api IN A 10.0.0.1
        api IN A 10.0.0.2
        www IN CNAME api
        _mark.deep IN TXT "x"
        big IN TXT %s
        """
            .formatted(("\"" + "x".repeat(200) + "\" ").repeat(10)));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  // ---- updates that must be refused

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of("name in use", Rcode.NXDOMAIN, (Change) u -> u.present(NONE)),
        Arguments.of("set exists", Rcode.NXRRSET, (Change) u -> u.present(API, Type.AAAA)),
        Arguments.of("name not in use", Rcode.YXDOMAIN, (Change) u -> u.absent(API)),
        Arguments.of("set absent", Rcode.YXRRSET, (Change) u -> u.absent(API, Type.A)),
        Arguments.of(
            "part of the set", Rcode.NXRRSET, (Change) u -> u.present(API, Type.A, "10.0.0.1")),
        Arguments.of(
            "out of zone",
            Rcode.NOTZONE,
            (Change) u -> u.add(Name.fromString("a.other."), Type.A, 5, "10.0.0.1")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void shouldChangeNothingWhenPrerequisiteIsUnmet(String what, int rcode, Change prerequisite)
      throws IOException {
    // given
    Update update = new Update(ZONE);
    prerequisite.to(update);
    update.delete(API, Type.A);
    // when
    Message reply = send(update);
    // then
    assertThat(Rcode.string(reply.getRcode())).isEqualTo(Rcode.string(rcode));
    assertThat(reply.isVerified()).isTrue();
    assertThat(server.values("api.shop.example", "A")).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(serial()).isEqualTo(7);
  }

  @Test
  void shouldRefuseWhenNobodySigned() throws IOException {
    // given
    Update update = new Update(ZONE);
    update.delete(API, Type.A);
    // when
    Message reply = resolver(true).send(update);
    // then
    assertThat(reply.getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(server.values("api.shop.example", "A")).hasSize(2);
  }

  @Test
  void shouldSayBadTimeWhenClocksDiffer() throws IOException {
    // given
    SimpleResolver resolver = resolver(true);
    resolver.setTSIGKey(
        new TSIG(
            TSIG.HMAC_SHA256,
            Name.fromConstantString("mig-key."),
            new SecretKeySpec(Base64.getDecoder().decode(SECRET), "HmacSHA256"),
            Clock.offset(Clock.systemUTC(), Duration.ofHours(1))));
    Update update = new Update(ZONE);
    update.delete(API, Type.A);
    // when
    Message reply = resolver.send(update);
    // then
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOTAUTH);
    assertThat(reply.getTSIG().getError()).isEqualTo(Rcode.BADTIME);
  }

  @Test
  void shouldSayWhichPortIsTakenWhenItIs() {
    assertThatThrownBy(() -> DemoDnsServer.start(server.port(), List.of()))
        .hasMessageContaining("Expected port " + server.port());
  }

  // ---- updates

  @Test
  void shouldChangeAllAtOnceAndRaiseTheSerialWhenPrerequisitesAreMet() throws IOException {
    // given
    Update update = new Update(ZONE);
    update.present(API, Type.A, "10.0.0.2");
    update.present(API, Type.A, "10.0.0.1");
    update.delete(API, Type.A);
    update.add(API, Type.A, 5, "10.1.0.1");
    update.add(API, Type.AAAA, 5, "2001:db8::1");
    // when
    Message reply = send(update);
    // then
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(server.values("api.shop.example", "A")).containsExactly("10.1.0.1");
    assertThat(serial()).isEqualTo(8);
  }

  @Test
  void shouldIgnoreAliasBesideOtherRecordsWithoutAnError() throws IOException {
    // given
    Update update = new Update(ZONE);
    update.add(API, Type.CNAME, 5, "lb.example.");
    // when
    Message reply = send(update);
    // then
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(server.values("api.shop.example", "CNAME")).isEmpty();
    assertThat(serial()).isEqualTo(7);
  }

  @Test
  void shouldRewriteTheTtlOfTheWholeSetWhenOneRecordIsAdded() throws IOException {
    // given
    Update update = new Update(ZONE);
    update.add(API, Type.A, 9, "10.0.0.3");
    // when
    send(update);
    // then
    assertThat(ask("api.shop.example.", Type.A).getSection(Section.ANSWER))
        .hasSize(3)
        .allMatch(r -> r.getTTL() == 9);
  }

  @Test
  void shouldTakeEffectWithoutReplyWhenToldToLoseIt() throws IOException {
    // given
    server.dropNextUpdateReply();
    Update update = new Update(ZONE);
    update.delete(API, Type.A);
    TSIG key = new TSIG(TSIG.HMAC_SHA256, "mig-key", SECRET);
    key.apply(update, null);
    try (Socket socket = new Socket(server.address().getAddress(), server.port())) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] message = update.toWire();
      // when
      out.writeShort(message.length);
      out.write(message);
      // then
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThatThrownBy(in::readUnsignedShort).isInstanceOf(EOFException.class);
    }
    assertThat(server.values("api.shop.example", "A")).isEmpty();
  }

  // ---- answers

  @Test
  void shouldFollowAliasWithinTheZone() throws IOException {
    Message reply = ask("www.shop.example.", Type.A);
    assertThat(reply.getSection(Section.ANSWER))
        .extracting(Record::getType)
        .containsExactlyInAnyOrder(Type.CNAME, Type.A, Type.A);
    assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
  }

  @Test
  void shouldGiveTheSoaWithTheAbsenceOfRecords() throws IOException {
    Message absent = ask("none.shop.example.", Type.A);
    Message otherType = ask("api.shop.example.", Type.MX);
    Message between = ask("deep.shop.example.", Type.A);
    assertThat(absent.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(otherType.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(between.getRcode()).isEqualTo(Rcode.NOERROR);
    for (Message reply : List.of(absent, otherType, between)) {
      assertThat(reply.getSection(Section.ANSWER)).isEmpty();
      assertThat(reply.getSection(Section.AUTHORITY))
          .singleElement()
          .satisfies(soa -> assertThat(soa.getTTL()).isEqualTo(5));
    }
  }

  @Test
  void shouldRefuseQuestionsAboutOtherZones() throws IOException {
    assertThat(ask("example.org.", Type.A).getRcode()).isEqualTo(Rcode.REFUSED);
  }

  @Test
  void shouldTruncateOverUdpWhenTheAnswerIsTooBig() throws IOException {
    SimpleResolver udp = resolver(false);
    udp.setIgnoreTruncation(true);
    Message reply = udp.send(query("big.shop.example.", Type.TXT));
    assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(ask("big.shop.example.", Type.TXT).getSection(Section.ANSWER)).hasSize(1);
  }

  @Test
  void shouldCountQueries() throws IOException {
    long before = server.queries();
    ask("api.shop.example.", Type.A);
    assertThat(server.queries()).isEqualTo(before + 1);
  }

  interface Change {
    void to(Update update) throws IOException;
  }

  private long serial() throws IOException {
    Message reply = ask("shop.example.", Type.SOA);
    return ((SOARecord) reply.getSection(Section.ANSWER).getFirst()).getSerial();
  }

  private Message ask(String name, int type) throws IOException {
    return resolver(false).send(query(name, type));
  }

  private static Message query(String name, int type) {
    return Message.newQuery(Record.newRecord(Name.fromConstantString(name), type, DClass.IN));
  }

  private Message send(Update update) throws IOException {
    SimpleResolver resolver = resolver(true);
    resolver.setTSIGKey(new TSIG(TSIG.HMAC_SHA256, "mig-key", SECRET));
    return resolver.send(update);
  }

  private SimpleResolver resolver(boolean tcp) {
    SimpleResolver resolver = new SimpleResolver(server.address());
    resolver.setTCP(tcp);
    return resolver;
  }
}
