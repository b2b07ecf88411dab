package dev.cutover.validator.adapter.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SystemCheck.TlsCertificate;
import dev.cutover.validator.domain.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handshakes with {@code openssl s_server}, whose certificates are made for each test. */
final class TlsLookTest {
  private static final String NAME = "shop.example";

  @TempDir static Path directory;
  private static String openssl;
  private Looking looking;

  @BeforeAll
  static void authority() throws Exception {
    openssl = Program.installed("openssl", "openssl");
    run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        .with("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "30")
        .go();
    Files.writeString(directory.resolve("index.txt"), "");
    Files.writeString(directory.resolve("serial"), "1000");
    Files.writeString(
        directory.resolve("ca.cnf"),
        """
        [ca]
        default_ca = test
        [test]
        database = index.txt
        new_certs_dir = .
        serial = serial
        certificate = ca.pem
        private_key = ca.key
        default_md = sha256
        policy = any
        unique_subject = no
        copy_extensions = copy
        [any]
        commonName = supplied
        """);
  }

  @BeforeEach
  void look() {
    looking = new Looking(Optional.of(directory.resolve("ca.pem")));
  }

  @AfterEach
  void stop() {
    looking.close();
  }

  @Test
  void shouldAcceptWhatClientsAccept() throws Exception {
    // given
    issue("good", NAME, "-days", "20");
    try (Server server = Server.of("good")) {
      // when
      Verdict verdict = looking.at(check(server, NAME, Duration.ofDays(14)));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Match.class);
      assertThat(verdict.detail()).startsWith("valid for shop.example until ");
      assertThat(verdict.evidence())
          .anyMatch(line -> line.contains("TLSv1.3"))
          .contains("no answer about revocation is stapled");
    }
  }

  @Test
  void shouldNameACertificateThatExpired() throws Exception {
    // given
    issue("old", NAME, "-startdate", "20200101000000Z", "-enddate", "20200201000000Z");
    try (Server server = Server.of("old")) {
      // when
      Verdict verdict = looking.at(check(server, NAME, Duration.ZERO));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
      assertThat(verdict.detail())
          .isEqualTo(
              "Expected CN=shop.example to be valid, but it expired at 2020-02-01 00:00 UTC");
    }
  }

  @Test
  void shouldNameACertificateThatExpiresSoon() throws Exception {
    // given
    issue("soon", NAME, "-days", "5");
    try (Server server = Server.of("soon")) {
      // when
      Verdict verdict = looking.at(check(server, NAME, Duration.ofDays(14)));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
      assertThat(verdict.detail())
          .startsWith("Expected CN=shop.example to be valid for another 14d, but it expires at ");
    }
  }

  @Test
  void shouldNameACertificateOfAnotherName() throws Exception {
    // given
    issue("other", "old.example", "-days", "20");
    try (Server server = Server.of("other")) {
      // when
      Verdict verdict = looking.at(check(server, NAME, Duration.ZERO));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
      assertThat(verdict.detail())
          .isEqualTo("Expected a certificate for shop.example, but it is for old.example");
    }
  }

  @Test
  void shouldNameACertificateThatSignsItself() throws Exception {
    // given
    run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        .with("-keyout", "self.key", "-out", "self.pem", "-subj", "/CN=" + NAME)
        .with("-addext", "subjectAltName=DNS:" + NAME, "-days", "20")
        .go();
    try (Server server = Server.of("self")) {
      // when
      Verdict verdict = looking.at(check(server, NAME, Duration.ZERO));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
      assertThat(verdict.detail()).endsWith("but it is signed by itself");
    }
  }

  @Test
  void shouldNameAnAuthorityThatClientsDoNotTrust() throws Exception {
    // given
    issue("private", NAME, "-days", "20");
    try (Server server = Server.of("private");
        Looking withoutAuthority = new Looking()) {
      // when
      Verdict verdict = withoutAuthority.at(check(server, NAME, Duration.ZERO));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
      assertThat(verdict.detail())
          .startsWith("Expected a chain to an authority that clients trust");
    }
  }

