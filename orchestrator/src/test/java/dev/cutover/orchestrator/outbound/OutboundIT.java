package dev.cutover.orchestrator.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Message;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.NoticeChannel;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.OutboundCommand;
import dev.cutover.contract.OutboundCommand.AskParticipant;
import dev.cutover.contract.OutboundCommand.DeliverNotice;
import dev.cutover.contract.OutboundReply.NoticeAccepted;
import dev.cutover.contract.ParticipantAsked;
import dev.cutover.contract.ParticipantReply;
import dev.cutover.contract.Reply;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.UndecodableException;
import dev.cutover.orchestrator.outbound.OutboundConfig.Encryption;
import dev.cutover.orchestrator.outbound.OutboundConfig.Mail;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.LeafLoop;
import dev.cutover.runtime.MessageSigner;
import dev.cutover.runtime.MessageSigner.Trust;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.KafkaBroker;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The outbound loop as it runs in production: orders come and answers go through Kafka only. */
class OutboundIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final KeyPair OURS = MessageSigner.newKeys();
  private static final KeyPair THEIRS = MessageSigner.newKeys();
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Topics topics = KAFKA.topics(1);
  private final String team = topics.prefix() + "-team.workers";
  private final Wire wire =
      wire("orchestrator", OURS, List.of("outbound.", "participant.do-step"), "participant.step-");
  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final KafkaLog writer = KafkaLog.writer(KAFKA.settings());
  private final List<Message> events = new CopyOnWriteArrayList<>();
  private TopicFollower follower;

  @BeforeEach
  void begin() {
    follower = TopicFollower.start(KAFKA.settings(), List.of(topics.events()), true, this::seen);
  }

  @AfterEach
  void end() {
    follower.close();
    writer.close();
    threads.close();
    vertx.close();
  }

  @Test
  void shouldLetAParticipantDoAStepOnceAndTakeItsSignedAnswer() throws Exception {
    try (Admin admin = Admin.create(KAFKA.settings().properties())) {
      admin.createTopics(List.of(new NewTopic(team, 1, (short) 1))).all().get();
    }
    // what both sides sign and believe, each with its own key
    Wire participants =
        wire("workers", THEIRS, List.of("participant.step-"), "participant.do-step");
    try (OutboundLoop loop = loop(Optional.empty());
        ReferenceParticipant participant =
            new ReferenceParticipant(KAFKA.settings(), participants, team)) {
      // when one decision is tried twice
      for (int attempt = 1; attempt <= 2; attempt++) {
        send(ask(attempt));
        awaitAnswers(attempt);
      }

      // then
      assertThat(events).filteredOn(ParticipantAsked.class::isInstance).hasSize(2);
      assertThat(participant.carriedOut).hasSize(1);
      assertThat(loop.assigned()).isTrue();
    }
  }

  @Test
  void shouldDeliverANoticeThatAnEarlierInstanceHadInHand() throws Exception {
    // given a mail server that takes the connection and says nothing
    int port;
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      port = silent.getLocalPort();
      silent.setSoTimeout((int) PATIENCE.toMillis());
      OutboundLoop first = loop(Optional.of(mail(port)));
      send(notice());
      try (Socket held = silent.accept();
          first) { // closed first: while the delivery is under way
        assertThat(held.isConnected()).isTrue();
      }
    }
    assertThat(events).noneMatch(Reply.class::isInstance);
    GreenMail server = new GreenMail(new ServerSetup(port, "127.0.0.1", "smtp"));
    server.start();

    // when
    try (OutboundLoop second = loop(Optional.of(mail(port)))) {
      // then
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(events).filteredOn(NoticeAccepted.class::isInstance).isNotEmpty());
      assertThat(second.assigned()).isTrue();
      assertThat(server.getReceivedMessages()[0].getMessageID())
          .isEqualTo(EmailChannel.messageId(notice().notice().id(), "example.com"));
    } finally {
      server.stop();
    }
  }

  private void awaitAnswers(int count) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> events.stream().filter(ParticipantReply.StepDone.class::isInstance).count(),
            answers -> answers == count);
  }

  private OutboundLoop loop(Optional<Mail> mail) {
    OutboundConfig config =
        new OutboundConfig(
            new AllowedHosts(List.of()),
            Set.of(team),
            Credentials.of(Map.of()),
            mail,
            Optional.empty());
    OutboundService service = new OutboundService(config, vertx, wire, writer);
    return OutboundLoop.start(
        () ->
            new LeafLoop<>(
                "outbound",
                OutboundCommand.class,
                wire,
                new KafkaLog(KAFKA.settings(), topics.group("outbound")),
                service,
                threads,
                Instant::now));
  }

  private Wire wire(String keyId, KeyPair own, List<String> ownSigns, String othersSign) {
    KeyPair other = own.equals(OURS) ? THEIRS : OURS;
    String otherId = keyId.equals("workers") ? "orchestrator" : "workers";
    return new Wire(
        topics,
        new MessageCodec(),
        Optional.of(
            new MessageSigner(
                keyId,
                own.getPrivate(),
                List.of(
                    new Trust(keyId, own.getPublic(), ownSigns),
                    new Trust(otherId, other.getPublic(), List.of(othersSign))))));
  }

  private AskParticipant ask(int attempt) {
    return new AskParticipant(
        header("stop-workers", attempt), "workers", team, "stop", Map.of(), false);
  }

  private DeliverNotice notice() {
    return new DeliverNotice(
        header("notice started by mail", 1),
        Outside.notice(NoticeKind.STARTED, "started"),
        new NoticeChannel.Email("mail", List.of("ana@example.com")));
  }

  private static CommandHeader header(String step, int attempt) {
    return new CommandHeader(
        new StepRef(Outside.SHOP, step, attempt), 40, Instant.now().plusSeconds(60));
  }

  private static Mail mail(int port) {
    return new Mail(
        "127.0.0.1",
        port,
        Encryption.NONE,
        "cutover@example.com",
        List.of("example.com"),
        Optional.empty());
  }

  private void send(OutboundCommand command) {
    writer
        .publish(
            wire.outgoing(
                new Envelope<>(
                    command.header().step().toString(),
                    "/cutover/orchestrator",
                    Instant.now(),
                    "",
                    command.header().epoch(),
                    false,
                    command)))
        .join();
  }

  private void seen(Received received) {
    try {
      events.add(wire.envelope(received).message());
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }
}
