package dev.cutover.deploy.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SwitchState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeFileTest {
  private static final String API = "api.shop.example.";
  private static final ServerAddress SERVER = new ServerAddress("127.0.0.1", 53);

  private final SingleChange change =
      new SingleChange(
          new CutoverId("dns-1"),
          new SwitchSpec(
              "shop.example.",
              new Rfc2136(SERVER, "mig"),
              List.of(new SwitchedName(API, List.of(a("10.0.0.1")), List.of(a("10.1.0.1")))),
              List.of(SERVER),
              List.of(),
              30),
          100,
          new SwitchState(
              List.of(a("10.0.0.1")),
              Map.of(API, new EpochMark.Epoch(2, new CutoverId("dns-0"), true))),
          List.of(a("10.1.0.1")));

  @TempDir private Path directory;

  @Test
  void shouldGiveTheSameChangeBack() throws IOException {
    // when
    ChangeFile read = ChangeFile.read(written(file()));
    // then
    assertThat(read.change()).isEqualTo(change);
    assertThat(read).isEqualTo(file());
    assertThat(read.revert()).contains("update add api.shop.example. 300 IN A 10.0.0.1");
  }

  @Test
  void shouldNotMindHowTheFileIsSetOut() throws IOException {
    // given
    Path place = written(file());
    Files.writeString(place, Files.readString(place).replaceAll("\\s*\\n\\s*", " "));
    // then
    assertThat(ChangeFile.read(place)).isEqualTo(file());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.1.0.1 | 10.1.0.2 | hash: Expected the content to have the hash",
        "2026-11-30T12 | 2026-11-30T13 | the file was edited; plan again",
        "\"mig\" | \"big\" | the file was edited; plan again",
        "\"version\" : 1 | \"version\" : 2 | version: Expected a change of version 1, but found 2",
        "\"version\" : 1, | '' | version: Expected a change of version 1, but found none",
        "\"ttlSeconds\" : 300 | \"ttlSeconds\" : -1 | spec.names[0].source[0]: Expected a change as 'dns plan --out' writes it, but: Expected a TTL of 0 seconds or more",
        "\"before\" | \"befor\" | before: Expected a change",
        "\"port\" : 53 | \"port\" : \"x\" | Expected a change as 'dns plan --out' writes it",
        "\"weightPercent\" : 100, | \"weightPercent\" : 100, \"weightPercent\" : 100, | Duplicate",
        "\"hash\" | hash | line 52, column 3: Expected a change in JSON",
      })
  void shouldSayWhatIsWrongAndWhere(String right, String wrong, String sentence)
      throws IOException {
    // given
    Path place = written(file());
    String text = Files.readString(place);
    assertThat(text).contains(right);
    Files.writeString(place, text.replace(right, wrong));
    // when, then
    assertThatThrownBy(() -> ChangeFile.read(place))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("change.json")
        .hasMessageContaining(sentence);
  }

  private ChangeFile file() {
    return ChangeFile.of(change, Instant.parse("2026-11-30T12:00:00Z"));
  }

  private Path written(ChangeFile file) throws IOException {
    return Files.writeString(directory.resolve("change.json"), file.json());
  }

  private static RecordSet a(String address) {
    return new RecordSet(API, RecordType.A, 300, List.of(address));
  }
}