  @Test
  void shouldBelieveAStapledAnswer() throws Exception {
    // given
    issue("stapled", NAME, "-days", "20");
    answer("stapled");
    try (Server server = Server.of("stapled", "-status_file", "stapled.ocsp")) {
      // when
      Verdict verdict = looking.at(check(server, NAME, Duration.ZERO));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Match.class);
      assertThat(verdict.evidence()).contains("a stapled answer says that it is not revoked");
    }
  }

  @Test
  void shouldNameARevokedCertificate() throws Exception {
    // given
    issue("revoked", NAME, "-days", "20");
    run("ca", "-config", "ca.cnf", "-revoke", "revoked.pem").go();
    answer("revoked");
    try (Server server = Server.of("revoked", "-status_file", "revoked.ocsp")) {
      // when
      Verdict verdict = looking.at(check(server, NAME, Duration.ZERO));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
      assertThat(verdict.detail()).contains("its stapled answer says revoked");
    }
  }

  @Test
  void shouldNotBelieveAStapledAnswerOfAnotherCertificate() throws Exception {
    // given
    issue("one", NAME, "-days", "20");
    issue("two", NAME, "-days", "20");
    answer("two");
    try (Server server = Server.of("one", "-status_file", "two.ocsp")) {
      // when
      Verdict verdict = looking.at(check(server, NAME, Duration.ZERO));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
      assertThat(verdict.detail()).contains("stapled answer that clients believe");
    }
  }

  @Test
  void shouldNameAServerThatSpeaksNoTls() throws Exception {
    // given: it says something else at once
    try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket socket = plain.accept()) {
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
                  socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                  // the test is over
                }
              });
      // when
      Verdict verdict = looking.at(check(plain.getLocalPort(), NAME, Duration.ZERO));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
      assertThat(verdict.detail()).contains("to speak TLS 1.2 or 1.3");
    }
  }

  @Test
  void shouldDecideNothingWhenNobodyIsThere() throws Exception {
    Verdict verdict = looking.at(check(Program.free().port(), NAME, Duration.ZERO));
    assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
    assertThat(verdict.detail()).startsWith("Expected to reach 127.0.0.1:");
  }

  @Test
  void shouldDecideNothingWhenTheServerIsSilent() throws Exception {
    // given: connections are taken, and nothing is said
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      // when
      Verdict verdict =
          looking.at(
              new TlsCertificate(
                  "tls",
                  new ServerAddress("127.0.0.1", silent.getLocalPort()),
                  NAME,
                  Duration.ZERO,
                  200));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
    }
  }

  private static TlsCertificate check(Server server, String name, Duration validFor) {
    return check(server.address.port(), name, validFor);
  }

  private static TlsCertificate check(int port, String name, Duration validFor) {
    return new TlsCertificate("tls", new ServerAddress("127.0.0.1", port), name, validFor, 10_000);
  }

  private static void issue(String file, String name, String... dates) throws Exception {
    run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        .with("-keyout", file + ".key", "-out", file + ".csr", "-subj", "/CN=" + name)
        .with("-addext", "subjectAltName=DNS:" + name)
        .go();
    run("ca", "-batch", "-config", "ca.cnf", "-in", file + ".csr", "-out", file + ".pem", "-notext")
        .with(dates)
        .go();
  }

  /** What an OCSP responder would say, signed by the authority itself. */
  private static void answer(String file) throws Exception {
    run("ocsp", "-issuer", "ca.pem", "-cert", file + ".pem", "-reqout", file + ".req", "-no_nonce")
        .go();
    run("ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key")
        .with("-reqin", file + ".req", "-respout", file + ".ocsp", "-ndays", "2")
        .go();
  }

  private static Command run(String... words) {
    return new Command(List.of(words));
  }

  private record Command(List<String> words) {
    Command with(String... more) {
      List<String> all = new ArrayList<>(words);
      all.addAll(List.of(more));
      return new Command(all);
    }

    void go() throws Exception {
      List<String> command = new ArrayList<>(List.of(openssl));
      command.addAll(words);
      Path log = directory.resolve("openssl.log");
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      assertThat(process.waitFor()).as("%s: %s", command, Files.readString(log)).isZero();
    }
  }

  private record Server(ServerAddress address, Program program) implements AutoCloseable {
    static Server of(String file, String... more) throws Exception {
      ServerAddress address = Program.free();
      List<String> command =
          new ArrayList<>(
              List.of(
                  openssl,
                  "s_server",
                  "-accept",
                  address.toString(),
                  "-cert",
                  file + ".pem",
                  "-key",
                  file + ".key",
                  "-cert_chain",
                  "ca.pem",
                  "-quiet"));
      command.addAll(List.of(more));
      return new Server(address, Program.start(directory, address, command));
    }

    @Override
    public void close() {
      program.close();
    }
  }
}
