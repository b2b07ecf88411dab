package dev.cutover.orchestrator.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeChannel;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.OutboundReply.NoticeAccepted;
import dev.cutover.orchestrator.outbound.OutboundConfig.Encryption;
import dev.cutover.orchestrator.outbound.OutboundConfig.Mail;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real SMTP server. */
class EmailChannelTest {
  private static final NoticeChannel.Email STAKEHOLDERS =
      new NoticeChannel.Email("stakeholders", List.of("ana@example.com", "bo@partner.example"));

  private final GreenMail server =
      new GreenMail(
          new ServerSetup[] {
            ServerSetupTest.SMTP.dynamicPort(), ServerSetupTest.SMTPS.dynamicPort()
          });

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void shouldSendTextAndHtmlWithAMessageIdThatStays() throws Exception {
    // given
    Notice notice = Outside.notice(NoticeKind.DAY_BEFORE, "day-before");

    try (Outside outside = new Outside(Optional.of(mail(Encryption.NONE, Optional.empty())))) {
      // when
      NoticeAccepted first = (NoticeAccepted) outside.handle(Outside.order(notice, STAKEHOLDERS));
      NoticeAccepted second = (NoticeAccepted) outside.handle(Outside.order(notice, STAKEHOLDERS));

      // then
      MimeMessage[] messages = server.getReceivedMessages();
      assertThat(messages).hasSize(4); // two recipients, twice
      assertThat(first.reference()).isEqualTo(second.reference());
      assertThat(messages)
          .allSatisfy(
              message -> {
                assertThat(message.getMessageID()).isEqualTo(first.reference());
                assertThat(message.getSubject()).isEqualTo(notice.subject());
                assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
                assertThat(message.getHeader("References")[0]).endsWith("@example.com>");
              });
      MimeMultipart parts = (MimeMultipart) messages[0].getContent();
      assertThat(parts.getContentType()).startsWith("multipart/alternative");
      assertThat(parts.getBodyPart(0).getContent().toString().replace("\r\n", "\n").strip())
          .isEqualTo(notice.text().strip());
      assertThat(parts.getBodyPart(1).getContent().toString())
          .contains("&lt;b&gt; &amp; &quot;quotes&quot;")
          .contains("<a href=\"https://status.example.com/x\">https://status.example.com/x</a>.");
    }
  }

  @Test
  void shouldLogInWhenACredentialIsNamed() throws Exception {
    server.setUser("cutover@example.com", "cutover", Outside.SECRET);

    try (Outside outside = new Outside(Optional.of(mail(Encryption.NONE, Optional.of("relay"))))) {
      assertThat(outside.handle(order())).isInstanceOf(NoticeAccepted.class);
    }
  }

  @Test
  void shouldRefuseARecipientThatTheConfigurationDoesNotAllow() throws Exception {
    Notice notice = Outside.notice(NoticeKind.STARTED, "started");
    NoticeChannel elsewhere = new NoticeChannel.Email("x", List.of("eve@example.org"));

    try (Outside outside = new Outside(Optional.of(mail(Encryption.NONE, Optional.empty())))) {
      Failure failure = outside.failure(Outside.order(notice, elsewhere));

      assertThat(failure.kind()).isEqualTo(FailureKind.UNSUITABLE);
      assertThat(failure.reason()).contains("OUTBOUND_MAIL_RECIPIENTS").contains("eve@example.org");
      assertThat(server.getReceivedMessages()).isEmpty();
    }
  }

  @Test
  void shouldSendNothingInTheClearWhenTheServerCanNotEncrypt() throws Exception {
    try (Outside outside =
        new Outside(Optional.of(mail(Encryption.STARTTLS, Optional.of("relay"))))) {
      Failure failure = outside.failure(order());

      assertThat(failure.reason()).doesNotContain(Outside.SECRET);
      assertThat(server.getReceivedMessages()).isEmpty();
    }
  }

  @Test
  void shouldTrustNoCertificateOfItsOwnMaking() throws Exception {
    Mail mail =
        new Mail(
            "127.0.0.1",
            server.getSmtps().getPort(),
            Encryption.TLS,
            "cutover@example.com",
            List.of("example.com", "bo@partner.example"),
            Optional.empty());

    try (Outside outside = new Outside(Optional.of(mail))) {
      Failure failure = outside.failure(order());

      assertThat(failure.kind()).isEqualTo(FailureKind.UNREACHABLE);
      assertThat(server.getReceivedMessages()).isEmpty();
    }
  }

  @Test
  void shouldBeRetryableWhenTheServerIsDownOrHangs() throws Exception {
    int port = server.getSmtp().getPort();
    server.stop();
    Mail mail = mailAt(port);
    try (Outside outside = new Outside(Optional.of(mail))) {
      assertThat(outside.failure(order()).retryable()).isTrue();
    }
    try (ServerSocket silent = new ServerSocket(0);
        Outside outside = new Outside(Optional.of(mailAt(silent.getLocalPort())))) {
      Failure failure =
          outside.failure(order().withHeader(Outside.header(1, Duration.ofMillis(300))));

      assertThat(failure.kind()).isEqualTo(FailureKind.TIMED_OUT);
      assertThat(failure.retryable()).isTrue();
    }
    server.start();
  }

  @Test
  void shouldSayThatNoServerIsConfigured() throws IOException, InterruptedException {
    try (Outside outside = new Outside()) {
      assertThat(outside.failure(order()).reason()).contains("OUTBOUND_MAIL_SERVER");
    }
  }

  private static dev.cutover.contract.OutboundCommand.DeliverNotice order() {
    return Outside.order(Outside.notice(NoticeKind.STARTED, "started"), STAKEHOLDERS);
  }

  private Mail mail(Encryption encryption, Optional<String> credential) {
    return new Mail(
        "127.0.0.1",
        server.getSmtp().getPort(),
        encryption,
        "cutover@example.com",
        List.of("example.com", "bo@partner.example"),
        credential);
  }

  private static Mail mailAt(int port) {
    return new Mail(
        "127.0.0.1",
        port,
        Encryption.NONE,
        "cutover@example.com",
        List.of("example.com", "bo@partner.example"),
        Optional.empty());
  }
}
