package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokensFileTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void choose() {
    file = directory.resolve("people.properties");
  }

  @Test
  void shouldKnowAPersonAndTheRoles() throws IOException {
    // given
    Files.writeString(file, person("ada", "operator, approver") + person("eve", "viewer"));
    // when, then
    assertThat(new TokensFile(file).of("token-ada").result())
        .isEqualTo(new Identity.Known(new Person("ada", Set.of(Role.OPERATOR, Role.APPROVER))));
    assertThat(new TokensFile(file).of("token-bob").result()).isInstanceOf(Identity.Unknown.class);
  }

  @Test
  void shouldRefuseATokenThatWasTakenOut() throws IOException {
    // given
    Files.writeString(file, person("ada", "operator") + person("eve", "viewer"));
    TokensFile tokens = new TokensFile(file);
    assertThat(tokens.of("token-ada").result()).isInstanceOf(Identity.Known.class);
    // when
    Files.writeString(file, person("eve", "viewer"));
    // then
    assertThat(tokens.of("token-ada").result()).isInstanceOf(Identity.Unknown.class);
    assertThat(tokens.of("token-eve").result()).isInstanceOf(Identity.Known.class);
  }

  @Test
  void shouldKnowWhomItKnewWhenTheFileBecomesFaultyOrGoes() throws IOException {
    // given
    Files.writeString(file, person("ada", "operator"));
    TokensFile tokens = new TokensFile(file);
    // when
    Files.writeString(file, "ada.roles=king\n");
    // then
    assertThat(tokens.of("token-ada").result()).isInstanceOf(Identity.Known.class);
    // when
    Files.delete(file);
    // then
    assertThat(tokens.of("token-ada").result()).isInstanceOf(Identity.Known.class);
    // when
    Files.writeString(file, person("bob", "operator"));
    // then
    assertThat(tokens.of("token-ada").result()).isInstanceOf(Identity.Unknown.class);
    assertThat(tokens.of("token-bob").result()).isInstanceOf(Identity.Known.class);
  }

  @Test
  void shouldSayEveryFaultAtTheStart() throws IOException {
    // given
    Files.writeString(file, "ada.roles=king\na/b.roles=viewer\nnothing=1\n");
    // when, then
    assertThatThrownBy(() -> new TokensFile(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "expected some of administrator, approver, operator, validator, viewer as ada.roles")
        .hasMessageContaining("expected 64 hexadecimal digits as ada.sha256")
        .hasMessageContaining("expected a name like")
        .hasMessageContaining("expected <name>.sha256 or <name>.roles, but found 'nothing'");
  }

  private static String person(String name, String roles) {
    return "%s.sha256=%s\n%s.roles=%s\n"
        .formatted(name, Payload.of("token-" + name).sha256(), name, roles);
  }
}
