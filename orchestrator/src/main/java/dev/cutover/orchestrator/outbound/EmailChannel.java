package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeChannel;
import dev.cutover.orchestrator.outbound.OutboundConfig.Encryption;
import dev.cutover.orchestrator.outbound.OutboundConfig.Mail;
import dev.cutover.runtime.Credentials.Credential;
import dev.cutover.runtime.Payload;
import io.vertx.core.Vertx;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.MailResult;
import io.vertx.ext.mail.SMTPException;
import io.vertx.ext.mail.StartTLSOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * E-mail over SMTP, as text and as HTML. Sent again, a mail has the same Message-ID (RFC 5322), so
 * that mail systems show it once; it answers its thread, and says that no person wrote it (RFC
 * 3834).
 */
final class EmailChannel {
  private final Vertx vertx;
  private final Optional<Mail> server;

  EmailChannel(Vertx vertx, Optional<Mail> server) {
    this.vertx = vertx;
    this.server = server;
  }

  String deliver(Notice notice, NoticeChannel.Email channel, Vault vault, Deadline deadline)
      throws Refused, InterruptedException {
    Mail mail =
        server.orElseThrow(
            () -> Refused.unsuitable("Expected OUTBOUND_MAIL_SERVER, but it is missing"));
    for (String to : channel.to()) {
      if (!mail.permits(to)) {
        throw Refused.unsuitable(
            "Expected recipients that OUTBOUND_MAIL_RECIPIENTS allows, but one is " + to);
      }
    }
    long leftMs = deadline.left().toMillis();
    // One client for each mail: what hangs is closed with it and keeps nothing from the next.
    MailClient client = MailClient.create(vertx, settings(mail, vault, leftMs));
    try {
      MailResult result =
          client
              .sendMail(message(notice, channel.to(), mail))
              .toCompletionStage()
              .toCompletableFuture()
              .get(leftMs, TimeUnit.MILLISECONDS);
      return reference(result, channel.to(), mail, notice);
    } catch (TimeoutException e) {
      throw new Refused(
          FailureKind.TIMED_OUT,
          true,
          "Expected the mail server to take the mail within %d ms, but it did not"
              .formatted(leftMs));
    } catch (ExecutionException e) {
      throw refusal(Objects.requireNonNullElse(e.getCause(), e), vault);
    } finally {
      var _ = client.close();
    }
  }

  private static MailConfig settings(Mail mail, Vault vault, long leftMs) throws Refused {
    MailConfig settings = new MailConfig();
    settings.setHostname(mail.host());
    settings.setPort(mail.port());
    settings.setOwnHostname(mail.domain());
    settings.setKeepAlive(false);
    settings.setAllowRcptErrors(true);
    settings.setConnectTimeout(Math.clamp(leftMs, 1, 10_000));
    settings.setSsl(mail.encryption() == Encryption.TLS);
    settings.setStarttls(
        mail.encryption() == Encryption.STARTTLS
            ? StartTLSOptions.REQUIRED
            : StartTLSOptions.DISABLED);
    settings.setHostnameVerificationAlgorithm("HTTPS");
    if (mail.credential().isEmpty()) {
      settings.setLogin(LoginOption.DISABLED);
    } else {
      Credential login = vault.credential(mail.credential().get(), "smtp");
      settings.setLogin(LoginOption.REQUIRED);
      settings.setUsername(login.user());
      settings.setPassword(login.password().value());
    }
    return settings;
  }

  private static MailMessage message(Notice notice, List<String> to, Mail mail) {
    MailMessage message = new MailMessage();
    message.setFrom(mail.from());
    message.setTo(to);
    message.setSubject(notice.subject());
    message.setText(notice.text());
    message.setHtml(html(notice));
    message.addHeader("Message-ID", messageId(notice.id(), mail.domain()));
    message.addHeader("References", messageId(notice.thread(), mail.domain()));
    message.addHeader("Auto-Submitted", "auto-generated");
    return message;
  }

  /** The same for the same id; pure. */
  static String messageId(String id, String domain) {
    String readable = id.replaceAll("[^A-Za-z0-9]+", ".").replaceAll("^\\.|\\.$", "");
    String unique = Payload.of(id.getBytes(StandardCharsets.UTF_8)).sha256().substring(0, 16);
    return "<%s.%s@%s>".formatted(readable, unique, domain);
  }

  /** The text in a form that every mail program shows alike; pure. */
  static String html(Notice notice) {
    StringBuilder html = new StringBuilder("<!DOCTYPE html><html><body>");
    for (String paragraph : notice.text().strip().split("\n{2,}")) {
      html.append("<p>").append(escaped(paragraph).replace("\n", "<br>")).append("</p>");
    }
    return html.append("</body></html>").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replaceAll("(https?://[^\\s<]+[^\\s<.,;:)])", "<a href=\"$1\">$1</a>");
  }

  /** One refused address must not keep the mail from the others; it is named. */
  private static String reference(MailResult result, List<String> to, Mail mail, Notice notice) {
    List<String> refused = new ArrayList<>(to);
    refused.removeAll(result.getRecipients());
    String id = messageId(notice.id(), mail.domain());
    return refused.isEmpty()
        ? id
        : "%s; the mail server refused %s".formatted(id, String.join(", ", refused));
  }

  private static Refused refusal(Throwable cause, Vault vault) {
    if (cause instanceof SMTPException smtp) {
      return new Refused(
          smtp.isPermanent() ? FailureKind.REFUSED : FailureKind.UNREACHABLE,
          !smtp.isPermanent(),
          "Expected the mail server to take the mail, but it answered %d: %s"
              .formatted(
                  smtp.getReplyCode(), Excerpt.of(String.valueOf(smtp.getMessage()), vault)));
    }
    return Refused.unreachable(
        "Expected to reach the mail server, but " + Excerpt.of(String.valueOf(cause), vault));
  }
}
